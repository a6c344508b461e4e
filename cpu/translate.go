package cpu

import (
	"slices"

	"github.com/ingot-go/ingot/cpu/internal/jit"
	"github.com/ingot-go/ingot/cpu/internal/vir"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// unary and binary are the ops of float32 that vector programs have; predicates
// are those whose result is a mask.
var (
	unary = map[op.Code]func(p *vir.Program, x vir.Value) vir.Value{
		op.Negative:   (*vir.Program).Neg,
		op.Abs:        (*vir.Program).Abs,
		op.Sign:       (*vir.Program).Sign,
		op.Square:     func(p *vir.Program, x vir.Value) vir.Value { return p.Mul(x, x) },
		op.Sqrt:       func(p *vir.Program, x vir.Value) vir.Value { return p.Op1(vir.Sqrt, x) },
		op.Rsqrt:      (*vir.Program).Rsqrt,
		op.Reciprocal: func(p *vir.Program, x vir.Value) vir.Value { return p.Div(p.Float(1), x) },
		op.Exp:        (*vir.Program).Exp,
		op.Log:        (*vir.Program).Log,
		op.Sin:        (*vir.Program).Sin,
		op.Cos:        (*vir.Program).Cos,
		op.Tanh:       (*vir.Program).Tanh,
		op.Sigmoid:    (*vir.Program).Sigmoid,
		op.Erf:        (*vir.Program).Erf,
		op.Erfinv:     (*vir.Program).Erfinv,
		op.Floor:      func(p *vir.Program, x vir.Value) vir.Value { return p.Round(vir.Down, x) },
		op.Ceil:       func(p *vir.Program, x vir.Value) vir.Value { return p.Round(vir.Up, x) },
		op.Round:      func(p *vir.Program, x vir.Value) vir.Value { return p.Round(vir.Nearest, x) },
	}
	binary = map[op.Code]func(p *vir.Program, x, y vir.Value) vir.Value{
		op.Add:      (*vir.Program).Add,
		op.Subtract: (*vir.Program).Sub,
		op.Multiply: (*vir.Program).Mul,
		op.Divide:   (*vir.Program).Div,
		op.Maximum:  (*vir.Program).Maximum,
		op.Minimum:  (*vir.Program).Minimum,
	}
	predicates = map[op.Code]uint32{
		op.Equal: vir.EQ, op.NotEqual: vir.NEQ, op.Less: vir.LT, op.LessEqual: vir.LE,
		op.Greater: vir.GT, op.GreaterEqual: vir.GE,
	}
	logic = map[op.Code]vir.Op{op.LogicalAnd: vir.And, op.LogicalOr: vir.Or}
)

// vector is a pointwise region as a vector program: what its arrays and scalars are.
type vector struct {
	program, exact *vir.Program // exact is nil where the program has no guard
	loads          []memory     // the inputs
	stores         []memory     // the outputs
	scalars        []scalar
}

// memory is an array that is read or written: consecutive elements along the
// last axis of the space.
type memory struct {
	buffer int
	index  backend.Index
}

// scalar is the same for all elements of a row: a parameter, an element of a
// buffer that the last axis does not move, or the value of a map where the row
// begins.
type scalar struct {
	param int // or one of those below
	from  op.Dtype
	memory
}

const (
	inMemory = -1 - iota
	position
)

// Programs that need more values at once, or are longer, are left to the tiles:
// they would spill, and all forms of compiled code must take the same ones.
const (
	mostValues = 20
	mostNodes  = 4096
)

// translate makes the vector program of a region over a space whose axes are
// merged (see merge), or gives nil where the region needs something else than float32.
func translate(r *backend.Region, exact bool) *vector {
	if len(r.Nodes) > mostNodes {
		return nil
	}
	t := &translator{r: r, v: &vector{}, value: make([]vir.Value, len(r.Nodes))}
	t.bind()
	arrays := len(t.v.loads) + len(t.v.stores)
	if t.failed || arrays > jit.MaxArrays || len(t.v.scalars) > jit.MaxScalars || arrays+len(t.v.scalars) > jit.MaxArgs {
		return nil
	}
	t.p = vir.New(len(t.v.loads), len(t.v.scalars))
	t.p.Exact = exact
	t.v.program = t.p
	for i := range r.Nodes {
		t.value[i] = t.node(i, &r.Nodes[i])
		if t.failed {
			return nil
		}
	}
	for _, ph := range r.Phases {
		for _, s := range ph.Stores {
			t.p.Outputs = append(t.p.Outputs, t.value[s.Node])
		}
	}
	if !exact {
		if jit.Pressure(t.p) > mostValues {
			return nil
		}
		if t.p.Guard != vir.None {
			t.v.exact = translate(r, true).program
		}
	}
	return t.v
}

type translator struct {
	r      *backend.Region
	v      *vector
	p      *vir.Program
	value  []vir.Value
	input  map[int]int // of a Load: number of the input, or -1-n for scalar n
	failed bool
}

// bind finds the arrays and scalars.
func (t *translator) bind() {
	last := len(t.r.Space) - 1
	t.input = map[int]int{}
	for i, n := range t.r.Nodes {
		switch {
		case n.Kind == backend.Bits && stride(n.Index, last) == 1 && n.High < 1<<31:
			t.input[i] = t.scalar(scalar{position, op.Uint32, memory{index: n.Index}})
		case n.Kind == backend.Bits || n.Kind == backend.Load && len(n.Guard) > 0:
			t.failed = true
		case n.Kind == backend.Load:
			m := memory{n.Buffer, n.Index}
			switch s := stride(n.Index, last); {
			case s == 0 && (n.Dtype == op.Float32 || n.Dtype == op.Uint32):
				t.input[i] = t.scalar(scalar{inMemory, n.Dtype, m})
			case s == 1 && n.Dtype == op.Float32:
				k := slices.IndexFunc(t.v.loads, m.equal)
				if k < 0 {
					k = len(t.v.loads)
					t.v.loads = append(t.v.loads, m)
				}
				t.input[i] = k
			default:
				t.failed = true
			}
		case n.Kind == backend.Param:
			t.input[i] = t.scalar(scalar{param: n.Param, from: n.Dtype})
		}
	}
	for _, ph := range t.r.Phases {
		for _, s := range ph.Stores {
			if t.r.Nodes[s.Node].Dtype != op.Float32 || stride(s.Index, last) != 1 {
				t.failed = true
			}
			t.v.stores = append(t.v.stores, memory{s.Buffer, s.Index})
		}
		t.failed = t.failed || len(ph.Reduce) > 0
	}
}

func (m memory) equal(o memory) bool {
	return m.buffer == o.buffer && m.index.Offset == o.index.Offset && slices.Equal(m.index.Strides, o.index.Strides)
}

func (t *translator) scalar(s scalar) int {
	k := slices.IndexFunc(t.v.scalars, func(o scalar) bool { return o.param == s.param && o.from == s.from && o.equal(s.memory) })
	if k < 0 {
		k = len(t.v.scalars)
		t.v.scalars = append(t.v.scalars, s)
	}
	return -1 - k
}

// node gives the value of a node. A bool is a mask: all ones, or zero.
func (t *translator) node(i int, n *backend.Node) vir.Value {
	p := t.p
	switch n.Kind {
	case backend.Load, backend.Param:
		k := t.input[i]
		if k >= 0 {
			return p.Input(k)
		}
		return p.Scalar(-1 - k) // whatever its dtype was, it arrives as float32
	case backend.Const:
		if n.Dtype == op.Bool {
			return p.Bits(-uint32(n.Value & 1))
		}
		return p.Float(n.Value.Float(n.Dtype))
	case backend.Bits:
		for _, a := range n.Args {
			if t.r.Nodes[a].Kind != backend.Load { // other words do not arrive as their bits
				t.failed = true
				return vir.None
			}
		}
		i := p.Op2(vir.AddI, p.Scalar(-1-t.input[i]), p.Iota())
		return p.RandomWord(t.value[n.Args[0]], t.value[n.Args[1]], i, uint32(n.High))
	case backend.Cast:
		return t.cast(n)
	case backend.Apply:
		return t.apply(n)
	}
	t.failed = true
	return vir.None
}

// cast knows masks and words to numbers, and single values that arrive as float32 anyhow.
func (t *translator) cast(n *backend.Node) vir.Value {
	from := t.r.Nodes[n.Args[0]]
	x := t.value[n.Args[0]]
	switch {
	case n.Dtype == op.Float32 && from.Dtype == op.Bool && from.Kind != backend.Param:
		return t.p.Op2(vir.And, x, t.p.Float(1))
	case n.Dtype == op.Float32 && (from.Kind == backend.Const || from.Kind == backend.Param):
		return x
	case n.Dtype == op.Float32 && from.Dtype == op.Uint32:
		return t.p.FromUint(x)
	case n.Dtype == from.Dtype && n.Dtype == op.Float32:
		return x
	}
	t.failed = true
	return vir.None
}

func (t *translator) apply(n *backend.Node) vir.Value {
	p := t.p
	dtype := func(k int) op.Dtype { return t.r.Nodes[n.Args[k]].Dtype }
	arg := func(k int) vir.Value { return t.value[n.Args[k]] }
	masks := t.masks(n.Args)
	switch o := n.Op; {
	case o == op.Select && masks > 0 && dtype(1) == op.Float32:
		return p.Select(arg(0), arg(1), arg(2))
	case o == op.LogicalNot && masks == 1:
		return p.Op2(vir.Xor, arg(0), p.Bits(^uint32(0)))
	case logic[o] != 0 && masks == 2:
		return p.Op2(logic[o], arg(0), arg(1))
	case masks > 0 || dtype(0) != op.Float32:
	case o == op.IsNaN:
		return p.Compare(vir.UNO, arg(0), arg(0))
	case unary[o] != nil:
		return unary[o](p, arg(0))
	case binary[o] != nil && dtype(1) == op.Float32:
		return binary[o](p, arg(0), arg(1))
	default:
		if how, ok := predicates[o]; ok && dtype(1) == op.Float32 {
			return p.Compare(how, arg(0), arg(1))
		}
	}
	t.failed = true
	return vir.None
}

// masks counts the operands that are masks.
func (t *translator) masks(args []int) (n int) {
	for _, a := range args {
		if t.r.Nodes[a].Dtype == op.Bool && t.r.Nodes[a].Kind != backend.Param {
			n++
		}
	}
	return n
}
