// Package cpu runs plans on the processor, spread over all cores.
//
// A region that computes float32 point by point becomes a vector program (package
// vir), which is compiled to machine code where the processor has AVX2 or AVX-512
// and the system permits it (package jit), and is run over long stretches of rows.
// All other regions go op by op over tiles that stay in the first cache. Products
// of matrices have kernels of their own (package gemm). The memory of results that
// nothing refers to any more is used again (package mem).
//
// Results do not depend on the number of cores, and those of vector programs and
// products not on the width of the vectors either: what is added up in which order
// follows from the shapes alone. The environment variable INGOT_CPU chooses among
// the ways to compute; see Variable.
package cpu

import (
	"context"

	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// Backend is the processor.
type Backend struct{}

// Name is "cpu".
func (Backend) Name() string { return "cpu" }

// Compile prepares the steps of a plan.
func (Backend) Compile(p *backend.Plan) (backend.Exec, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	e, err := chosen()
	if err != nil {
		return nil, err
	}
	x := &exec{plan: p}
	for _, s := range p.Steps {
		if s.Region != nil {
			step := compileVector(s.Region, e)
			if step == nil {
				step = compileRegion(s.Region, e)
			}
			x.steps = append(x.steps, step)
		} else {
			x.steps = append(x.steps, compilePrimitive(s.Primitive, e))
		}
	}
	return x, nil
}

// step is one step, compiled.
type step func(params []op.Value, bufs []*backend.Buffer) error

type exec struct {
	plan  *backend.Plan
	steps []step
}

func (x *exec) Run(ctx context.Context, params []op.Value, bufs []*backend.Buffer) error {
	bufs, release, err := temporaries(x.plan, bufs)
	if err != nil {
		return err
	}
	defer release()
	for _, s := range x.steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s(params, bufs); err != nil {
			return err
		}
	}
	return nil
}

func compilePrimitive(p *backend.Primitive, e engine) step {
	if len(p.Stores) == 0 {
		switch p.Name {
		case "matmul":
			return compileMatMul(p, kinds[e])
		case "gather":
			return compileGather(p)
		case "argsort":
			return compileArgSort(p)
		}
	}
	return func(params []op.Value, bufs []*backend.Buffer) error {
		return reference.RunPrimitive(p, params, bufs)
	}
}
