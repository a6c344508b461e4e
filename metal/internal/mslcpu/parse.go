package mslcpu

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Kernel is a kernel function found in a source text.
type Kernel struct {
	Name     string
	Params   []Param
	Barriers bool // it calls threadgroup_barrier
}

// Param is a parameter of a kernel.
type Param struct {
	Name  string
	Attr  string // "buffer", or a built-in such as "thread_position_in_grid"
	Index int    // of a buffer
	Const bool   // the kernel only reads it
	Ref   bool   // a reference instead of a pointer
}

// Buffers is the number of buffer arguments, the highest index plus one.
func (k *Kernel) Buffers() (n int) {
	for _, p := range k.Params {
		if p.Attr == "buffer" {
			n = max(n, p.Index+1)
		}
	}
	return n
}

type token struct {
	text     string
	pos, end int
}

var lexeme = regexp.MustCompile(`^(?:[A-Za-z_]\w*|\.?\d(?:[eE][+-]|[\w.])*|\[\[|\]\]|::|.)`)

// scan cuts a text into tokens, without comments and preprocessor lines.
func scan(src string) (ts []token) {
	for i := 0; i < len(src); {
		rest := src[i:]
		switch {
		case strings.HasPrefix(rest, "//") || rest[0] == '#' && (i == 0 || src[i-1] == '\n'):
			i += cut(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			i += cut(rest, "*/")
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n':
			i++
		default:
			m := lexeme.FindString(rest)
			ts = append(ts, token{m, i, i + len(m)})
			i += len(m)
		}
	}
	return ts
}

// cut is the length of s up to the end of mark.
func cut(s, mark string) int {
	if i := strings.Index(s, mark); i >= 0 {
		return i + len(mark)
	}
	return len(s)
}

// translation turns the few things that C++ does not have into C++.
type translation struct {
	src     string
	ts      []token
	edits   []edit
	kernels []*Kernel
}

type edit struct {
	pos, end int
	text     string
}

// translate returns the kernels of an MSL text and the text as C++, with
// a launcher for each kernel at its end. Lines keep their numbers.
func translate(src string) ([]*Kernel, string, error) {
	t := &translation{src: src, ts: scan(src)}
	for i := 0; i < len(t.ts); i++ {
		switch t.ts[i].text {
		case "kernel":
			end, err := t.kernel(i)
			if err != nil {
				return nil, "", err
			}
			i = end - 1
		case "threadgroup":
			if i > 0 && slices.Contains([]string{";", "{", "}"}, t.ts[i-1].text) { // a variable, not a parameter
				t.edits = append(t.edits, edit{t.ts[i].pos, t.ts[i].end, "msl_shared"})
			}
		}
	}
	var b strings.Builder
	b.WriteString("#line 1 \"kernel.metal\"\n")
	at := 0
	for _, e := range t.edits {
		b.WriteString(src[at:e.pos] + e.text)
		at = e.end
	}
	b.WriteString(src[at:] + sharedBounds)
	for _, k := range t.kernels {
		launch, err := k.launcher()
		if err != nil {
			return nil, "", err
		}
		b.WriteString(launch)
	}
	return t.kernels, b.String(), nil
}

// sharedBounds tells the engine where threadgroup memory is; the linker names
// the ends of a section, if there is one.
const sharedBounds = `
#line 1 "launchers"
extern "C" {
extern char __start_msl_shared[] __attribute__((weak, visibility("hidden")));
extern char __stop_msl_shared[] __attribute__((weak, visibility("hidden")));
char *msl_shared_low() { return __start_msl_shared; }
char *msl_shared_high() { return __stop_msl_shared; }
}
`

// kernel reads "kernel void name(parameters) { body }" at token i and returns
// the index after it.
func (t *translation) kernel(i int) (int, error) {
	if i+3 >= len(t.ts) || t.ts[i+1].text != "void" || t.ts[i+3].text != "(" {
		return 0, fmt.Errorf("mslcpu: kernel is not followed by void, a name and parameters")
	}
	k := &Kernel{Name: t.ts[i+2].text}
	end := t.closing(i+3, "(", ")")
	start, depth := i+4, 0
	for j := start; j < end; j++ {
		switch t.ts[j].text {
		case "(", "[[":
			depth++
		case ")", "]]":
			depth--
		}
		if depth < 0 || depth == 0 && t.ts[j].text == "," {
			p, err := t.param(start, j)
			if err != nil {
				return 0, fmt.Errorf("mslcpu: kernel %s: %w", k.Name, err)
			}
			k.Params = append(k.Params, p)
			start = j + 1
		}
	}
	for j := end; j < t.closing(end, "{", "}"); j++ {
		k.Barriers = k.Barriers || t.ts[j].text == "threadgroup_barrier"
	}
	t.kernels = append(t.kernels, k)
	return end, nil
}

// closing is the index after the bracket that closes the one at i.
func (t *translation) closing(i int, open, shut string) int {
	depth := 0
	for ; i < len(t.ts); i++ {
		switch t.ts[i].text {
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return i
}

// param reads the parameter in tokens from a to b, whose attribute is taken out
// of the text.
func (t *translation) param(a, b int) (p Param, err error) {
	for j := a; j < b; j++ {
		switch s := t.ts[j].text; s {
		case "const", "constant":
			p.Const = true
		case "&":
			p.Ref = true
		case "[[":
			end := t.closing(j, "[[", "]]")
			t.edits = append(t.edits, edit{t.ts[j].pos, t.ts[end-1].end, ""})
			p.Attr = t.ts[j+1].text
			if p.Attr == "buffer" {
				if p.Index, err = strconv.Atoi(t.ts[j+3].text); err != nil {
					return p, fmt.Errorf("index of %s is not a number", p.Name)
				}
			}
			j = end - 1
		default:
			p.Name = s
		}
	}
	if p.Attr == "" {
		return p, fmt.Errorf("parameter %s has no attribute", p.Name)
	}
	return p, nil
}

// launcher is the C function that calls the kernel for one thread.
func (k *Kernel) launcher() (string, error) {
	var args []string
	for _, p := range k.Params {
		switch p.Attr {
		case "buffer":
			kind := "msl_pointer"
			if p.Ref {
				kind = "msl_reference"
			}
			args = append(args, fmt.Sprintf("%s{b[%d]}", kind, p.Index))
		case "thread_position_in_grid", "thread_position_in_threadgroup", "threadgroup_position_in_grid", "threads_per_threadgroup":
			args = append(args, "i->"+p.Attr)
		default:
			return "", fmt.Errorf("mslcpu: kernel %s: no attribute %s", k.Name, p.Attr)
		}
	}
	return fmt.Sprintf("extern \"C\" void msl_launch_%s(void *const *b, const msl_ids *i) { %s(%s); }\n",
		k.Name, k.Name, strings.Join(args, ", ")), nil
}
