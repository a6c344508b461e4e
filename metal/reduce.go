package metal

import (
	"fmt"
	"math"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// A reduction n accumulates in cn, for arg reductions with the number of the
// best point in atn. Threads that share a point combine theirs in threadgroup
// memory: pairs, then pairs of pairs.

// none stands for no point at all; it loses against every other.
const none = "4294967295u"

// accumulator is the dtype in which reduction n accumulates, and that of its
// values.
func (e *emitter) accumulator(n int) (acc, in op.Dtype) {
	in = e.region.Nodes[e.region.Nodes[n].Args[0]].Dtype
	if narrow(in) {
		return op.Float32, in
	}
	return in, in
}

func isArg(r backend.Reduction) bool { return r == backend.ArgMax || r == backend.ArgMin }

// share declares threadgroup memory.
func (e *emitter) share(n int) {
	acc, _ := e.accumulator(n)
	e.line("threadgroup %s s%d[%d];", metalTypes[acc], n, e.kernel.group)
	if isArg(e.region.Nodes[n].Reduction) {
		e.line("threadgroup uint t%d[%d];", n, e.kernel.group)
	}
}

// start declares the accumulator with the value of no points.
func (e *emitter) start(n int) {
	r := e.region.Nodes[n].Reduction
	acc, _ := e.accumulator(n)
	e.line("%s c%d = %s;", metalTypes[acc], n, literal(acc, identity(r, acc)))
	if isArg(r) {
		e.line("uint at%d = %s;", n, none)
	}
}

// identity is the value that changes no reduction.
func identity(r backend.Reduction, d op.Dtype) op.Value {
	switch {
	case r == backend.Sum:
		return op.Cast(d, op.Bool, 0)
	case r == backend.Prod:
		return op.Cast(d, op.Bool, 1)
	}
	least := r == backend.Max || r == backend.ArgMax
	bits := 8 * d.Size()
	switch {
	case d == op.Bool:
		return op.Cast(d, op.Bool, op.Value(map[bool]int{true: 0, false: 1}[least]))
	case d.IsFloat():
		return op.FloatValue(d, math.Inf(map[bool]int{true: -1, false: 1}[least]))
	case d.IsSigned() && least:
		return op.Value(uint64(math.MaxUint64) << (bits - 1))
	case d.IsSigned():
		return op.Value(uint64(1)<<(bits-1) - 1)
	case least:
		return 0
	}
	return op.Value(uint64(math.MaxUint64) >> (64 - bits))
}

// accumulate adds the value of point number j.
func (e *emitter) accumulate(n int, j string) {
	node := &e.region.Nodes[n]
	acc, in := e.accumulator(n)
	v := castText(acc, in, fmt.Sprintf("n%d", node.Args[0]))
	if !isArg(node.Reduction) {
		e.line("c%d = %s;", n, e.combined(n, fmt.Sprintf("c%d", n), v))
		return
	}
	e.open("")
	e.line("const %s v = %s;", metalTypes[acc], v)
	e.open("if (at%d == %s || %s)", n, none, e.better(n, "v", fmt.Sprintf("c%d", n)))
	e.line("c%d = v; at%d = uint(%s);", n, n, j)
	e.shut()
	e.shut()
}

// better tells whether value a beats value b of an arg reduction; NaN beats
// every number.
func (e *emitter) better(n int, a, b string) string {
	sign := "<"
	if e.region.Nodes[n].Reduction == backend.ArgMax {
		sign = ">"
	}
	text := a + " " + sign + " " + b
	if acc, _ := e.accumulator(n); acc.IsFloat() {
		text += fmt.Sprintf(" || (isnan(%s) && !isnan(%s))", a, b)
	}
	return text
}

// earlier tells whether the threads' values are equally good and theirs comes
// from an earlier point.
func (e *emitter) earlier(n int, mine, theirs string) string {
	same := theirs + " == " + mine
	if acc, _ := e.accumulator(n); acc.IsFloat() {
		same = fmt.Sprintf("(%s || (isnan(%s) && isnan(%s)))", same, theirs, mine)
	}
	return fmt.Sprintf("(%s && t%d[lane + s] < t%d[lane])", same, n, n)
}

// combined is two accumulated values as one.
func (e *emitter) combined(n int, a, b string) string {
	acc, _ := e.accumulator(n)
	code := map[backend.Reduction]op.Code{
		backend.Sum: op.Add, backend.Prod: op.Multiply, backend.Max: op.Maximum, backend.Min: op.Minimum,
	}[e.region.Nodes[n].Reduction]
	text, err := applyText(code, acc, acc, a, b)
	if err != nil && e.err == nil {
		e.err = err
	}
	return text
}

// finish combines what the threads of a point have, after the loop.
func (e *emitter) finish(n int) {
	if e.kernel.group == 0 {
		e.result(n, fmt.Sprintf("c%d", n), fmt.Sprintf("at%d", n))
		return
	}
	arg := isArg(e.region.Nodes[n].Reduction)
	e.line("s%d[lane] = c%d;", n, n)
	if arg {
		e.line("t%d[lane] = at%d;", n, n)
	}
	e.line("threadgroup_barrier(mem_flags::mem_threadgroup);")
	e.open("for (uint s = %du; s > 0u; s /= 2u)", e.kernel.group/2)
	e.open("if (lane < s)")
	mine, theirs := fmt.Sprintf("s%d[lane]", n), fmt.Sprintf("s%d[lane + s]", n)
	if arg {
		e.open("if (%s || %s)", e.better(n, theirs, mine), e.earlier(n, mine, theirs))
		e.line("%s = %s; t%d[lane] = t%d[lane + s];", mine, theirs, n, n)
		e.shut()
	} else {
		e.line("%s = %s;", mine, e.combined(n, mine, theirs))
	}
	e.shut()
	e.line("threadgroup_barrier(mem_flags::mem_threadgroup);")
	e.shut()
	e.result(n, fmt.Sprintf("s%d[0]", n), fmt.Sprintf("t%d[0]", n))
}

// result gives node n the accumulated value.
func (e *emitter) result(n int, value, best string) {
	node := &e.region.Nodes[n]
	acc, _ := e.accumulator(n)
	if isArg(node.Reduction) {
		e.line("n%d = %s;", n, castText(node.Dtype, op.Uint32, "("+best+" == "+none+" ? 0u : "+best+")"))
		return
	}
	e.line("n%d = %s;", n, castText(node.Dtype, acc, value))
}
