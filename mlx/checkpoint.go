package mlx

// Checkpoint is f, of which a derivative keeps only the arguments: on the way
// back, once the cotangents are known, f is computed again, with the same random
// numbers. What f computes in between is forgotten each time. f must not read or
// print the arrays.
func Checkpoint(f func(...*Array) []*Array) func(...*Array) []*Array {
	const name = "checkpoint"
	return func(args ...*Array) []*Array {
		ins := make([]*node, len(args))
		for i, a := range args {
			ins[i] = a.node(name)
		}
		p := record(name, f, ins, nil)
		again := func(x ...*Array) []*Array {
			values := make([]*node, len(x))
			for i, a := range x {
				values[i] = a.n
			}
			return wrapAll(p.replay(values, false))
		}
		return Custom(again, CustomRules{VJP: func(primals, cotangents, _ []*Array) []*Array {
			later := make([]*Array, len(primals))
			for i, x := range primals {
				later[i] = Depends(x, cotangents...)
			}
			_, grads := VJP(again, later, cotangents)
			return grads
		}})(args...)
	}
}

func wrapAll(ns []*node) []*Array {
	out := make([]*Array, len(ns))
	for i, n := range ns {
		out[i] = wrap(n)
	}
	return out
}
