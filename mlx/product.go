package mlx

import (
	"slices"
	"strings"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
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

// Einsum sums products as the subscripts say, such as "ij,jk->ik": one letter
// for each axis; letters that the result lacks are summed over, and without
// "->" the result has those that occur once, in alphabetical order. An ellipsis
// stands for axes that broadcast.
func Einsum(subscripts string, operands ...*Array) *Array {
	const name = "einsum"
	terms, result := einsumTerms(name, subscripts, operands)
	var acc *Array
	labels := ""
	for i, a := range operands {
		a, t := diagonals(name, a, terms[i])
		if i == 0 {
			acc, labels = a, t
			continue
		}
		rest := result + strings.Join(terms[i+1:], "")
		acc, labels = contract(name, acc, labels, a, t, rest)
	}
	acc, labels = sumOver(acc, labels, result)
	perm := make([]int, len(result))
	for i, r := range []byte(result) {
		perm[i] = strings.IndexByte(labels, r)
	}
	if len(perm) == 0 {
		return acc
	}
	return acc.Transpose(perm...)
}

// einsumTerms parses the subscripts: the letters of each operand and of the
// result. The axes of an ellipsis get digits.
func einsumTerms(name, subscripts string, operands []*Array) ([]string, string) {
	s := strings.ReplaceAll(subscripts, " ", "")
	in, result, given := strings.Cut(s, "->")
	terms := strings.Split(in, ",")
	if len(terms) != len(operands) {
		fail(name, "value", "%q names %d operands, of which there are %d", subscripts, len(terms), len(operands))
	}
	const digits = "0123456789"
	most := 0
	for i, t := range terms {
		nd := len(operands[i].node(name).shape)
		if before, after, ok := strings.Cut(t, "..."); ok {
			k := nd - len(before) - len(after)
			if k < 0 || k > len(digits) {
				fail(name, "value", "%q does not fit an array of shape %s", t, shapeText(operands[i].n.shape))
			}
			terms[i], most = before+digits[len(digits)-k:]+after, max(most, k)
		}
		if len(terms[i]) != nd {
			fail(name, "value", "%q does not fit an array of shape %s", t, shapeText(operands[i].n.shape))
		}
	}
	all := strings.Join(terms, "")
	dots := digits[len(digits)-most:]
	if !given {
		once := []byte{}
		for _, c := range []byte(all) {
			if strings.Count(all, string(c)) == 1 && c > '9' {
				once = append(once, c)
			}
		}
		slices.Sort(once)
		result = dots + string(once)
	} else {
		result = strings.Replace(result, "...", dots, 1)
	}
	for _, c := range []byte(all + result) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte(dots, c) >= 0
		if !letter || strings.IndexByte(all, c) < 0 {
			fail(name, "value", "%q in %q is no axis of an operand", c, subscripts)
		}
	}
	for i, c := range []byte(result) {
		if strings.IndexByte(result[i+1:], c) >= 0 {
			fail(name, "value", "%q is twice in the result of %q", c, subscripts)
		}
	}
	return terms, result
}

// diagonals takes the diagonal of axes that have the same letter.
func diagonals(name string, a *Array, t string) (*Array, string) {
	for i := 0; i < len(t); i++ {
		j := strings.IndexByte(t[i+1:], t[i])
		if j < 0 {
			continue
		}
		j += i + 1
		if a.n.shape[i] != a.n.shape[j] {
			fail(name, "shape", "%q has lengths %d and %d", t[i], a.n.shape[i], a.n.shape[j])
		}
		c := t[i]
		a = Diagonal(a, 0, i, j)
		t = t[:i] + t[i+1:j] + t[j+1:] + string(c)
		i = -1
	}
	return a, t
}

// sumOver sums the axes whose letters are not in keep.
func sumOver(a *Array, t, keep string) (*Array, string) {
	var axes []int
	left := ""
	for i, c := range []byte(t) {
		if strings.IndexByte(keep, c) < 0 {
			axes = append(axes, i)
		} else {
			left += string(c)
		}
	}
	if len(axes) > 0 {
		d := a.n.dtype
		a = a.Sum(axes...).AsType(d)
	}
	return a, left
}

// contract multiplies two operands and sums over the letters that nothing else needs.
func contract(name string, a *Array, ta string, b *Array, tb, rest string) (*Array, string) {
	a, ta = sumOver(a, ta, tb+rest)
	b, tb = sumOver(b, tb, ta+rest)
	batch, left, right, sum := "", "", "", ""
	for i, c := range []byte(ta) {
		j := strings.IndexByte(tb, c)
		switch {
		case j < 0:
			left += string(c)
			continue
		case strings.IndexByte(rest, c) >= 0:
			batch += string(c)
		default:
			sum += string(c)
		}
		if x, y := a.n.shape[i], b.n.shape[j]; x != y && x != 1 && y != 1 {
			fail(name, "shape", "%q has lengths %d and %d", c, x, y)
		}
	}
	for _, c := range []byte(tb) {
		if strings.IndexByte(ta, c) < 0 {
			right += string(c)
		}
	}
	d := op.Promote(a.n.dtype, b.n.dtype)
	size := func(a *Array, t, letters string) (out []int) {
		for _, c := range []byte(letters) {
			k := strings.IndexByte(t, c)
			out = append(out, a.n.shape[k])
		}
		return out
	}
	order := func(a *Array, t, want string) *Array {
		perm := make([]int, len(want))
		for i, c := range []byte(want) {
			perm[i] = strings.IndexByte(t, c)
		}
		if len(perm) == 0 {
			return a
		}
		return a.Transpose(perm...)
	}
	x, y := order(a, ta, batch+left+sum), order(b, tb, batch+right+sum)
	ls, rs := size(a, ta, left), size(b, tb, right)
	ones := func(n int) []int { return slices.Repeat([]int{1}, n) }
	if sum == "" || !d.IsInexact() || !slices.Equal(size(a, ta, sum), size(b, tb, sum)) {
		x = x.Reshape(slices.Concat(size(a, ta, batch), ls, ones(len(rs)), size(a, ta, sum))...)
		y = y.Reshape(slices.Concat(size(b, tb, batch), ones(len(ls)), rs, size(b, tb, sum))...)
		return sumOver(Mul(x, y), batch+left+right+sum, batch+left+right)
	}
	k := backend.Volume(size(a, ta, sum))
	x = x.Reshape(slices.Concat(size(a, ta, batch), []int{backend.Volume(ls), k})...)
	y = y.Reshape(slices.Concat(size(b, tb, batch), []int{backend.Volume(rs), k})...)
	p := MatMul(x, Swapaxes(y, -1, -2))
	out := p.n.shape[:len(p.n.shape)-2]
	return p.Reshape(slices.Concat(out, ls, rs)...), batch + left + right
}
