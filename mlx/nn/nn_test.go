package nn_test

import (
	"fmt"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/nn"
)

func Example() {
	logits := mlx.New([][]float32{{2, 0}, {0, 1}})
	loss := nn.CrossEntropy(logits, mlx.New([]int32{0, 1}))
	fmt.Println(loss)
	// Output: array([0.126928, 0.313262], dtype=float32)
}
