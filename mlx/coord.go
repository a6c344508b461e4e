package mlx

import (
	varint "encoding/binary"

	"github.com/ingot-go/ingot/mlx/backend"
)

// coord says which element of a node a point of a region's index space asks for:
// an affine map for each axis, or, where the axes cannot be told apart, for the
// element's number in row-major order.
type coord struct {
	rows  []backend.Index // nil where only flat is known
	flat  backend.Index
	guard []int // nodes of kind Inside under which the element exists
}

// coords makes coords, equal ones once, so that they can be compared by address.
type coords struct {
	dims int // of the index space, outer and inner
	size []int
	all  map[string]*coord
}

func newCoords(space, inner []int) *coords {
	size := append(append([]int{}, space...), inner...)
	return &coords{dims: len(size), size: size, all: map[string]*coord{}}
}

func (s *coords) zero() backend.Index { return backend.Index{Strides: make([]int, s.dims)} }

// unit is the map to coordinate k of the index space.
func (s *coords) unit(k int) backend.Index {
	x := s.zero()
	x.Strides[k] = 1
	return x
}

func scaled(x backend.Index, by int) backend.Index {
	y := backend.Index{Offset: x.Offset * by, Strides: make([]int, len(x.Strides))}
	for k, v := range x.Strides {
		y.Strides[k] = v * by
	}
	return y
}

func plus(x, y backend.Index) backend.Index {
	z := backend.Index{Offset: x.Offset + y.Offset, Strides: make([]int, len(x.Strides))}
	for k := range z.Strides {
		z.Strides[k] = x.Strides[k] + y.Strides[k]
	}
	return z
}

// intern gives the one coord that equals c.
func (s *coords) intern(c coord) *coord {
	var b []byte
	put := func(x backend.Index) {
		b = varint.AppendVarint(b, int64(x.Offset))
		for _, v := range x.Strides {
			b = varint.AppendVarint(b, int64(v))
		}
	}
	if c.rows == nil {
		b = append(b, 'f')
		put(c.flat)
	}
	for _, r := range c.rows {
		put(r)
	}
	b = append(b, 'g')
	for _, g := range c.guard {
		b = varint.AppendVarint(b, int64(g))
	}
	if old := s.all[string(b)]; old != nil {
		return old
	}
	s.all[string(b)] = &c
	return &c
}

func rowStrides(shape []int) []int {
	st := make([]int, len(shape))
	n := 1
	for k := len(shape) - 1; k >= 0; k-- {
		st[k] = n
		n *= shape[k]
	}
	return st
}

// linear is the number, in row-major order, of the element of an array of the shape.
func (s *coords) linear(c *coord, shape []int) backend.Index {
	if c.rows == nil {
		return c.flat
	}
	x := s.zero()
	for k, st := range rowStrides(shape) {
		if shape[k] != 1 {
			x = plus(x, scaled(c.rows[k], st))
		}
	}
	return x
}

// broadcast is where an operand of shape to is read when the result of shape
// from is at c. It is nil where that is not an affine map.
func (s *coords) broadcast(c *coord, from, to []int) *coord {
	if equalShape(from, to) {
		return c
	}
	if c.rows == nil {
		switch {
		case backend.Volume(to) == 1:
			return s.intern(coord{flat: s.zero(), guard: c.guard})
		case backend.Volume(to) == backend.Volume(from):
			return c
		}
		return nil
	}
	rows := make([]backend.Index, len(to))
	off := len(from) - len(to)
	for k, d := range to {
		rows[k] = c.rows[off+k]
		if d == 1 && from[off+k] != 1 {
			rows[k] = s.zero()
		}
	}
	return s.intern(coord{rows: rows, guard: c.guard})
}

// reshape is where an array of shape to is read when the same elements in shape
// from are at c.
func (s *coords) reshape(c *coord, from, to []int) *coord {
	flat := s.linear(c, from)
	if rows, ok := s.split(flat, to); ok {
		return s.intern(coord{rows: rows, guard: c.guard})
	}
	return s.intern(coord{flat: flat, guard: c.guard})
}

// split takes an element number apart into one map per axis, if each term of it
// belongs to one axis.
func (s *coords) split(flat backend.Index, shape []int) ([]backend.Index, bool) {
	if backend.Volume(s.size) == 0 || backend.Volume(shape) == 0 {
		return nil, false
	}
	rest := plus(flat, s.zero())
	rows := make([]backend.Index, len(shape))
	for k, st := range rowStrides(shape) {
		rows[k] = s.zero()
		if shape[k] == 1 {
			continue
		}
		for j, v := range rest.Strides {
			if v%st == 0 {
				rows[k].Strides[j], rest.Strides[j] = v/st, 0
			}
		}
		// What is left must reach 0 but stay below one step of this axis.
		lo, _ := rest.Range(s.size)
		q := lo / st
		if lo < 0 && lo%st != 0 {
			q--
		}
		rows[k].Offset = q
		rest.Offset -= q * st
		if _, hi := rest.Range(s.size); hi >= st {
			return nil, false
		}
	}
	lo, hi := rest.Range(s.size)
	return rows, lo == 0 && hi == 0
}
