package mlx

import "github.com/ingot-go/ingot/mlx/backend"

// temporary reports whether the elements of a kept node are forgotten after the
// evaluation: nobody has the node, and no evaluation has needed it before.
func (s *scheduler) temporary(i int) bool {
	n := s.order[i]
	return s.kept[i] && n.inner && !n.fused && !s.wanted[i]
}

// share gives temporary nodes buffers, numbered from the first one on. A buffer
// is used again once the last step that mentions its node is over.
func (s *scheduler) share(buffer []int, first int) (temps []backend.Spec) {
	ends := make([]int, len(s.order))
	for at := range s.steps {
		visit(s.steps[at:at+1], func(i *int) { ends[*i] = at }, func(*int) {})
	}
	free := map[backend.Spec][]int{}
	for at := range s.steps {
		var over []int
		visit(s.steps[at:at+1], func(i *int) {
			if !s.temporary(*i) {
				return
			}
			n := s.order[*i]
			spec := backend.Spec{Dtype: n.dtype, Size: n.size}
			if buffer[*i] < 0 {
				if list := free[spec]; len(list) > 0 {
					buffer[*i], free[spec] = list[len(list)-1], list[:len(list)-1]
				} else {
					buffer[*i] = first + len(temps)
					temps = append(temps, spec)
				}
				s.temps = append(s.temps, int32(*i))
				if ends[*i] == at {
					over = append(over, *i)
				}
			} else if ends[*i] == at {
				over = append(over, *i)
				ends[*i] = -1
			}
		}, func(*int) {})
		for _, i := range over {
			n := s.order[i]
			spec := backend.Spec{Dtype: n.dtype, Size: n.size}
			free[spec] = append(free[spec], buffer[i])
		}
	}
	return temps
}
