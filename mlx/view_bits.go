package mlx

import (
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
)

// View reads the bytes of a as another dtype. The last axis becomes longer or
// shorter as the elements become smaller or larger.
func View(a *Array, d Dtype) *Array {
	const name = "view"
	n := a.node(name)
	if n.dtype == d {
		return wrap(n)
	}
	shape := slices.Clone(n.shape)
	last := len(shape) - 1
	if from, to := n.dtype.Size(), d.Size(); from != to {
		if last < 0 || shape[last]*from%to != 0 {
			fail(name, "shape", "an array of shape %s and dtype %v cannot be read as %v", shapeText(n.shape), n.dtype, d)
		}
		shape[last] = shape[last] * from / to
	}
	return wrap(hostNode(backend.Bitcast, d, shape, nil, n))
}

// View reads the bytes of a as another dtype. The last axis becomes longer or
// shorter as the elements become smaller or larger.
func (a *Array) View(d Dtype) *Array { return View(a, d) }
