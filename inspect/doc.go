// Package inspect looks into arrays for people.
//
// [Graph] draws what is waiting to be computed behind arrays, without computing
// it. [Gradients] follows a derivative through a function and shows, for each
// intermediate array, how large its gradient is and whether it vanishes, is
// zero or is not a number:
//
//	w := mlx.New([]float32{1, -2, 3})
//	loss := func(w *mlx.Array) *mlx.Array { return w.ReLU().Mul(3).Sum() }
//	inspect.Gradients(loss, w)
//
// Both results show themselves in a notebook as a picture, and as text elsewhere.
package inspect
