package notebook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"math"
	"regexp"
	"sort"
	"strings"
)

// Tolerance is how far two pictures may be apart: the mean difference of their
// samples, where black and white are 1 apart.
const Tolerance = 0.01

// Compare lists the differences between the outputs of two notebooks with the
// same cells: text exactly (durations aside), pictures within [Tolerance].
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
		return differImage(w, g)
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

func differImage(w, g any) string {
	wi, err := decodePNG(w)
	if err != nil {
		return "wanted cannot be read: " + err.Error()
	}
	gi, err := decodePNG(g)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	d, err := Distance(wi, gi)
	if err != nil {
		return err.Error()
	}
	if d > Tolerance {
		return fmt.Sprintf("differs by %.4f, more than %g", d, Tolerance)
	}
	return ""
}

func decodePNG(v any) (image.Image, error) {
	s, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("it is %T, want base64 text", v)
	}
	data, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(s, "\n", ""))
	if err != nil {
		return nil, err
	}
	return png.Decode(bytes.NewReader(data))
}

// Distance is the mean difference of the samples of two pictures of one size,
// from 0 (equal) to 1 (black and white).
func Distance(a, b image.Image) (float64, error) {
	ra, rb := a.Bounds(), b.Bounds()
	if ra.Size() != rb.Size() {
		return 0, fmt.Errorf("is %v pixels, want %v", rb.Size(), ra.Size())
	}
	var sum float64
	for y := range ra.Dy() {
		for x := range ra.Dx() {
			r1, g1, b1, a1 := a.At(ra.Min.X+x, ra.Min.Y+y).RGBA()
			r2, g2, b2, a2 := b.At(rb.Min.X+x, rb.Min.Y+y).RGBA()
			for _, d := range [][2]uint32{{r1, r2}, {g1, g2}, {b1, b2}, {a1, a2}} {
				sum += math.Abs(float64(d[0]) - float64(d[1]))
			}
		}
	}
	return sum / (4 * 0xffff * float64(max(ra.Dx()*ra.Dy(), 1))), nil
}

// duration matches what time.Duration prints, and the counters that stand
// beside one in a progress bar.
var duration = regexp.MustCompile(`\b(\d+(\.\d+)?(ns|µs|ms|h|m|s))+\b`)

// timeless replaces durations, which differ from run to run.
func timeless(s string) string { return duration.ReplaceAllString(s, "⏱") }
