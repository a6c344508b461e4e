package mlx

import (
	"fmt"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// NaNSource is the operation in which the first NaN came up.
type NaNSource struct {
	Op    string   // its name, such as "log"
	Where string   // the line that made it, such as "In[3]:7", or empty
	Dtype Dtype    // of the result
	Shape []int    // of the result
	Count int      // how many elements of the result are NaN
	At    []int    // the place of the first of them
	From  []string // the operands at that place, as far as they have its axes, else their shapes
}

// String is such as "log in In[3]:7: 2 of 6 elements of float32 (2,3) are NaN, first at [0 1] of -1".
func (s *NaNSource) String() string {
	where := ""
	if s.Where != "" {
		where = " in " + s.Where
	}
	return fmt.Sprintf("%s%s: %d of %d elements of %v %s are NaN, first at %v of %v", s.Op, where, s.Count, backend.Volume(s.Shape),
		s.Dtype, shapeText(s.Shape), s.At, s.From)
}

// FindNaN evaluates all operations that arrays wait for, one by one, and tells
// where the first NaN comes from: from which operation whose operands have none.
// It is nil where there is no NaN. What is evaluated already has let go of where
// it came from: look before you print. It works for gradients, too:
//
//	fmt.Println(mlx.FindNaN(mlx.Grad(loss)(w)))
func FindNaN(arrays ...*Array) *NaNSource {
	const name = "find_nan"
	ys := make([]*node, len(arrays))
	for i, a := range arrays {
		ys[i] = a.node(name)
		if ys[i].traces.symbolic() {
			fail(name, "transform", "an array cannot be looked into while its function is traced")
		}
	}
	theEngine.mu.Lock()
	order := postorder(ys, map[*node]bool{}, func(*node) bool { return false })
	in := make([][]*node, len(order)) // which evaluating lets go
	for i, n := range order {
		in[i] = append(in[i], n.in...)
	}
	theEngine.mu.Unlock()
	for i, n := range order {
		checkStop(name)
		if !n.dtype.IsInexact() || n.kind == kFull || n.size == 0 {
			continue
		}
		b := wrap(n).elements(name)
		if first, count := nans(b); count > 0 {
			return sourceOf(n, in[i], b, first, count)
		}
	}
	return nil
}

// nans is the number of the first NaN among the elements and how many there are.
func nans(b *backend.Buffer) (first, count int) {
	for i := range b.Size {
		if op.HasNaN(b.Get(i).Complex(b.Dtype)) {
			if count == 0 {
				first = i
			}
			count++
		}
	}
	return first, count
}

func sourceOf(n *node, in []*node, b *backend.Buffer, first, count int) *NaNSource {
	s := &NaNSource{Op: n.opName(), Where: n.where, Dtype: n.dtype, Shape: append([]int{}, n.shape...), Count: count}
	rest := first
	for _, st := range rowStrides(n.shape) {
		s.At = append(s.At, rest/st)
		rest %= st
	}
	for _, x := range in {
		text := fmt.Sprintf("%v %s", x.dtype, shapeText(x.shape))
		if x.size == 1 || equalShape(x.shape, n.shape) {
			at := first
			if x.size == 1 {
				at = 0
			}
			text = elementText(wrap(x).elements("find_nan"), at)
		}
		s.From = append(s.From, text)
	}
	return s
}
