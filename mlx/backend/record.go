package backend

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ingot-go/ingot/mlx/op"
)

// Recorder is a backend that remembers every plan that it is given, with the
// data of its first run that succeeds, and leaves the work to another one. What it recorded
// can be saved, and run again on other backends: that is how a device is tested
// on all regions that the tests of package mlx produce.
type Recorder struct {
	Backend
	mu      sync.Mutex
	records map[string]*Record
}

// Record is a plan with inputs that it has run on.
type Record struct {
	Plan   *Plan      `json:"plan"`
	Params []op.Value `json:"params,omitempty"`
	Inputs [][]byte   `json:"inputs"` // elements, in the byte order of the machine
}

// maxRecorded is the size, in bytes, up to which a plan's inputs are remembered.
const maxRecorded = 1 << 20

// Compile compiles the plan on the backend behind the recorder.
func (r *Recorder) Compile(p *Plan) (Exec, error) {
	x, err := r.Backend.Compile(p)
	if err != nil {
		return nil, err
	}
	return &recordingExec{Exec: x, r: r, plan: p}, nil
}

// Records is what was recorded, by key.
func (r *Recorder) Records() []*Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []*Record
	for _, k := range slices.Sorted(maps.Keys(r.records)) {
		list = append(list, r.records[k])
	}
	return list
}

type recordingExec struct {
	Exec
	r    *Recorder
	plan *Plan
	once sync.Once
}

func (x *recordingExec) Run(ctx context.Context, params []op.Value, bufs []*Buffer) error {
	if err := x.Exec.Run(ctx, params, bufs); err != nil {
		return err
	}
	x.once.Do(func() { x.r.record(x.plan, params, bufs) })
	return nil
}

func (r *Recorder) record(p *Plan, params []op.Value, bufs []*Buffer) {
	size := 0
	for i := range p.Buffers() {
		size += p.Buffer(i).Size * p.Buffer(i).Dtype.Size()
	}
	if size > maxRecorded {
		return
	}
	rec := &Record{Plan: p, Params: slices.Clone(params), Inputs: [][]byte{}}
	for i := range p.Inputs {
		rec.Inputs = append(rec.Inputs, slices.Clone(bufs[i].Bytes))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.records == nil {
		r.records = map[string]*Record{}
	}
	if key := p.Key(); r.records[key] == nil {
		r.records[key] = rec
	}
}

// Save writes each record to a file of its own in a folder.
func Save(dir string, records []*Record) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, rec := range records {
		data, err := json.Marshal(rec)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, rec.Plan.Key()+".json"), data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// Read reads the records in a folder, by name of file.
func Read(dir string) ([]*Record, error) {
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []*Record
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		rec := &Record{}
		if err := json.Unmarshal(data, rec); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		if err := rec.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		list = append(list, rec)
	}
	return list, nil
}

func (rec *Record) check() error {
	if rec.Plan == nil || len(rec.Inputs) != len(rec.Plan.Inputs) || len(rec.Params) != len(rec.Plan.Params) {
		return fmt.Errorf("the record does not have the inputs of its plan")
	}
	for i, s := range rec.Plan.Inputs {
		if len(rec.Inputs[i]) != s.Size*s.Dtype.Size() {
			return fmt.Errorf("input %d has %d bytes", i, len(rec.Inputs[i]))
		}
	}
	return rec.Plan.Check()
}

// Run runs the record on a backend and gives the outputs.
func (rec *Record) Run(b Backend) ([]*Buffer, error) {
	x, err := b.Compile(rec.Plan)
	if err != nil {
		return nil, err
	}
	alloc := Alloc
	if a, ok := b.(Allocator); ok {
		alloc = a.Alloc
	}
	var bufs []*Buffer
	for i := range len(rec.Plan.Inputs) + len(rec.Plan.Outputs) {
		s := rec.Plan.Buffer(i)
		buf, err := alloc(s.Dtype, s.Size)
		if err != nil {
			return nil, err
		}
		if i < len(rec.Inputs) {
			copy(buf.Bytes, rec.Inputs[i])
		}
		bufs = append(bufs, buf)
	}
	if err := x.Run(context.Background(), rec.Params, bufs); err != nil {
		return nil, err
	}
	return bufs[len(rec.Inputs):], nil
}

// Compare runs the record on two backends and reports the first element in
// which they differ by more than rtol relative to want, plus atol; narrow
// floats are allowed their own precision on top. Failing alike is not a difference.
func (rec *Record) Compare(got, want Backend, rtol, atol float64) error {
	g, failed := rec.Run(got)
	w, err := rec.Run(want)
	switch {
	case err != nil && failed != nil && err.Error() == failed.Error():
		return nil
	case failed != nil:
		return fmt.Errorf("%s: %w", got.Name(), failed)
	case err != nil:
		return fmt.Errorf("%s: %w", want.Name(), err)
	}
	for i := range w {
		if err := g[i].Differs(w[i], rtol, atol); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	return nil
}

// Differs reports the first element in which b is not w within the tolerance.
func (b *Buffer) Differs(w *Buffer, rtol, atol float64) error {
	if b.Dtype != w.Dtype || b.Size != w.Size {
		return fmt.Errorf("%d elements of %v, want %d of %v", b.Size, b.Dtype, w.Size, w.Dtype)
	}
	switch b.Dtype {
	case op.Float16:
		rtol, atol = max(rtol, 4e-3), max(atol, 1e-3)
	case op.BFloat16:
		rtol, atol = max(rtol, 3e-2), max(atol, 4e-3)
	}
	for i := range b.Size {
		x, y := b.Get(i), w.Get(i)
		if x == y {
			continue
		}
		if f, g := x.Float(b.Dtype), y.Float(b.Dtype); !b.Dtype.IsFloat() ||
			!(math.Abs(f-g) <= rtol*math.Abs(g)+atol || f == g || f != f && g != g) {
			return fmt.Errorf("element %d is %v, want %v", i,
				Node{Dtype: b.Dtype, Value: x}.Literal(), Node{Dtype: w.Dtype, Value: y}.Literal())
		}
	}
	return nil
}
