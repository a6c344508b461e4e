package backend

import "fmt"

// Check reports the first thing in the plan that no device could run: a
// buffer, parameter or node that does not exist, an address outside its buffer,
// an operand that comes after its user. Devices may rely on a checked plan, so
// that a plan read from a file cannot make them touch foreign memory.
func (p *Plan) Check() error {
	for i, s := range p.Steps {
		var err error
		switch {
		case s.Region != nil && s.Primitive == nil:
			err = p.checkRegion(s.Region)
		case s.Primitive != nil && s.Region == nil:
			err = p.checkPrimitive(s.Primitive)
		default:
			err = fmt.Errorf("is neither a region nor a primitive")
		}
		if err != nil {
			return fmt.Errorf("plan: step %d: %w", i, err)
		}
	}
	return nil
}

func (p *Plan) checkRegion(r *Region) error {
	if len(r.Phases) == 0 || len(r.Phases) > MaxPhases {
		return fmt.Errorf("has %d phases", len(r.Phases))
	}
	space := append(append([]int{}, r.Space...), r.Inner...)
	if err := p.checkNodes(r.Nodes, space); err != nil {
		return err
	}
	for _, ph := range r.Phases {
		for _, list := range [][]int{ph.Nodes, ph.Reduce} {
			for _, n := range list {
				if n < 0 || n >= len(r.Nodes) {
					return fmt.Errorf("phase names node %d of %d", n, len(r.Nodes))
				}
			}
		}
		for _, n := range ph.Reduce {
			if r.Nodes[n].Kind != Reduce {
				return fmt.Errorf("phase reduces node %d, which is a %v", n, r.Nodes[n].Kind)
			}
		}
		at := space
		if !ph.Loop {
			at = r.Space
		}
		if err := p.checkStores(ph.Stores, r.Nodes, at); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) checkNodes(nodes []Node, space []int) error {
	for k, n := range nodes {
		for _, list := range [][]int{n.Args, n.Guard} {
			for _, a := range list {
				if a < 0 || a >= k {
					return fmt.Errorf("node %d uses node %d", k, a)
				}
			}
		}
		if (n.Kind == Reduce || n.Kind == Cast) && len(n.Args) != 1 || n.Kind == Bits && len(n.Args) != 2 {
			return fmt.Errorf("node %d is a %v with %d operands", k, n.Kind, len(n.Args))
		}
		if n.Kind == Param && (n.Param < 0 || n.Param >= len(p.Params)) {
			return fmt.Errorf("node %d is parameter %d of %d", k, n.Param, len(p.Params))
		}
		if n.Kind != Load {
			continue
		}
		if err := p.checkAddress(n.Buffer, n.Index, space, len(n.Guard) > 0); err != nil {
			return fmt.Errorf("node %d %w", k, err)
		}
		if p.Buffer(n.Buffer).Dtype != n.Dtype {
			return fmt.Errorf("node %d loads %v from a buffer of %v", k, n.Dtype, p.Buffer(n.Buffer).Dtype)
		}
	}
	return nil
}

func (p *Plan) checkStores(stores []Store, nodes []Node, space []int) error {
	for _, s := range stores {
		if s.Node < 0 || s.Node >= len(nodes) {
			return fmt.Errorf("stores node %d of %d", s.Node, len(nodes))
		}
		if err := p.checkAddress(s.Buffer, s.Index, space, false); err != nil {
			return fmt.Errorf("store of node %d %w", s.Node, err)
		}
		if p.Buffer(s.Buffer).Dtype != nodes[s.Node].Dtype {
			return fmt.Errorf("stores a %v into a buffer of %v", nodes[s.Node].Dtype, p.Buffer(s.Buffer).Dtype)
		}
	}
	return nil
}

func (p *Plan) checkAddress(buffer int, x Index, space []int, guarded bool) error {
	if buffer < 0 || buffer >= p.Buffers() {
		return fmt.Errorf("uses buffer %d of %d", buffer, p.Buffers())
	}
	if guarded || Volume(space) == 0 {
		return nil
	}
	lo, hi := x.Range(space)
	if size := p.Buffer(buffer).Size; lo < 0 || hi >= size {
		return fmt.Errorf("reaches elements %d to %d of the %d of buffer %d", lo, hi, size, buffer)
	}
	return nil
}

// Range is the least and the greatest value of the map over a space that has
// at least one point.
func (x Index) Range(space []int) (lo, hi int) {
	lo, hi = x.Offset, x.Offset
	for k, s := range x.Strides {
		if k >= len(space) {
			break
		}
		if s < 0 {
			lo += s * (space[k] - 1)
		} else {
			hi += s * (space[k] - 1)
		}
	}
	return lo, hi
}

func (p *Plan) checkPrimitive(s *Primitive) error {
	if len(s.Stores) == 0 && (s.Out < 0 || s.Out >= p.Buffers()) {
		return fmt.Errorf("%s writes buffer %d of %d", s.Name, s.Out, p.Buffers())
	}
	if _, ok := KernelNamed(s.Name); ok {
		return p.checkKernel(s)
	}
	if need := map[string]int{"matmul": 2, "gather": 1, "scatter": 2, "argsort": 1}[s.Name]; len(s.Operands) < need || need == 0 {
		return fmt.Errorf("%q has %d operands", s.Name, len(s.Operands))
	}
	space := s.Space
	if s.Name == "matmul" {
		space = append(append([]int{}, space...), s.Contract)
	}
	for i, o := range s.Operands {
		if s.Name == "scatter" && i == 0 {
			continue
		}
		// What the index operands add stays within the range that their sizes give.
		if err := p.checkAddress(o.Buffer, o.Index, space, false); err != nil {
			return fmt.Errorf("%s: operand %d %w", s.Name, i, err)
		}
	}
	if err := p.checkNodes(s.Nodes, s.Space); err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return p.checkStores(s.Stores, s.Nodes, s.Space)
}
