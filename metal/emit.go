package metal

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ingot-go/ingot/metal/internal/mtl"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// kernel is a region as Metal source.
type kernel struct {
	name     string
	text     string // with %s for the name
	buffers  []int  // of the plan, by argument
	stored   []bool // whether the kernel writes it
	params   bool   // the last argument holds the plan's parameters
	points   int    // of the outer space
	group    int    // threads that share a point; 0: each thread has a point
	pipeline *mtl.Pipeline
}

func (k *kernel) source() string { return strings.Replace(k.text, kernelMark, k.name, 1) }

const (
	kernelMark  = "KERNEL_NAME"
	maxArgs     = 30   // of 31 arguments one is for the parameters
	threads     = 256  // in a threadgroup
	shareFrom   = 64   // inner points from which threads share an outer point
	matmulAlone = 4096 // points of a product from which no threads share one
)

// emitter writes one kernel.
type emitter struct {
	plan   *backend.Plan
	region *backend.Region
	space  []int // outer and inner
	index  string
	kernel *kernel
	lines  strings.Builder
	depth  int
	err    error
}

// emit prints a region as a kernel. It fails for what Metal does not have.
// A product is a matrix product, whose points need no help when they are many.
func emit(p *backend.Plan, r *backend.Region, product bool) (*kernel, error) {
	e := &emitter{plan: p, region: r, space: append(slices.Clone(r.Space), r.Inner...), index: "int",
		kernel: &kernel{points: backend.Volume(r.Space)}}
	inner := backend.Volume(r.Inner)
	if looping(r) && inner >= shareFrom && !(product && e.kernel.points >= matmulAlone) {
		e.kernel.group = threads
		if inner < 2*threads {
			e.kernel.group = 64
		}
	}
	if e.kernel.points > math.MaxUint32/threads {
		return nil, fmt.Errorf("%d points are too many for one grid", e.kernel.points)
	}
	if err := e.collect(); err != nil {
		return nil, err
	}
	e.body()
	if e.err != nil {
		return nil, e.err
	}
	e.kernel.text = e.head() + e.lines.String() + "}\n"
	e.kernel.name = kernelName(e.kernel.text)
	return e.kernel, nil
}

func looping(r *backend.Region) bool {
	return slices.ContainsFunc(r.Phases, func(ph backend.Phase) bool { return ph.Loop })
}

// collect lists the buffers, and checks the dtypes and sizes.
func (e *emitter) collect() error {
	k := e.kernel
	use := func(buffer int, store bool) {
		i := slices.Index(k.buffers, buffer)
		if i < 0 {
			i = len(k.buffers)
			k.buffers, k.stored = append(k.buffers, buffer), append(k.stored, false)
		}
		k.stored[i] = k.stored[i] || store
		if e.plan.Buffer(buffer).Size > math.MaxInt32 {
			e.index = "long"
		}
	}
	for i, n := range e.region.Nodes {
		if metalTypes[n.Dtype] == "" {
			return fmt.Errorf("node %d is a %v, which Metal does not have", i, n.Dtype)
		}
		switch n.Kind {
		case backend.Load:
			use(n.Buffer, false)
		case backend.Param:
			k.params = true
		}
	}
	for _, ph := range e.region.Phases {
		for _, s := range ph.Stores {
			use(s.Buffer, true)
		}
	}
	if len(k.buffers) > maxArgs {
		return fmt.Errorf("%d buffers are more than the %d arguments of a kernel", len(k.buffers), maxArgs)
	}
	if k.params && len(e.plan.Params)*8 > 4096 {
		return fmt.Errorf("%d parameters are too many", len(e.plan.Params))
	}
	if e.index == "int" && (backend.Volume(e.region.Inner) > math.MaxInt32 || e.kernel.points > math.MaxInt32) {
		e.index = "long"
	}
	return nil
}

// head is the signature.
func (e *emitter) head() string {
	k := e.kernel
	var args []string
	for i, b := range k.buffers {
		access := "const "
		if k.stored[i] {
			access = ""
		}
		args = append(args, fmt.Sprintf("device %s%s* a%d [[buffer(%d)]]", access, metalTypes[e.plan.Buffer(b).Dtype], i, i))
	}
	if k.params {
		args = append(args, fmt.Sprintf("constant ulong* params [[buffer(%d)]]", len(k.buffers)))
	}
	if k.group > 0 {
		args = append(args, "uint lane [[thread_position_in_threadgroup]]", "uint point [[threadgroup_position_in_grid]]")
	} else {
		args = append(args, "uint point [[thread_position_in_grid]]")
	}
	return "kernel void " + kernelMark + "(\n    " + strings.Join(args, ",\n    ") + ") {\n"
}

func (e *emitter) line(format string, args ...any) {
	e.lines.WriteString(strings.Repeat("  ", e.depth+1))
	fmt.Fprintf(&e.lines, format, args...)
	e.lines.WriteByte('\n')
}

func (e *emitter) open(format string, args ...any) {
	e.line("%s", strings.TrimLeft(fmt.Sprintf(format, args...)+" {", " "))
	e.depth++
}

func (e *emitter) shut() {
	e.depth--
	e.line("}")
}

// body declares what lives through the phases, and writes them.
func (e *emitter) body() {
	for _, ph := range e.region.Phases {
		for _, n := range ph.Reduce {
			if e.kernel.group > 0 && ph.Loop {
				e.share(n)
			}
		}
	}
	e.coordinates("point", e.region.Space, 0)
	for _, ph := range e.region.Phases {
		for _, n := range ph.Reduce {
			e.line("%s n%d;", metalTypes[e.region.Nodes[n].Dtype], n)
		}
	}
	for i := range e.region.Phases {
		e.phase(&e.region.Phases[i])
	}
}

