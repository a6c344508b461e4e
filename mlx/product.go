package mlx

import (
	"slices"
)

// Products of vectors, matrices and tensors, made of [MatMul] and sums.

// Outer is the products of every element of a with every element of b.
func Outer(a, b *Array) *Array { return Mul(a.Reshape(-1, 1), b.Reshape(1, -1)) }

// Inner is the sums of products over the last axes of a and b.
func Inner(a, b *Array) *Array {
	if a.NDim() == 0 || b.NDim() == 0 {
		return Mul(a, b)
	}
	return TensorDot(a, b, []int{-1}, []int{-1})
}

// VecDot is the sum of conj(a)·b along an axis, the last one by default.
func VecDot(a, b *Array, axis ...int) *Array { return Mul(Conj(a), b).Sum(axisOr(axis, -1)) }

// TensorDot is the sum of products over pairs of axes: axesA[i] of a and
// axesB[i] of b. What is left of a comes before what is left of b.
func TensorDot(a, b *Array, axesA, axesB []int) *Array {
	const name = "tensordot"
	x, y := a.node(name), b.node(name)
	if len(axesA) != len(axesB) {
		fail(name, "axis", "%d axes against %d", len(axesA), len(axesB))
	}
	ka, kb := make([]int, len(axesA)), make([]int, len(axesB))
	size := 1
	for i := range ka {
		ka[i], kb[i] = normAxis(name, axesA[i], len(x.shape)), normAxis(name, axesB[i], len(y.shape))
		if x.shape[ka[i]] != y.shape[kb[i]] {
			fail(name, "shape", "axis %d of shape %s and axis %d of shape %s do not align", ka[i], shapeText(x.shape), kb[i], shapeText(y.shape))
		}
		size *= x.shape[ka[i]]
	}
	left := slices.DeleteFunc(identity(len(x.shape)), func(k int) bool { return slices.Contains(ka, k) })
	right := slices.DeleteFunc(identity(len(y.shape)), func(k int) bool { return slices.Contains(kb, k) })
	out := []int{}
	m, n := 1, 1
	for _, k := range left {
		out, m = append(out, x.shape[k]), m*x.shape[k]
	}
	for _, k := range right {
		out, n = append(out, y.shape[k]), n*y.shape[k]
	}
	l := a.Transpose(slices.Concat(left, ka)...).Reshape(m, size)
	r := b.Transpose(slices.Concat(kb, right)...).Reshape(size, n)
	return MatMul(l, r).Reshape(out...)
}

// Kron is the Kronecker product: every element of a times the whole of b.
func Kron(a, b *Array) *Array {
	const name = "kron"
	x, y := slices.Clone(a.node(name).shape), slices.Clone(b.node(name).shape)
	if a.n.size == 0 || b.n.size == 0 {
		fail(name, "shape", "an array is empty")
	}
	for len(x) < len(y) {
		x = slices.Insert(x, 0, 1)
	}
	for len(y) < len(x) {
		y = slices.Insert(y, 0, 1)
	}
	var left, right, out []int
	for i := range x {
		left, right, out = append(left, x[i], 1), append(right, 1, y[i]), append(out, x[i]*y[i])
	}
	return Mul(a.Reshape(left...), b.Reshape(right...)).Reshape(out...)
}

// AddMM is alpha·(a @ b) + beta·c, with c broadcast.
func AddMM(c, a, b *Array, alpha, beta float64) *Array {
	p := MatMul(a, b)
	if alpha != 1 {
		p = Mul(p, alpha)
	}
	if beta != 1 {
		c = Mul(c, beta)
	}
	return Add(p, c)
}

// MatrixTranspose exchanges the last two axes.
func MatrixTranspose(a *Array) *Array {
	if n := a.node("matrix_transpose"); len(n.shape) < 2 {
		fail("matrix_transpose", "shape", "an array of shape %s is no matrix", shapeText(n.shape))
	}
	return Swapaxes(a, -1, -2)
}
