package metal

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/ingot-go/ingot/metal/internal/mtl"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/backend/reference"
	"github.com/ingot-go/ingot/mlx/op"
)

// exec is a compiled plan.
type exec struct {
	b     *Backend
	plan  *backend.Plan
	steps []step
}

// step is a kernel, or work for the host and why.
type step struct {
	kernel *kernel
	host   backend.Exec
	why    string
}

func newExec(b *Backend, p *backend.Plan) (*exec, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	x := &exec{b: b, plan: p}
	for _, s := range p.Steps {
		k, err := kernelOf(p, s)
		if err == nil {
			x.steps = append(x.steps, step{kernel: k})
			continue
		}
		host, failed := hostStep(p, s)
		if failed != nil {
			return nil, failed
		}
		x.steps = append(x.steps, step{host: host, why: err.Error()})
	}
	return x, nil
}

func kernelOf(p *backend.Plan, s backend.Step) (*kernel, error) {
	if s.Region != nil {
		return emit(p, s.Region, false)
	}
	r, err := productRegion(p, s.Primitive)
	if err != nil {
		return nil, err
	}
	return emit(p, r, true)
}

// hostStep is a plan of one step for the reference backend; all buffers of the
// whole plan are its inputs and outputs, in the same order.
func hostStep(p *backend.Plan, s backend.Step) (backend.Exec, error) {
	one := &backend.Plan{Params: p.Params, Steps: []backend.Step{s}}
	for i := range p.Buffers() {
		one.Outputs = append(one.Outputs, p.Buffer(i))
	}
	return reference.Backend{}.Compile(one)
}

// HostSteps tells for each step that the GPU does not run why that is.
func (x *exec) HostSteps() (why []string) {
	for _, s := range x.steps {
		if s.kernel == nil {
			why = append(why, s.why)
		}
	}
	return why
}

// Run executes the plan; see [backend.Exec].
func (x *exec) Run(ctx context.Context, params []op.Value, bufs []*backend.Buffer) error {
	r := &run{exec: x, params: params}
	defer r.close()
	if err := r.bind(bufs); err != nil {
		return fmt.Errorf("metal: %w", err)
	}
	for _, s := range x.steps {
		if err := ctx.Err(); err != nil {
			r.abandon()
			return err
		}
		if s.kernel != nil {
			r.encode(s.kernel)
			continue
		}
		if err := r.flush(); err != nil {
			return fmt.Errorf("metal: %w", err)
		}
		if err := s.host.Run(ctx, params, r.views); err != nil {
			return err
		}
	}
	if err := r.flush(); err != nil {
		return fmt.Errorf("metal: %w", err)
	}
	r.copyOut(bufs)
	return nil
}

// run is one execution.
type run struct {
	*exec
	params   []op.Value
	mem      []*mtl.Buffer     // of each buffer of the plan
	views    []*backend.Buffer // the same memory for the host
	own      []*mtl.Buffer     // to be closed
	commands *mtl.Commands     // nil when nothing is recorded
	read     map[*mtl.Buffer]bool
	written  map[*mtl.Buffer]bool // since the last barrier
}

// bind finds or makes GPU memory for every buffer of the plan. Arguments in
// other memory are copied.
func (r *run) bind(bufs []*backend.Buffer) error {
	p := r.plan
	if want := len(p.Inputs) + len(p.Outputs); len(bufs) != want || len(r.params) != len(p.Params) {
		return fmt.Errorf("the plan takes %d buffers and %d parameters, got %d and %d", want, len(p.Params), len(bufs), len(r.params))
	}
	for i := range p.Buffers() {
		spec := p.Buffer(i)
		if i < len(bufs) {
			if bufs[i].Dtype != spec.Dtype || bufs[i].Size != spec.Size {
				return fmt.Errorf("buffer %d is %d elements of %v, want %d of %v", i, bufs[i].Size, bufs[i].Dtype, spec.Size, spec.Dtype)
			}
			if m, ok := bufs[i].Device.(*mtl.Buffer); ok {
				r.mem, r.views = append(r.mem, m), append(r.views, bufs[i])
				continue
			}
		}
		m, err := r.b.device.NewBuffer(spec.Size * spec.Dtype.Size())
		if err != nil {
			return err
		}
		r.own = append(r.own, m)
		if i < len(p.Inputs) {
			copy(m.Bytes, bufs[i].Bytes)
		}
		r.mem = append(r.mem, m)
		r.views = append(r.views, &backend.Buffer{Dtype: spec.Dtype, Size: spec.Size, Bytes: m.Bytes})
	}
	return nil
}

func (r *run) copyOut(bufs []*backend.Buffer) {
	for i := len(r.plan.Inputs); i < len(bufs); i++ {
		if _, ok := bufs[i].Device.(*mtl.Buffer); !ok {
			copy(bufs[i].Bytes, r.mem[i].Bytes)
		}
	}
}

func (r *run) close() {
	for _, m := range r.own {
		m.Close()
	}
}

// encode records a kernel, behind a barrier if it touches what an unfinished
// one before it touches.
func (r *run) encode(k *kernel) {
	if k.points == 0 {
		return
	}
	if r.commands == nil {
		r.commands = r.b.device.Begin()
		r.read, r.written = map[*mtl.Buffer]bool{}, map[*mtl.Buffer]bool{}
	}
	for i, b := range k.buffers {
		if m := r.mem[b]; r.written[m] || k.stored[i] && r.read[m] {
			r.commands.Barrier()
			clear(r.read)
			clear(r.written)
			break
		}
	}
	c := r.commands
	c.SetPipeline(k.pipeline)
	for i, b := range k.buffers {
		c.SetBuffer(r.mem[b], i)
		if k.stored[i] {
			r.written[r.mem[b]] = true
		} else {
			r.read[r.mem[b]] = true
		}
	}
	if k.params {
		c.SetBytes(r.paramBytes(), len(k.buffers))
	}
	if k.group > 0 {
		c.DispatchGroups(k.points, k.group)
	} else {
		c.DispatchThreads(k.points, min(threads, k.pipeline.MaxThreads))
	}
}

// paramBytes lays out the parameters as the kernels read them.
func (r *run) paramBytes() []byte {
	var b []byte
	for i, v := range r.params {
		bits := uint64(v)
		if d := r.plan.Params[i]; d.IsFloat() {
			bits = uint64(math.Float32bits(float32(v.Float(d))))
		}
		b = binary.LittleEndian.AppendUint64(b, bits)
	}
	return b
}

// flush runs what is recorded.
func (r *run) flush() error {
	c := r.commands
	if c == nil {
		return nil
	}
	r.commands = nil
	return c.Finish()
}

// abandon drops what is recorded.
func (r *run) abandon() {
	if r.commands != nil {
		r.commands.Abandon()
		r.commands = nil
	}
}
