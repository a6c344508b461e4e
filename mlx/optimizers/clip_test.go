package optimizers_test

import (
	"fmt"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/optimizers"
)

func ExampleClipGradNorm() {
	grads := map[string]*mlx.Array{"w": mlx.New([]float32{3, 0}), "b": mlx.New(4.0)}
	clipped, norm := optimizers.ClipGradNorm(grads, 10)
	fmt.Println(norm, clipped)
	clipped, _ = optimizers.ClipGradNorm(grads, 2.5)
	fmt.Println(clipped)
	// Output:
	// array(5, dtype=float32) map[b:array(4, dtype=float32) w:array([3, 0], dtype=float32)]
	// map[b:array(2, dtype=float32) w:array([1.5, 0], dtype=float32)]
}
