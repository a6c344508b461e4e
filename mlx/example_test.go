package mlx_test

import (
	"fmt"

	"github.com/ingot-go/ingot/mlx"
)

func Example() {
	x := mlx.New([][]float32{{1, 2}, {3, 4}})
	y := x.Mul(2).Add(x.Sum(1).ExpandDims(1))
	fmt.Println(y)
	// Output:
	// array([[5, 7],
	//        [13, 15]], dtype=float32)
}

func ExampleNew() {
	fmt.Println(mlx.New(3))
	fmt.Println(mlx.New([]float64{1, 2.5}))
	fmt.Println(mlx.New([]int{1, 2}, mlx.Float16))
	fmt.Println(mlx.New([][]bool{{true}, {false}}).Shape())
	// Output:
	// array(3, dtype=int32)
	// array([1, 2.5], dtype=float32)
	// array([1, 2], dtype=float16)
	// [2 1]
}

// Numbers are weak: they take the dtype of the array beside them.
func ExampleAdd() {
	x := mlx.New([]uint8{1, 2})
	fmt.Println(x.Add(1).Dtype(), x.Add(0.5).Dtype(), x.Add(mlx.New(1)).Dtype())
	// Output: uint8 float32 int32
}

func ExampleArray_At() {
	y := mlx.Arange(12).Reshape(3, 4)
	fmt.Println(y.At(0))
	fmt.Println(y.At(mlx.All, 1))
	fmt.Println(y.At(mlx.S(1), mlx.S(nil, nil, 2)))
	fmt.Println(y.At([]int{2, 0}, mlx.S(-1, nil)))
	fmt.Println(y.At(y.Greater(9)))
	// Output:
	// array([0, 1, 2, 3], dtype=int32)
	// array([1, 5, 9], dtype=int32)
	// array([[4, 6],
	//        [8, 10]], dtype=int32)
	// array([[11],
	//        [3]], dtype=int32)
	// array([10, 11], dtype=int32)
}

func ExampleArray_Set() {
	x := mlx.Zeros(4)
	x.Set(9, mlx.S(1, 3))
	fmt.Println(x)
	// Output: array([0, 9, 9, 0], dtype=float32)
}

func ExampleArray_Sum() {
	x := mlx.New([][]float32{{1, 2}, {3, 4}})
	fmt.Println(x.Sum(), x.Sum(0), x.SumKeep(1).Shape())
	// Output: array(10, dtype=float32) array([4, 6], dtype=float32) [2 1]
}

func ExampleGrad() {
	f := func(x *mlx.Array) *mlx.Array { return mlx.Sin(x).Mul(x).Sum() }
	fmt.Println(mlx.Grad(f)(mlx.New([]float32{0, 1})))
	h := func(x *mlx.Array) *mlx.Array { return mlx.Pow(x, 3) }
	fmt.Println(mlx.Grad(mlx.Grad(h))(mlx.New(2.0)))
	// Output:
	// array([0, 1.38177], dtype=float32)
	// array(12, dtype=float32)
}

func ExampleValueAndGrad() {
	v, g := mlx.ValueAndGrad(func(x *mlx.Array) *mlx.Array { return x.Square().Sum() })(mlx.New([]float32{1, 2}))
	fmt.Println(v, g)
	// Output: array(5, dtype=float32) array([2, 4], dtype=float32)
}

func ExampleGradN() {
	f := func(a ...*mlx.Array) *mlx.Array { return a[0].Mul(a[1]).Sum() }
	g := mlx.GradN(f, 0, 1)(mlx.New([]float32{1, 2}), mlx.New([]float32{3, 4}))
	fmt.Println(g[0], g[1])
	// Output: array([3, 4], dtype=float32) array([1, 2], dtype=float32)
}

func ExampleVJP() {
	f := func(a ...*mlx.Array) []*mlx.Array { return []*mlx.Array{a[0].Exp()} }
	x := mlx.New([]float32{0, 0})
	out, g := mlx.VJP(f, []*mlx.Array{x}, []*mlx.Array{mlx.New([]float32{1, 5})})
	fmt.Println(out[0], g[0])
	// Output: array([1, 1], dtype=float32) array([1, 5], dtype=float32)
}

func ExampleSoftmax() {
	fmt.Println(mlx.Softmax(mlx.New([]float32{0, 0, 0, 0})))
	// Output: array([0.25, 0.25, 0.25, 0.25], dtype=float32)
}

func ExampleWhere() {
	x := mlx.Arange(-2, 3)
	fmt.Println(mlx.Where(x.Less(0), 0, x))
	// Output: array([0, 0, 0, 1, 2], dtype=int32)
}

func ExampleTry() {
	err := mlx.Try(func() { mlx.MatMul(mlx.Zeros(2, 3), mlx.Zeros(4, 5)) })
	fmt.Println(err)
	// Output: matmul: shapes (2,3) and (4,5) do not align (3 != 4)
}

func ExamplePlanOf() {
	x := mlx.New([]float32{1, 2, 3})
	fmt.Print(mlx.PlanOf(x.Exp().Sum()))
	// Output:
	// b0 input float32 3
	// b1 output float32 1
	// region [] inner [3]
	//   n0 float32 = load b0[i0]
	//   n1 float32 = exp n0
	//   n2 float32 = sum n1
	//   phase 0 loop [0 1] reduce [2]
	//   phase 1 []
	//     b1[0] = n2
}
