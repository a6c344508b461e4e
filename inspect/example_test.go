package inspect_test

import (
	"fmt"

	"github.com/ingot-go/ingot/inspect"
	"github.com/ingot-go/ingot/mlx"
)

func Example() {
	w := mlx.New([]float32{1, -2, 3})
	loss := func(w *mlx.Array) *mlx.Array { return w.ReLU().Mul(3).Sum() }
	for _, row := range inspect.Gradients(loss, w).Rows() {
		fmt.Printf("%-8s mean |∇| %.0f, zeros %.0f%%\n", row.Op, row.Stats.MeanAbs, 100*row.Stats.Zeros)
	}
	// Output:
	// argument mean |∇| 2, zeros 33%
	// maximum  mean |∇| 3, zeros 0%
	// multiply mean |∇| 1, zeros 0%
	// sum      mean |∇| 1, zeros 0%
}

func ExampleGraph() {
	x := mlx.New([][]float32{{1, 2}, {3, 4}})
	y := x.Mul(2).Add(x.Sum(1).ExpandDims(1)).MatMul(x)
	fmt.Println(inspect.Graph(y))
	// Output:
	// %1 = array            (2,2) float32  evaluated
	// %2 = multiply(%1, 2)  (2,2) float32
	// %3 = sum(%1)          (2,) float32
	// %4 = reshape(%3)      (2,1) float32
	// %5 = add(%2, %4)      (2,2) float32
	// %6 = matmul(%5, %1)   (2,2) float32
	// result: %6
	// 5 ops pending, to run as 1 fused region and 1 primitive
}

func ExampleGradients() {
	x := mlx.New([][]float32{{0, 1}, {2, 3}, {4, 5}})
	t := mlx.New([]float32{1, 0, 2})
	loss := func(w, b *mlx.Array) *mlx.Array {
		return x.MatMul(w).Add(b).ReLU().Sub(t).Square().Mean()
	}
	fmt.Println(inspect.Gradients(loss, mlx.New([]float32{0.5, 1}), mlx.New(2.0)))
	// Output:
	// #   op                   shape  line  mean |∇|  max |∇|  std   zeros  NaN  inf  histogram     note
	// 1   argument 0           (2,)         31.7      36.7     5     0%     0%   0%   █          █
	// 2   argument 1           ()           10        10       0     0%     0%   0%         █
	// 3   reshape              (2,1)        31.7      36.7     5     0%     0%   0%   █          █
	// 4   matmul               (3,1)        3.33      4.67     1.44  0%     0%   0%   █        █ █
	// 5   reshape              (3,)         3.33      4.67     1.44  0%     0%   0%   █        █ █
	// 6   add                  (3,)         3.33      4.67     1.44  0%     0%   0%   █        █ █
	// 7   maximum(·, 0)        (3,)         3.33      4.67     1.44  0%     0%   0%   █        █ █
	// 8   subtract             (3,)         3.33      4.67     1.44  0%     0%   0%   █        █ █
	// 9   square               (3,)         0.333     0.333    0     0%     0%   0%         █
	// 10  sum                  ()           0.333     0.333    0     0%     0%   0%         █
	// 11  multiply × 0.333333  ()           1         1        0     0%     0%   0%         █
	// value: 29.7
}
