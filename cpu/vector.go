package cpu

import (
	"sync"
	"unsafe"

	"github.com/ingot-go/ingot/cpu/internal/jit"
	"github.com/ingot-go/ingot/cpu/internal/pool"
	"github.com/ingot-go/ingot/cpu/internal/vir"
	"github.com/ingot-go/ingot/mlx/backend"
	"github.com/ingot-go/ingot/mlx/op"
)

// vectorStep is a pointwise region that runs as a vector program, row by row
// along the last axis of its merged space.
type vectorStep struct {
	vector
	space  []int
	code   *jit.Code // nil: the program is evaluated
	stream *jit.Code // for results that do not fit the caches
	guard  *vir.Program
}

const (
	// shortRow: where there are many rows shorter than this, tiles of several rows are faster.
	shortRow = 32
	// stretch is how many elements one task of a core has, if there are enough.
	stretch = 1 << 14
	// beyondCache is the size in bytes from which on results pass the caches by.
	beyondCache = 2 << 20
	// line is the length of a cache line in elements, to which stores are aligned
	// that pass the caches by.
	line = 16
)

// compileVector compiles a region as a vector program, or gives nil where it is
// none, or where there is no memory for code any more.
func compileVector(r *backend.Region, e engine) step {
	if e == tiles || len(r.Inner) > 0 || backend.Volume(r.Space) == 0 {
		return nil
	}
	m := merge(r)
	if last := m.Space[len(m.Space)-1]; last < shortRow && len(m.Space) > 1 {
		return nil
	}
	v := translate(m, false)
	if v == nil {
		return nil
	}
	s := &vectorStep{vector: *v, space: m.Space}
	if !s.prepare(e, backend.Volume(m.Space)*op.Float32.Size() >= beyondCache) {
		return nil
	}
	return s.run
}

// prepare makes what runs the program, and reports whether there is memory for code.
func (s *vectorStep) prepare(e engine, stream bool) bool {
	if s.exact != nil {
		g := *s.program
		g.Outputs = []vir.Value{g.Guard}
		s.guard = &g
	}
	if e < avx2 {
		return true
	}
	var err error
	if s.code, err = machineCode(s.program, jit.Options{Wide: e == avx512}); err == nil && stream {
		s.stream, err = machineCode(s.program, jit.Options{Wide: e == avx512, Stream: true})
	}
	return err == nil
}

// run does the rows, in tasks of several short ones or parts of a long one.
func (s *vectorStep) run(params []op.Value, bufs []*backend.Buffer) error {
	last := len(s.space) - 1
	length := s.space[last]
	rows := backend.Volume(s.space[:last])
	parts := (length + stretch - 1) / stretch
	group := max(1, min(rows, stretch/length))
	tasks := (rows + group - 1) / group * parts
	words := s.words(params)
	cost := min(length, stretch) * group * len(s.program.Code) / 16
	pool.Run(tasks, cost, func(_, i int) {
		w := workers.Get().(*vectorWorker)
		from := i % parts * stretch
		first := i / parts * group
		for row := first; row < min(rows, first+group); row++ {
			s.row(w, bufs, words, row, from, min(stretch, length-from))
		}
		w.args = jit.Args{}
		workers.Put(w)
	})
	return nil
}

// words are the scalars that do not come from memory.
func (s *vectorStep) words(params []op.Value) []float32 {
	w := make([]float32, len(s.scalars))
	for k, x := range s.scalars {
		if x.param >= 0 {
			w[k] = float32(params[x.param].Float(x.from))
		}
	}
	return w
}

// vectorWorker is the memory of one core.
type vectorWorker struct {
	args    jit.Args
	scratch vir.Scratch
	exact   [jit.MaxArrays + 1][sliver]float32
	at      [jit.MaxScalars]uint32 // the positions among the scalars
}

var workers = sync.Pool{New: func() any { return new(vectorWorker) }}

// row does n elements of a row, from element from on.
func (s *vectorStep) row(w *vectorWorker, bufs []*backend.Buffer, words []float32, row, from, n int) {
	k := 0
	start := func(x *backend.Index) int {
		at := x.Offset
		rest := row
		for axis := len(s.space) - 2; axis >= 0; axis-- {
			at += rest % s.space[axis] * x.Strides[axis]
			rest /= s.space[axis]
		}
		return at
	}
	place := func(m *memory, from int) {
		w.args[k] = unsafe.Pointer(&backend.Slice[float32](bufs[m.buffer])[start(&m.index)+from])
		k++
	}
	for i := range s.loads {
		place(&s.loads[i], from)
	}
	code := s.code
	if s.stream != nil {
		code = s.stream
	}
	for i := range s.stores {
		place(&s.stores[i], from)
		if uintptr(w.args[k-1])%(4*line) != 0 {
			code = s.code
		}
	}
	for i := range s.scalars {
		switch x := &s.scalars[i]; x.param {
		case inMemory:
			place(&x.memory, 0)
		case position:
			w.at[i] = uint32(start(&x.index) + from)
			w.args[k] = unsafe.Pointer(&w.at[i])
			k++
		default:
			w.args[k] = unsafe.Pointer(&words[i])
			k++
		}
	}
	s.elements(w, code, n)
}

// sliver is how many elements are looked at together when some are beyond what
// the program can do.
const sliver = 64

// elements runs the program for n elements from the addresses in w.args on, and
// again, where its guard was set, in slivers.
func (s *vectorStep) elements(w *vectorWorker, code *jit.Code, n int) {
	if code != nil {
		if !code.Run(&w.args, n) {
			return
		}
	} else {
		s.program.Run(w.args[:], n, &w.scratch)
	}
	if s.guard == nil {
		return
	}
	args := w.args
	for from := 0; from < n; from += sliver {
		for k := range len(s.loads) + len(s.stores) {
			w.args[k] = unsafe.Add(args[k], 4*from)
		}
		m := min(sliver, n-from)
		if code == nil || code.Run(&w.args, m) {
			s.repair(w, m)
		}
		for i := range w.at {
			w.at[i] += sliver
		}
	}
}

// repair computes those of n elements exactly for which the guard is set.
func (s *vectorStep) repair(w *vectorWorker, n int) {
	in, out := len(s.loads), len(s.stores)
	args := w.args
	beyond := &w.exact[jit.MaxArrays]
	copy(args[in+1:], w.args[in+out:])
	args[in] = unsafe.Pointer(beyond)
	s.guard.Run(args[:], n, &w.scratch)
	copy(args[in:], w.args[in:])
	for k := range out {
		args[in+k] = unsafe.Pointer(&w.exact[k])
	}
	computed := false
	for i := range n {
		if *(*int32)(unsafe.Pointer(&beyond[i])) >= 0 {
			continue
		}
		if !computed {
			s.exact.Run(args[:], n, &w.scratch)
			computed = true
		}
		for k := range out {
			*(*float32)(unsafe.Add(w.args[in+k], 4*i)) = w.exact[k][i]
		}
	}
}
