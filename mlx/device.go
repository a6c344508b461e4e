package mlx

import (
	"context"
	"slices"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// compileOn compiles a plan on a device. Steps that devices need not have, the
// kernels and whatever touches complex numbers, run on the host: the plan is
// then cut into parts over the same buffers.
func compileOn(b backend.Backend, p *backend.Plan) (backend.Exec, error) {
	parts := sequence{on: b, temps: p.Temps}
	for from := 0; from < len(p.Steps); {
		host, to := onHost(p, p.Steps[from]), from+1
		for to < len(p.Steps) && onHost(p, p.Steps[to]) == host {
			to++
		}
		on := b
		if host {
			on = reference.Backend{}
		}
		if !host && to-from == len(p.Steps) {
			return b.Compile(p)
		}
		part := *p
		part.Steps, part.Temps = p.Steps[from:to], nil
		part.Outputs = slices.Concat(p.Outputs, p.Temps) // which outlive the part
		x, err := on.Compile(&part)
		if err != nil {
			return nil, err
		}
		parts.execs, from = append(parts.execs, x), to
	}
	return parts, nil
}

// sequence runs one part of a plan after the other.
type sequence struct {
	on    backend.Backend
	temps []backend.Spec
	execs []backend.Exec
}

func (s sequence) Run(ctx context.Context, params []op.Value, bufs []*backend.Buffer) error {
	bufs = slices.Clone(bufs)
	for _, t := range s.temps {
		b, err := allocOn(s.on, t)
		if err != nil {
			return err
		}
		bufs = append(bufs, b)
	}
	for _, x := range s.execs {
		if err := x.Run(ctx, params, bufs); err != nil {
			return err
		}
	}
	return nil
}

func onHost(p *backend.Plan, st backend.Step) bool {
	if st.Region != nil {
		for _, n := range st.Region.Nodes {
			if n.Dtype == op.Complex64 {
				return true
			}
		}
		return false
	}
	if _, ok := backend.KernelNamed(st.Primitive.Name); ok || st.Primitive.Dtype == op.Complex64 {
		return true
	}
	for _, o := range st.Primitive.Operands {
		if p.Buffer(o.Buffer).Dtype == op.Complex64 {
			return true
		}
	}
	return false
}
