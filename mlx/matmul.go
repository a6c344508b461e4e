package mlx

import "github.com/ingot-go/ingot/mlx/op"

// MatMul is the matrix product over the last two axes; the axes before them
// broadcast. A vector on the left counts as a row, on the right as a column,
// and the axis that this adds is removed again. Floating dtypes only.
func MatMul(a, b Operand) *Array {
	const name = "matmul"
	x, y := toOperand(name, a), toOperand(name, b)
	if x.weak || y.weak || len(x.n.shape) == 0 || len(y.n.shape) == 0 {
		fail(name, "shape", "a number is not a matrix; use Mul")
	}
	d := op.Promote(x.n.dtype, y.n.dtype)
	if !d.IsInexact() {
		fail(name, "dtype", "dtypes %v and %v; only floats can be multiplied as matrices", x.n.dtype, y.n.dtype)
	}
	l, r := castNode(name, x.n, d), castNode(name, y.n, d)
	if len(l.shape) == 1 {
		l = reshapeNode(l, []int{1, l.shape[0]})
	}
	if len(r.shape) == 1 {
		r = reshapeNode(r, []int{r.shape[0], 1})
	}
	ln, rn := len(l.shape), len(r.shape)
	m, k, n := l.shape[ln-2], l.shape[ln-1], r.shape[rn-1]
	if k != r.shape[rn-2] {
		fail(name, "shape", "shapes %s and %s do not align (%d != %d)", shapeText(x.n.shape), shapeText(y.n.shape), k, r.shape[rn-2])
	}
	batch := broadcastShape(name, l.shape[:ln-2], r.shape[:rn-2])
	full := func(rows, cols int) []int { return append(append([]int{}, batch...), rows, cols) }
	p := wrap(newNode(kMatMul, d, full(m, n), broadcastNode(l, full(m, k)), broadcastNode(r, full(k, n))))
	if len(x.n.shape) == 1 {
		p = Squeeze(p, -2)
	}
	if len(y.n.shape) == 1 {
		p = Squeeze(p, -1)
	}
	return p
}

// MatMul is the matrix product over the last two axes; the axes before them
// broadcast. A vector on the left counts as a row, on the right as a column,
// and the axis that this adds is removed again. Floating dtypes only.
func (a *Array) MatMul(b Operand) *Array { return MatMul(a, b) }
