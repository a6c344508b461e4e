package cpu

import (
	"fmt"

	"github.com/ingot-go/ingot/cpu/internal/mem"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// Alloc makes a buffer with any contents, aligned to a cache line unless it is
// small. Its memory is used again when nothing refers to it any more.
func (Backend) Alloc(d op.Dtype, size int) (*backend.Buffer, error) {
	if err := allowed(d, size); err != nil {
		return nil, err
	}
	return &backend.Buffer{Dtype: d, Size: size, Bytes: mem.Default.Alloc(size * d.Size())}, nil
}

func allowed(d op.Dtype, size int) error {
	if size < 0 || size > backend.MaxBytes/d.Size() {
		return fmt.Errorf("cannot allocate %d elements of %v", size, d)
	}
	return nil
}

// temporaries adds buffers for the temporaries of a plan to those of its inputs
// and outputs. The function that it returns ends their life.
func temporaries(p *backend.Plan, bufs []*backend.Buffer) ([]*backend.Buffer, func(), error) {
	if len(p.Temps) == 0 {
		return bufs, func() {}, nil
	}
	n := len(bufs)
	bufs = bufs[:n:n]
	release := func() {
		for _, b := range bufs[n:] {
			mem.Default.Return(b.Bytes)
		}
	}
	for _, s := range p.Temps {
		if err := allowed(s.Dtype, s.Size); err != nil {
			release()
			return nil, nil, err
		}
		bufs = append(bufs, &backend.Buffer{Dtype: s.Dtype, Size: s.Size, Bytes: mem.Default.Borrow(s.Size * s.Dtype.Size())})
	}
	return bufs, release, nil
}
