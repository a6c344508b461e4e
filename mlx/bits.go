package mlx

import (
	"math"

	"github.com/ingot-go/ingot/mlx/op"
)

// RandomBits is random uint32 words for a key, an array of two uint32. Package
// random makes numbers of other kinds out of them.
func RandomBits(key *Array, shape ...int) *Array {
	const name = "random"
	n := key.node(name)
	if !equalShape(n.shape, []int{2}) || n.dtype != op.Uint32 {
		fail(name, "shape", "a key is an array of two uint32, not %v %s", n.dtype, shapeText(n.shape))
	}
	checkShape(name, shape)
	b := newNode(kBits, op.Uint32, append([]int{}, shape...), n)
	if b.size > math.MaxUint32 {
		fail(name, "shape", "%d random words from one key", b.size)
	}
	return wrap(b)
}
