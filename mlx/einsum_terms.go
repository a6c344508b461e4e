package mlx

import (
	"slices"
	"strings"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

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
