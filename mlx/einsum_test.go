package mlx_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ingot-go/ingot/mlx"
)

func ExampleEinsum() {
	a := mlx.New([][]float32{{1, 2}, {3, 4}})
	fmt.Println(mlx.Einsum("ij,jk->ik", a, a))
	// Output:
	// array([[7, 10],
	//        [15, 22]], dtype=float32)
}

func ExampleEinsumPath() {
	path, report := mlx.EinsumPath("ij,jk,kl->il", mlx.Zeros(2, 100), mlx.Zeros(100, 3), mlx.Zeros(3, 50))
	fmt.Println(path)
	fmt.Print(report)
	// Output:
	// [[0 1] [0 1]]
	//   Complete contraction:  ij,jk,kl->il
	//          Naive scaling:  4
	//      Optimized scaling:  3
	//       Naive FLOP count:  90000
	//   Optimized FLOP count:  1800
}

// TestEinsumOrder compares products of many operands, in the order of the path,
// with one sum over everything.
func TestEinsumOrder(t *testing.T) {
	for _, s := range []string{"ab,bc,cd,de->ae", "ijk,ilm,njm,nlk,abc->", "ab,cd,bd->ac", "aab,bc,c->a", "a,b,c->cba", "...a,ab,b...->..."} {
		in, _, _ := strings.Cut(s, "->")
		var ops []*mlx.Array
		length := map[rune]int{'a': 3, 'b': 4, 'c': 2}
		for i, term := range strings.Split(in, ",") {
			var shape []int
			for _, c := range strings.ReplaceAll(term, "...", ".") {
				if length[c] == 0 {
					length[c] = 2
				}
				shape = append(shape, length[c])
			}
			ops = append(ops, around1(uint64(i), shape...))
		}
		path, _ := mlx.EinsumPath(s, ops...)
		got := mlx.Einsum(s, ops...)
		near(t, fmt.Sprint(s, path), got, oneSum(s, ops), 1e-12)
	}
}

// oneSum broadcasts all operands over all letters and sums what the result lacks.
func oneSum(s string, ops []*mlx.Array) *mlx.Array {
	in, out, _ := strings.Cut(strings.ReplaceAll(s, "...", "."), "->")
	letters := ""
	for _, c := range out + in {
		if c != ',' && !strings.ContainsRune(letters, c) {
			letters += string(c)
		}
	}
	product := mlx.New(1.0, mlx.Float64)
	for i, term := range strings.Split(in, ",") {
		a := ops[i]
		if len(term) > 1 && term[0] == term[1] {
			a, term = a.Diagonal(0).T(), term[1:]
		}
		var perm, shape []int
		for _, c := range letters {
			k := strings.IndexRune(term, c)
			if k < 0 {
				shape = append(shape, 1)
				continue
			}
			perm, shape = append(perm, k), append(shape, a.Dim(k))
		}
		product = product.Mul(a.Transpose(perm...).Reshape(shape...))
	}
	axes := []int{}
	for k := len(out); k < len(letters); k++ {
		axes = append(axes, k)
	}
	return product.Sum(axes...)
}

// TestHadamard: rows are orthogonal, for all orders.
func TestHadamard(t *testing.T) {
	for _, n := range []int{1, 2, 8, 12, 24, 20, 28, 56} {
		h := mlx.Hadamard(mlx.Eye(n), 1)
		near(t, fmt.Sprint("order ", n), h.MatMul(h.T()), mlx.Eye(n).Mul(n), 1e-5)
		if n > 1 && mlx.Abs(h).Min().Float() != 1 {
			t.Errorf("order %d has an element that is neither 1 nor -1", n)
		}
	}
	if err := mlx.Try(func() { mlx.Hadamard(mlx.Zeros(6)) }); err == nil {
		t.Error("order 6")
	}
}
