package mlx

// JVP evaluates f at the primals and gives its results together with their
// tangents: the directional derivatives along the tangents of the primals.
//
// The tangent is linear in what the cotangent is linear in, so it is the
// derivative of [VJP] by its cotangents; every op that has the one has the other.
func JVP(f func(...*Array) []*Array, primals, tangents []*Array) (outputs, jvps []*Array) {
	const name = "jvp"
	if len(primals) != len(tangents) {
		fail(name, "value", "%d tangents for %d arguments", len(tangents), len(primals))
	}
	for i, p := range primals {
		if n, t := p.node(name), tangents[i].node(name); !equalShape(n.shape, t.shape) {
			fail(name, "shape", "argument %d has shape %s and its tangent %s", i, shapeText(n.shape), shapeText(t.shape))
		}
	}
	outputs = f(primals...)
	zeros := make([]*Array, len(outputs))
	for i, o := range outputs {
		zeros[i] = ZerosLike(wrap(o.result(name)))
	}
	_, jvps = VJP(func(cotangents ...*Array) []*Array {
		_, g := vjp(name, f, primals, cotangents, true)
		return g
	}, zeros, tangents)
	return outputs, jvps
}
