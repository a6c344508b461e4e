package notebook

import (
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// Compare lists the differences between the outputs of two notebooks with the
// same cells: text exactly (durations aside), pictures as a reader sees them.
// No difference gives an empty list.
func Compare(want, got *Notebook) []string {
	if len(want.Cells) != len(got.Cells) {
		return []string{fmt.Sprintf("%d cells, want %d", len(got.Cells), len(want.Cells))}
	}
	var diffs []string
	for i, w := range want.Cells {
		g := got.Cells[i]
		add := func(format string, args ...any) {
			diffs = append(diffs, fmt.Sprintf("cell %d (%s): ", i+1, firstLine(w.Source))+fmt.Sprintf(format, args...))
		}
		switch {
		case w.Type != g.Type || w.Source != g.Source:
			add("the cells differ; run the notebook again and save it")
			continue
		case len(w.Outputs) != len(g.Outputs):
			add("%d outputs %s, want %d %s", len(g.Outputs), kinds(g.Outputs), len(w.Outputs), kinds(w.Outputs))
			continue
		}
		for j := range w.Outputs {
			if d := differ(w.Outputs[j], g.Outputs[j]); d != "" {
				add("output %d: %s", j+1, d)
			}
		}
	}
	return diffs
}

func kinds(outputs []Output) string {
	var names []string
	for _, o := range outputs {
		names = append(names, o.Type)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if r := []rune(line); len(r) > 40 {
		line = string(r[:40]) + "…"
	}
	return line
}

// differ says how two outputs differ, or "".
func differ(w, g Output) string {
	if w.Type != g.Type || w.Name != g.Name {
		return fmt.Sprintf("is %s %s, want %s %s", g.Type, g.Name, w.Type, w.Name)
	}
	pairs := [][3]string{{"text", w.Text, g.Text}, {"ename", w.EName, g.EName}, {"evalue", w.EValue, g.EValue},
		{"traceback", strings.Join(w.Traceback, "\n"), strings.Join(g.Traceback, "\n")}}
	for _, p := range pairs {
		if timeless(p[1]) != timeless(p[2]) {
			return fmt.Sprintf("%s is %q, want %q", p[0], p[2], p[1])
		}
	}
	keys := map[string]bool{}
	for k := range w.Data {
		keys[k] = true
	}
	for k := range g.Data {
		keys[k] = true
	}
	sorted := make([]string, 0, len(keys))
	for k := range keys {
		sorted = append(sorted, k)
	}
	sort.Strings(sorted)
	for _, k := range sorted {
		if d := differData(k, w.Data[k], g.Data[k]); d != "" {
			return k + " " + d
		}
	}
	return ""
}

func differData(mime string, w, g any) string {
	switch {
	case w == nil:
		return "was not there"
	case g == nil:
		return "is missing"
	case mime == "image/png":
		return differPNG(w, g)
	case mime == "image/svg+xml":
		return differSVG(w, g)
	}
	ws, wok := w.(string)
	gs, gok := g.(string)
	if !wok || !gok {
		wj, _ := json.Marshal(w)
		gj, _ := json.Marshal(g)
		ws, gs = string(wj), string(gj)
	}
	if timeless(ws) != timeless(gs) {
		return fmt.Sprintf("is %q, want %q", gs, ws)
	}
	return ""
}

// duration matches what time.Duration prints, and the counters that stand
// beside one in a progress bar.
var duration = regexp.MustCompile(`\b(\d+(\.\d+)?(ns|µs|ms|h|m|s))+\b`)

// timeless replaces durations, which differ from run to run.
func timeless(s string) string { return duration.ReplaceAllString(s, "⏱") }
