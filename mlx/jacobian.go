package mlx

// Jacobian is all derivatives of a function of one array: of a result of shape s
// by an argument of shape t, an array whose shape is s and then t. It goes
// backwards, once for all elements of the result together.
func Jacobian(f func(*Array) *Array) func(*Array) *Array {
	const name = "jacobian"
	return func(x *Array) *Array {
		t, traced, prims := startTrace(name, []*Array{x}, []int{0})
		defer t.end()
		y := f(traced[0]).result(name)
		if !y.dtype.IsFloat() || !x.n.dtype.IsFloat() {
			fail(name, "dtype", "the derivative of %v by %v is not defined; both must be real floats", y.dtype, x.n.dtype)
		}
		basis := Eye(y.size).AsType(y.dtype).Reshape(append([]int{y.size}, y.shape...)...)
		rows := VMap(func(g *Array) *Array { return t.back(name, []*node{y}, []*node{g.n}, prims)[0] })(basis)
		return rows.Reshape(append(append([]int{}, y.shape...), x.n.shape...)...)
	}
}

// Hessian is the second derivatives of a function of one array that returns a
// single number: for an argument of shape t an array whose shape is t twice.
func Hessian(f func(*Array) *Array) func(*Array) *Array { return Jacobian(Grad(f)) }
