package mlx

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ingot-go/ingot/cpu"
	"github.com/ingot-go/ingot/mlx/backend"
)

// DeviceType is a kind of device that evaluates.
type DeviceType uint8

// The kinds of devices.
const (
	CPU DeviceType = iota
	GPU
)

// String is the name, "cpu" or "gpu".
func (d DeviceType) String() string { return [...]string{"cpu", "gpu"}[d] }

// Device is one device of a kind. The zero value is the processor.
type Device struct {
	Type  DeviceType
	Index int
}

// String is as in MLX: Device(gpu, 0).
func (d Device) String() string { return fmt.Sprintf("Device(%v, %d)", d.Type, d.Index) }

// devices are those that can be chosen, by the backend that stands for each.
var devices = struct {
	mu      sync.Mutex
	known   map[Device]backend.Backend
	current Device
}{known: map[Device]backend.Backend{{}: cpu.Backend{}}}

// AddDevice makes a device known that b evaluates on.
func AddDevice(d Device, b backend.Backend) {
	devices.mu.Lock()
	defer devices.mu.Unlock()
	devices.known[d] = b
}

// IsAvailable is whether there is a device of the kind.
func IsAvailable(t DeviceType) bool { return DeviceCount(t) > 0 }

// DeviceCount is how many devices of a kind there are.
func DeviceCount(t DeviceType) (n int) {
	devices.mu.Lock()
	defer devices.mu.Unlock()
	for d := range devices.known {
		if d.Type == t {
			n++
		}
	}
	return n
}

// DefaultDevice is the device that evaluates.
func DefaultDevice() Device {
	devices.mu.Lock()
	defer devices.mu.Unlock()
	return devices.current
}

// SetDefaultDevice chooses the device that evaluates from now on, everywhere,
// and returns the one before.
func SetDefaultDevice(d Device) (before Device) {
	devices.mu.Lock()
	defer devices.mu.Unlock()
	b := devices.known[d]
	if b == nil {
		fail("set_default_device", "device", "%v is not here; there is %v", d, slices.Collect(maps.Keys(devices.known)))
	}
	SetBackend(b)
	before, devices.current = devices.current, d
	return before
}

// DeviceInfo tells what is known of the default device: its name, the
// architecture, and how many cores evaluate.
func DeviceInfo() map[string]any {
	return map[string]any{"device_name": DefaultDevice().String(), "architecture": runtime.GOARCH, "system": runtime.GOOS,
		"cores": runtime.GOMAXPROCS(0)}
}

// Stream evaluates arrays in the background, one request after the other. Any
// goroutine may use it, and arrays from any other.
type Stream struct {
	number int

	mu   sync.Mutex
	last chan struct{} // closed when the last request is done; nil before the first
	err  error         // the first failure since the last Synchronize
}

var streams = struct {
	mu   sync.Mutex
	all  []*Stream
	next int
}{}

// usual is what AsyncEval uses.
var usual atomic.Pointer[Stream]

func init() { usual.Store(NewStream()) }

// NewStream makes a stream.
func NewStream() *Stream {
	streams.mu.Lock()
	defer streams.mu.Unlock()
	s := &Stream{number: streams.next}
	streams.next++
	streams.all = append(streams.all, s)
	return s
}

// DefaultStream is the stream of [AsyncEval].
func DefaultStream() *Stream { return usual.Load() }

// SetDefaultStream has [AsyncEval] use another stream, and returns the one before.
func SetDefaultStream(s *Stream) (before *Stream) {
	if s == nil {
		fail("set_default_stream", "value", "the stream is nil")
	}
	return usual.Swap(s)
}

// WithStream calls f, during which [AsyncEval] uses another stream.
func WithStream(s *Stream, f func()) {
	before := SetDefaultStream(s)
	defer SetDefaultStream(before)
	f()
}

// String is as in MLX: Stream(Device(cpu, 0), 0).
func (s *Stream) String() string { return fmt.Sprintf("Stream(%v, %d)", DefaultDevice(), s.number) }

// Device is the device on which the stream evaluates.
func (s *Stream) Device() Device { return DefaultDevice() }

// Eval computes the arrays after what was asked for before, while the program
// goes on. Reading one of them waits, and so does [Synchronize].
func (s *Stream) Eval(arrays ...*Array) {
	const name = "async_eval"
	want := make([]*node, len(arrays))
	for i, a := range arrays {
		want[i] = a.node(name)
		if want[i].traces.symbolic() {
			fail(name, "transform", "an array cannot be computed while its function is traced")
		}
	}
	s.mu.Lock()
	before, done := s.last, make(chan struct{})
	s.last = done
	s.mu.Unlock()
	go func() {
		defer close(done)
		if before != nil {
			<-before
		}
		if err := theEngine.run(want); err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.err == nil {
				s.err = err
			}
		}
	}()
}

// Synchronize waits until all that was asked for is done, and panics with the
// error of the first request that failed since the last time.
func (s *Stream) Synchronize() {
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil {
		<-last
	}
	s.mu.Lock()
	err := s.err
	s.err = nil
	s.mu.Unlock()
	if err != nil {
		panic(asError("async_eval", err))
	}
}

// AsyncEval computes the arrays while the program goes on.
func AsyncEval(arrays ...*Array) { usual.Load().Eval(arrays...) }

// Synchronize waits for all streams, or for those that are given.
func Synchronize(some ...*Stream) {
	if len(some) == 0 {
		streams.mu.Lock()
		some = slices.Clone(streams.all)
		streams.mu.Unlock()
	}
	for _, s := range some {
		s.Synchronize()
	}
}

// ClearStreams waits for all streams and forgets them, except the default one.
func ClearStreams() {
	Synchronize()
	streams.mu.Lock()
	defer streams.mu.Unlock()
	streams.all = []*Stream{usual.Load()}
}
