package replay

import (
	"slices"

	"github.com/ingot-go/ingot/mlx"
	"github.com/ingot-go/ingot/mlx/random"
)

// core is the rows of reductions, shapes, indexing and creation.
var core = table{
	"sum":         reduction(mlx.Sum, mlx.SumKeep),
	"prod":        reduction(mlx.Prod, mlx.ProdKeep),
	"max":         reduction(mlx.Max, mlx.MaxKeep),
	"min":         reduction(mlx.Min, mlx.MinKeep),
	"mean":        reduction(mlx.Mean, mlx.MeanKeep),
	"all":         reduction(mlx.AllTrue, mlx.AllTrueKeep),
	"any":         reduction(mlx.Any, mlx.AnyKeep),
	"argmax":      reduction(mlx.ArgMax, mlx.ArgMaxKeep),
	"argmin":      reduction(mlx.ArgMin, mlx.ArgMinKeep),
	"logsumexp":   reduction(mlx.LogSumExp, mlx.LogSumExpKeep),
	"where":       func(c *call) any { return mlx.Where(c.args[0], c.args[1], c.args[2]) },
	"clip":        func(c *call) any { return mlx.Clip(c.array(0), c.or(1, "a_min", nil), c.or(2, "a_max", nil)) },
	"astype":      func(c *call) any { return c.array(0).AsType(c.dtype(1, mlx.Float32)) },
	"round":       func(c *call) any { return mlx.Round(c.array(0), c.or(1, "decimals", 0).(int)) },
	"reshape":     func(c *call) any { return mlx.Reshape(c.array(0), c.shape(1, "shape")...) },
	"transpose":   func(c *call) any { return mlx.Transpose(c.array(0), c.shape(1, "axes")...) },
	"swapaxes":    func(c *call) any { return mlx.Swapaxes(c.array(0), c.args[1].(int), c.args[2].(int)) },
	"moveaxis":    func(c *call) any { return mlx.Moveaxis(c.array(0), c.args[1].(int), c.args[2].(int)) },
	"expand_dims": func(c *call) any { return mlx.ExpandDims(c.array(0), c.axes(1, "axis")...) },
	"squeeze":     func(c *call) any { return mlx.Squeeze(c.array(0), c.axes(1, "axis")...) },
	"broadcast_to": func(c *call) any {
		return mlx.BroadcastTo(c.array(0), ints(c.or(1, "shape", nil))...)
	},
	"flatten": func(c *call) any {
		return mlx.Flatten(c.array(0), c.or(1, "start_axis", 0).(int), c.or(2, "end_axis", -1).(int))
	},
	"concatenate": func(c *call) any {
		list := arrays(c.args[0])
		axis, given := c.get(1, "axis")
		if given && axis == nil {
			for i := range list {
				list[i] = list[i].Flatten()
			}
		}
		at, _ := axis.(int)
		return mlx.Concatenate(list, at)
	},
	"stack": func(c *call) any { return mlx.Stack(arrays(c.args[0]), c.or(1, "axis", 0).(int)) },
	"split": func(c *call) any {
		axis := c.or(2, "axis", 0).(int)
		if cuts, ok := untuple(c.args[1]).([]any); ok {
			return mlx.SplitAt(c.array(0), ints(cuts), axis)
		}
		return mlx.Split(c.array(0), c.args[1].(int), axis)
	},
	"pad":  padCall,
	"take": func(c *call) any { return mlx.Take(c.array(0), c.args[1], c.axes(2, "axis")...) },
	"take_along_axis": func(c *call) any {
		axis, ok := c.or(2, "axis", nil).(int)
		if !ok {
			return mlx.TakeAlongAxis(c.array(0).Flatten(), arr(c.args[1]), 0)
		}
		return mlx.TakeAlongAxis(c.array(0), c.args[1], axis)
	},
	"softmax": func(c *call) any {
		a := c.array(0)
		if d := a.Dtype(); c.flag(2, "precise") && d.IsFloat() && d != mlx.Float64 {
			return mlx.Softmax(a.AsType(mlx.Float32), c.axes(1, "axis")...).AsType(d)
		}
		return mlx.Softmax(a, c.axes(1, "axis")...)
	},
	"log_softmax": func(c *call) any { return mlx.LogSoftmax(c.array(0), c.or(1, "axis", -1).(int)) },
	"arange":      arangeCall,
	"linspace": func(c *call) any {
		start, stop, num := toFloat(c.operandOr(0, "start")), toFloat(c.operandOr(1, "stop")), c.int(2, "num", 50)
		f := mlx.Linspace
		for i, v := range c.args {
			if open, ok := v.(bool); ok && i > 2 { // a flag by position stands before the dtype
				c.named["endpoint"] = open
				c.args = slices.Delete(c.args, i, i+1)
				break
			}
		}
		if closed, _ := c.or(-1, "endpoint", true).(bool); !closed {
			f = mlx.LinspaceOpen
		}
		return f(start, stop, num, c.dtype(3, mlx.Float32))
	},
	"zeros":   func(c *call) any { return mlx.Zeros(ints(c.or(0, "shape", nil))...).AsType(c.dtype(1, mlx.Float32)) },
	"ones":    func(c *call) any { return mlx.Ones(ints(c.or(0, "shape", nil))...).AsType(c.dtype(1, mlx.Float32)) },
	"full":    fullCall,
	"argsort": func(c *call) any { return mlx.ArgSort(c.flat(), c.or(1, "axis", -1).(int)) },
	"sort":    func(c *call) any { return mlx.Sort(c.flat(), c.or(1, "axis", -1).(int)) },
	"flip":    func(c *call) any { return mlx.Flip(c.array(0), c.axes(1, "axis")...) },
	"result_type": func(c *call) any {
		var ds []mlx.Dtype
		for _, a := range c.args {
			switch a := a.(type) {
			case dtypeValue:
				ds = append(ds, mlx.Dtype(a))
			case *mlx.Array:
				ds = append(ds, a.Dtype())
			default:
				panic(unsupported("scalar"))
			}
		}
		return dtypeValue(mlx.ResultType(ds...))
	},
	"__getitem__": func(c *call) any { return c.array(0).At(c.index(1)...) },
	"__setitem__": func(c *call) any {
		a := c.array(0)
		a.Set(c.args[2], c.index(1)...)
		return a
	},
	"__repr__": func(c *call) any { return c.array(0).String() },
	"item":     func(c *call) any { return c.array(0).Item() },
	"tolist":   func(c *call) any { return c.array(0).ToList() },
	"ndim":     func(c *call) any { return c.array(0).NDim() },
	"size":     func(c *call) any { return c.array(0).Size() },
	"__len__":  func(c *call) any { return c.array(0).Len() },
	"shape":    func(c *call) any { return c.array(0).Shape() },
	"dtype":    func(c *call) any { return dtypeValue(c.array(0).Dtype()) },

	"random.key": func(c *call) any { return random.Key(uint64(c.args[0].(int))) },
	"random.split": func(c *call) any {
		k := c.array(0)
		if k.NDim() != 1 {
			panic(unsupported("several keys"))
		}
		return random.Split(k, c.or(1, "num", 2).(int))
	},
	"random.bernoulli": func(c *call) any {
		p, shape := c.or(0, "p", 0.5), c.or(1, "shape", nil)
		if shape == nil {
			shape = []any{}
			if a, ok := p.(*mlx.Array); ok {
				return random.BernoulliKey(c.key(), p, a.Shape()...)
			}
		}
		return random.BernoulliKey(c.key(), p, ints(shape)...)
	},
}
