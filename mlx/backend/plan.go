package backend

import "github.com/ingot-go/ingot/mlx/op"

// Plan is work for a device. Its buffers are numbered: the inputs, then the
// outputs, then the temporaries.
type Plan struct {
	Inputs  []Spec     `json:"inputs"`
	Outputs []Spec     `json:"outputs"`
	Temps   []Spec     `json:"temps,omitempty"`
	Params  []op.Dtype `json:"params,omitempty"` // scalars that may differ from run to run
	Steps   []Step     `json:"steps"`
}

// Spec describes a buffer: its elements are contiguous.
type Spec struct {
	Dtype op.Dtype `json:"dtype"`
	Size  int      `json:"size"`
}

// Buffer describes buffer i.
func (p *Plan) Buffer(i int) Spec {
	for _, s := range [][]Spec{p.Inputs, p.Outputs, p.Temps} {
		if i < len(s) {
			return s[i]
		}
		i -= len(s)
	}
	panic("backend: no such buffer")
}

// Buffers is the number of buffers.
func (p *Plan) Buffers() int { return len(p.Inputs) + len(p.Outputs) + len(p.Temps) }

// Step is one of its two fields. Steps run in order; each sees what the earlier ones wrote.
type Step struct {
	Region    *Region    `json:"region,omitempty"`
	Primitive *Primitive `json:"primitive,omitempty"`
}

// Region is a loop nest. For each point of the outer index space Space, its
// phases run one after the other. A phase either visits every point of the
// inner index space Inner (Loop), or runs once. Points of the outer space are
// independent of each other, so they may run in any order or at once.
//
// The index vector i of a point is the outer coordinates, then the inner ones.
type Region struct {
	Space  []int   `json:"space"`
	Inner  []int   `json:"inner,omitempty"` // empty: one point
	Nodes  []Node  `json:"nodes"`           // operands before their users
	Phases []Phase `json:"phases"`          // 1 to MaxPhases
}

// MaxPhases is the most phases that a region has.
const MaxPhases = 4

// Phase evaluates nodes, accumulates reductions and stores. Nodes lists what
// the phase evaluates, in order, including nodes that an earlier phase also
// evaluated: only reductions carry over from phase to phase.
type Phase struct {
	Loop   bool    `json:"loop,omitempty"`
	Nodes  []int   `json:"nodes"`
	Reduce []int   `json:"reduce,omitempty"` // nodes of kind Reduce that this phase accumulates
	Stores []Store `json:"stores,omitempty"`
}

// Store writes a node to element Index(i) of a buffer.
type Store struct {
	Node   int   `json:"node"`
	Buffer int   `json:"buffer"`
	Index  Index `json:"index"`
}

// Index is the affine map Offset + Σ Strides[k]·i[k].
type Index struct {
	Offset  int   `json:"offset,omitempty"`
	Strides []int `json:"strides,omitempty"`
}

// At is the value of the map at the index vector i.
func (x Index) At(i []int) int {
	n := x.Offset
	for k, s := range x.Strides {
		n += s * i[k]
	}
	return n
}

// Kind says what a Node is.
type Kind uint8

// The kinds of a node.
const (
	Load   Kind = iota // element Index(i) of Buffer; where Guard is given and false, zero, and nothing is read
	Const              // Value
	Param              // parameter number Param
	Iota               // Index(i), as an integer or float of the dtype
	Inside             // whether Low <= Index(i) < High
	Bits               // random word Index(i) of High words, for the key whose halves are Args[0] and Args[1]
	Apply              // the op Op of Args
	Cast               // Args[0] as Dtype
	Reduce             // Reduction of Args[0] over the inner points
	Result             // in an epilogue: the value of the primitive
)

var kindNames = [...]string{"load", "const", "param", "iota", "inside", "bits", "apply", "cast", "reduce", "result"}

// String is the name of the kind.
func (k Kind) String() string { return kindNames[k] }

