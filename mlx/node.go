package mlx

import (
	"slices"
	"sync/atomic"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/hook"
	"github.com/ingot-go/ingot/mlx/op"
)

// kind says what a node of the graph computes.
type kind uint8

const (
	kData      kind = iota // elements given by the caller
	kFull                  // one value everywhere
	kIota                  // 0, 1, 2, … along the only axis, times ints[1] plus ints[0]
	kBits                  // random words for the key in[0], of shape (2)
	kApply                 // the op code of the inputs, which broadcast
	kCast                  // in[0] as another dtype
	kReduce                // reduction code over the axes ints
	kReshape               // the same elements in another shape
	kTranspose             // axes permuted: axis k of the result is axis ints[k] of in[0]
	kBroadcast             // in[0] repeated to the shape
	kSlice                 // ints holds starts, then steps
	kPad                   // in[0] surrounded by in[1], a scalar; ints holds the widths before
	kConcat                // the inputs one after the other along axis ints[0]
	kSame                  // in[0]; a node of its own for derivatives
	kStop                  // in[0], through which no derivative passes
	kMatMul                // products of the matrices in the last two axes
	kGather                // in[0] at places that in[1:] name; see indexing
	kScatter               // in[0] with in[1] put or added at places that in[2:] name
	kArgSort               // the order along the last axis
	kHost                  // a kernel over whole arrays, a backend.Kernel, with parameters ints
	kPlace                 // an argument of a function that is being traced
	kCustom                // in[0], which was computed from in[1:] by a function with its own derivative
	kDepends               // in[0], computed after in[1:]
)

// node is a value of the lazy graph. What a node computes never changes; once
// it has been computed, buf is set and the inputs are let go of.
type node struct {
	first  Array       // the first handle, so that most nodes take one allocation
	taken  atomic.Bool // first is in use
	kind   kind
	code   uint8 // an op.Code, a backend.Reduction or a backend.Kernel
	dtype  op.Dtype
	fixed  bool // kFull: the value is part of the program's structure, not data
	fused  bool // computed before inside a region, without being kept
	inner  bool // made by a program: no caller has it
	index  int32
	depth  int32 // longest way to an evaluated node
	epoch  uint32
	size   int
	shape  []int
	in     []*node
	in2    [2]*node // room for in
	ints   []int    // parameters, by kind
	at     *indexing
	value  op.Value // kFull
	buf    atomic.Pointer[backend.Buffer]
	traces *traces
	rare   *rare
	born   uint64 // numbers all nodes
	where  string
}

// rare is what only few nodes have.
type rare struct {
	custom *customCall // kCustom
	redraw *redraw     // kData: a random key
	group  []*node     // what is computed together with the node
}

// births counts nodes.
var births atomic.Uint64

// few is to be read, own to be changed.
func (n *node) few() *rare {
	if n.rare == nil {
		return &rare{}
	}
	return n.rare
}

func (n *node) own() *rare {
	if n.rare == nil {
		n.rare = &rare{}
	}
	return n.rare
}

// Array is a handle on a node of the graph. The zero value is not an array.
type Array struct{ n *node }

// pendingLimit is how long a chain of unevaluated nodes may grow before it is
// evaluated on its own, so that a loop that never looks at its arrays does not
// hold an unbounded graph.
const pendingLimit = 4096

// newNode makes a node of the graph; the caller sets the parameters by kind.
func newNode(k kind, d op.Dtype, shape []int, in ...*node) *node {
	n := &node{kind: k, dtype: d, shape: shape}
	n.size = backend.Volume(shape)
	n.born = births.Add(1)
	n.where = hook.Where()
	n.in = append(n.in2[:0], in...)
	for _, i := range in {
		if i.buf.Load() == nil {
			n.depth = max(n.depth, i.depth+1)
		}
		if i.traces != nil {
			n.traces = n.traces.join(i.traces)
		}
	}
	if n.depth > pendingLimit && !n.traces.active() {
		evaluate(n.in)
		n.depth = 0
	}
	return n
}

// wrap makes a new handle on a node. A handle may be made to mean another node
// (see [Array.Set]), so no two callers get the same one.
func wrap(n *node) *Array {
	if n.taken.CompareAndSwap(false, true) {
		n.first.n = n
		return &n.first
	}
	return &Array{n}
}

// Same reports whether a and b are one and the same array, not merely equal.
func Same(a, b *Array) bool { return a == b || a != nil && b != nil && a.n == b.n }

// Shape is the length of each axis. It does not evaluate.
func (a *Array) Shape() []int { return slices.Clone(a.node("shape").shape) }

// Dim is the length of one axis; negative axes count from the end. It does not evaluate.
func (a *Array) Dim(axis int) int {
	n := a.node("dim")
	return n.shape[normAxis("dim", axis, len(n.shape))]
}

// NDim is the number of axes. It does not evaluate.
func (a *Array) NDim() int { return len(a.node("ndim").shape) }

// Size is the number of elements. It does not evaluate.
func (a *Array) Size() int { return a.node("size").size }

// NBytes is the size of the elements in bytes. It does not evaluate.
func (a *Array) NBytes() int { return a.Size() * a.n.dtype.Size() }

// Dtype is the type of the elements. It does not evaluate.
func (a *Array) Dtype() Dtype { return a.node("dtype").dtype }

// Len is the length of the first axis. It does not evaluate.
func (a *Array) Len() int {
	n := a.node("len")
	if len(n.shape) == 0 {
		fail("len", "shape", "a 0-dimensional array has no length")
	}
	return n.shape[0]
}

// node is the node behind a handle that a caller gave to op.
func (a *Array) node(op string) *node {
	if a == nil || a.n == nil {
		checkStop(op)
		fail(op, "value", "the array is nil")
	}
	return a.n
}

// normAxis brings an axis into the range 0 to ndim-1.
func normAxis(op string, axis, ndim int) int {
	if axis < -ndim || axis >= ndim {
		fail(op, "axis", "axis %d is out of bounds for an array with %d dimensions", axis, ndim)
	}
	if axis < 0 {
		axis += ndim
	}
	return axis
}

// normAxes does so for several, sorts them and refuses duplicates.
func normAxes(op string, axes []int, ndim int) []int {
	out := make([]int, len(axes))
	for i, a := range axes {
		out[i] = normAxis(op, a, ndim)
	}
	slices.Sort(out)
	for i := 1; i < len(out); i++ {
		if out[i] == out[i-1] {
			fail(op, "axis", "axis %d is named twice", out[i])
		}
	}
	return out
}

// axisOr is the axis that a caller gave, or the usual one.
func axisOr(axis []int, usual int) int {
	if len(axis) > 0 {
		return axis[0]
	}
	return usual
}