// coordinates turns a running number into coordinates.
func (e *emitter) coordinates(number string, space []int, from int) {
	e.line("%s r%d = %s(%s);", e.index, from, e.index, number)
	for k := len(space) - 1; k >= 0; k-- {
		switch {
		case space[k] == 1: // left out of every index
		case k == 0:
			e.line("const %s i%d = r%d;", e.index, from, from)
		default:
			e.line("const %s i%d = r%d %% %s;", e.index, from+k, from, integer(space[k]))
			e.line("r%d /= %s;", from, integer(space[k]))
		}
	}
}

func (e *emitter) phase(ph *backend.Phase) {
	e.open("")
	defer e.shut()
	for _, n := range ph.Reduce {
		e.start(n)
	}
	if !ph.Loop {
		e.once(ph)
		return
	}
	// An empty inner space must not read what only its points may read.
	hoist := backend.Volume(e.region.Inner) > 0
	for _, n := range ph.Nodes {
		if hoist && !e.region.Nodes[n].Inner {
			e.node(n)
		}
	}
	first, step := "0", "1"
	if e.kernel.group > 0 {
		first, step = e.index+"(lane)", fmt.Sprint(e.kernel.group)
	}
	e.open("for (%s j = %s; j < %s; j += %s)", e.index, first, integer(backend.Volume(e.region.Inner)), step)
	e.coordinates("j", e.region.Inner, len(e.region.Space))
	for _, n := range ph.Nodes {
		if !hoist || e.region.Nodes[n].Inner {
			e.node(n)
		}
	}
	for _, n := range ph.Reduce {
		e.accumulate(n, "j")
	}
	e.stores(ph.Stores)
	e.shut()
	for _, n := range ph.Reduce {
		e.finish(n)
	}
}

// once writes a phase without a loop: every thread of a point computes it, the
// first one stores.
func (e *emitter) once(ph *backend.Phase) {
	for k := range e.region.Inner {
		e.line("const %s i%d = 0;", e.index, len(e.region.Space)+k)
	}
	for _, n := range ph.Nodes {
		e.node(n)
	}
	for _, n := range ph.Reduce {
		e.accumulate(n, "0")
		e.result(n, fmt.Sprintf("c%d", n), fmt.Sprintf("at%d", n))
	}
	if e.kernel.group > 0 && len(ph.Stores) > 0 {
		e.open("if (lane == 0u)")
		defer e.shut()
	}
	e.stores(ph.Stores)
}

func (e *emitter) stores(stores []backend.Store) {
	for _, s := range stores {
		e.line("a%d[%s] = n%d;", slices.Index(e.kernel.buffers, s.Buffer), indexText(s.Index, e.space), s.Node)
	}
}

// node declares the value of a node; those of reductions are declared above.
func (e *emitter) node(k int) {
	n := &e.region.Nodes[k]
	if n.Kind == backend.Reduce {
		return
	}
	text, err := e.value(n)
	if err != nil && e.err == nil {
		e.err = fmt.Errorf("node %d: %w", k, err)
	}
	e.line("const %s n%d = %s;", metalTypes[n.Dtype], k, text)
}

func (e *emitter) value(n *backend.Node) (string, error) {
	nodes := e.region.Nodes
	at := indexText(n.Index, e.space)
	switch n.Kind {
	case backend.Load:
		text := fmt.Sprintf("a%d[%s]", slices.Index(e.kernel.buffers, n.Buffer), at)
		if len(n.Guard) > 0 {
			text = names(n.Guard, " && ") + " ? " + text + " : " + literal(n.Dtype, 0)
		}
		return text, nil
	case backend.Const:
		return literal(n.Dtype, n.Value), nil
	case backend.Param:
		return paramText(n.Dtype, n.Param), nil
	case backend.Iota:
		// The value is data, not a place in memory: it may be larger than an int.
		return castText(n.Dtype, op.Int64, "("+affineText(n.Index, e.space, "long(i%d)")+")"), nil
	case backend.Inside:
		return fmt.Sprintf("%s <= (%s) && (%s) < %s", integer(n.Low), at, at, integer(n.High)), nil
	case backend.Bits:
		return fmt.Sprintf("ingot_random_word(%s, uint(%s), %du)", names(n.Args, ", "), at, n.High), nil
	case backend.Cast:
		return castText(n.Dtype, nodes[n.Args[0]].Dtype, names(n.Args, "")), nil
	case backend.Apply:
		args := make([]string, len(n.Args))
		for i, a := range n.Args {
			args[i] = fmt.Sprintf("n%d", a)
		}
		return applyText(n.Op, nodes[n.Args[len(n.Args)-1]].Dtype, n.Dtype, args...)
	}
	return "", fmt.Errorf("a %v is not a value of a region", n.Kind)
}

func names(nodes []int, between string) string {
	var b strings.Builder
	for i, n := range nodes {
		if i > 0 {
			b.WriteString(between)
		}
		fmt.Fprintf(&b, "n%d", n)
	}
	return b.String()
}

// paramText reads a parameter from its 64 bits: floats are float32 there.
func paramText(d op.Dtype, i int) string {
	bits := fmt.Sprintf("params[%d]", i)
	switch {
	case d == op.Bool:
		return "(" + bits + " != 0ul)"
	case d.IsFloat():
		return castText(d, op.Float32, "as_type<float>(uint("+bits+"))")
	}
	return metalTypes[d] + "(" + bits + ")"
}