// Node is one value of a region, of type Dtype. Every op rounds its result to
// its dtype, except that float16 and bfloat16 reductions accumulate as float32.
type Node struct {
	Kind      Kind      `json:"kind"`
	Dtype     op.Dtype  `json:"dtype"`
	Op        op.Code   `json:"op,omitempty"`
	Reduction Reduction `json:"reduction,omitempty"`
	Args      []int     `json:"args,omitempty"`
	Index     Index     `json:"index,omitzero"`
	Buffer    int       `json:"buffer,omitempty"`
	Guard     []int     `json:"guard,omitempty"` // Inside nodes, all of which must hold
	Param     int       `json:"param,omitempty"`
	Value     op.Value  `json:"value,omitempty"`
	Low       int       `json:"low,omitempty"`
	High      int       `json:"high,omitempty"`
	Inner     bool      `json:"inner,omitempty"` // differs between inner points; others can be hoisted out of the loop
}

// Reduction is how a Reduce node combines values.
type Reduction uint8

// The reductions. ArgMax and ArgMin give the uint32 number of the first inner
// point (in row-major order) with the best value; the first NaN is better than
// any number, and Max and Min give NaN where a value is NaN. Empty sums are 0,
// empty products 1; empty Max and Min do not occur, except over bools, where
// they are false and true.
const (
	Sum Reduction = iota
	Prod
	Max
	Min
	ArgMax
	ArgMin
)

var reductionNames = [...]string{"sum", "prod", "max", "min", "argmax", "argmin"}

// String is the name of the reduction.
func (r Reduction) String() string { return reductionNames[r] }

// Primitive is a step that is not a loop nest over single elements.
//
//	matmul   for each point d of Space = (batch…, m, n): the sum over k < Contract of
//	         Operands[0] at (d, k) times Operands[1] at (d, k). Float dtypes only.
//	gather   for each d of Space: the element of Operands[0] at its index for d plus,
//	         for every further operand j, Stride_j times the index read from it at d.
//	scatter  the output starts as Operands[0] (its index is the identity over the output)
//	         or zeros where Zero; then for each d of Space, in order, the element at
//	         Target(d) plus, for every operand j from 2 on, Stride_j times the index read
//	         from it at d, becomes Operands[1] at d (Mode "set") or is combined with it (Mode is the op).
//	argsort  for each row of Space = (rows…, n): the stable order of Operands[0] along
//	         the last axis, as uint32, NaN last.
//
// Further primitives are the kernels of [Kernel], which read whole buffers.
//
// An index read from an operand counts from the end when negative, and must be
// below the operand's Size; otherwise the step fails with an error.
//
// The result is contiguous over Space, except for scatter. Where Stores is
// empty it goes to Out as it is. Otherwise Nodes, in which the Result node
// stands for it, are evaluated at each point of Space and stored.
type Primitive struct {
	Name     string    `json:"name"`
	Space    []int     `json:"space"`
	Contract int       `json:"contract,omitempty"`
	Dtype    op.Dtype  `json:"dtype"` // of the result
	Operands []Operand `json:"operands"`
	Mode     string    `json:"mode,omitempty"`
	Zero     bool      `json:"zero,omitempty"`
	Params   []int     `json:"params,omitempty"` // of a kernel
	Target   Index     `json:"target,omitzero"`
	Out      int       `json:"out"`
	Nodes    []Node    `json:"nodes,omitempty"`
	Stores   []Store   `json:"stores,omitempty"`
}

// Operand is a buffer that a primitive reads.
type Operand struct {
	Buffer int   `json:"buffer"`
	Index  Index `json:"index"`
	Stride int   `json:"stride,omitempty"` // of an index operand: elements per unit
	Size   int   `json:"size,omitempty"`   // of an index operand: length of the axis it indexes
	Shape  []int `json:"shape,omitempty"`  // of an operand of a kernel, which is the whole buffer
}

// Volume is the number of points of an index space.
func Volume(space []int) int {
	n := 1
	for _, d := range space {
		n *= d
	}
	return n
}
