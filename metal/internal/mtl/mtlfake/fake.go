//go:build linux

// Package mtlfake is an Objective-C runtime with just enough Metal in it to run
// package mtl on Linux: real C functions, whose messages end in Go objects, and
// kernels that run on the CPU.
//
//	fake := mtlfake.New()
//	device, err := mtl.Open(fake.Runtime())
//	…
//	for _, f := range fake.Faults() { t.Error(f) }
//
// It checks what the real one does not, or answers by killing the process:
// unknown messages, use after release, leaks, autorelease without a pool,
// encoders left open, arguments without a buffer, writes beside a buffer, and
// dispatches that need a barrier between them. It cannot show that Apple's
// compiler accepts a kernel, nor how fast anything is.
package mtlfake

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/ingot-go/ingot/metal/internal/mslcpu"
	"github.com/ingot-go/ingot/metal/internal/mtl"
)

// Fake is a runtime with one GPU.
type Fake struct {
	mu      sync.Mutex
	objects map[uintptr]*object
	next    uintptr
	names   []string // of selectors; a selector is an index plus one
	pools   map[int][][]*object
	faults  []string
	order   uint32
	ran     int
	library int
}

// object is any Objective-C object; which fields matter depends on its class.
type object struct {
	id      uintptr
	class   string
	isClass bool
	refs    int
	bytes   []byte          // NSString, MTLBuffer
	lib     *mslcpu.Library // MTLLibrary, MTLFunction, pipeline
	name    string          // of the kernel
	encoder *encoder
	kids    []*object // encoders of a command buffer
	status  int
	reason  string
}

// New makes a runtime.
func New() *Fake {
	return &Fake{objects: map[uintptr]*object{}, pools: map[int][][]*object{}}
}

// current is the fake that the C functions serve: a process can make only so
// many C functions, so that all fakes share them.
var current *Fake

var functions = sync.OnceValue(func() mtl.Runtime {
	return mtl.Runtime{
		MsgSend: purego.NewCallback(func(id, sel, a, b, c, d, e, f, g, h, i, j uintptr) uintptr {
			return current.message(id, sel, [10]uintptr{a, b, c, d, e, f, g, h, i, j})
		}),
		GetClass:     purego.NewCallback(func(name uintptr) uintptr { return current.class(goString(name)) }),
		RegisterSel:  purego.NewCallback(func(name uintptr) uintptr { return current.register(goString(name)) }),
		PoolPush:     purego.NewCallback(func() uintptr { return current.push() }),
		PoolPop:      purego.NewCallback(func(p uintptr) uintptr { current.pop(int(p)); return 0 }),
		SystemDevice: purego.NewCallback(func() uintptr { return current.device() }),
		Call: func(fn uintptr, args ...uintptr) uintptr {
			r, _, _ := purego.SyscallN(fn, args...)
			return r
		},
	}
})

// Runtime gives the C functions of f, which from now on serve no other Fake.
func (f *Fake) Runtime() mtl.Runtime {
	current = f
	return functions()
}

// Faults lists what was done wrong so far.
func (f *Fake) Faults() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.faults)
}

// Leaks lists the objects that nobody has released.
func (f *Fake) Leaks() (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.objects {
		if o.refs > 0 && !o.isClass {
			out = append(out, fmt.Sprintf("%s with %d references", o.class, o.refs))
		}
	}
	slices.Sort(out)
	return out
}

// SetOrder chooses the order in which threads run: see package mslcpu.
func (f *Fake) SetOrder(order uint32) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.order = order
}

// Ran is the number of dispatches that were executed.
func (f *Fake) Ran() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ran
}

// Libraries is the number of source texts that were compiled.
func (f *Fake) Libraries() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.library
}

func (f *Fake) fault(format string, args ...any) {
	f.faults = append(f.faults, fmt.Sprintf(format, args...))
}

func (f *Fake) add(class string) *object {
	f.next += 16
	o := &object{id: f.next, class: class, refs: 1}
	f.objects[o.id] = o
	return o
}

// get finds an argument; what does not exist or is dead is a fault.
func (f *Fake) get(id uintptr, message string) *object {
	o := f.objects[id]
	if o == nil {
		f.fault("%s: %#x is no object", message, id)
		return &object{class: "nothing", refs: 1}
	}
	if o.refs <= 0 {
		f.fault("%s: use of a released %s", message, o.class)
	}
	return o
}

func (f *Fake) class(name string) uintptr {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.objects {
		if o.isClass && o.class == name {
			return o.id
		}
	}
	o := f.add(name)
	o.isClass = true
	return o.id
}

func (f *Fake) register(name string) uintptr {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.names, name); i >= 0 {
		return uintptr(i + 1)
	}
	f.names = append(f.names, name)
	return uintptr(len(f.names))
}

func (f *Fake) device() uintptr {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.add("MTLDevice")
	o.name = "Fake GPU"
	return o.id
}

func (f *Fake) push() uintptr {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := syscall.Gettid()
	f.pools[t] = append(f.pools[t], nil)
	return uintptr(len(f.pools[t]))
}

func (f *Fake) pop(p int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := syscall.Gettid()
	if p != len(f.pools[t]) {
		f.fault("pool %d is popped while %d are in place on this thread", p, len(f.pools[t]))
		return
	}
	for _, o := range f.pools[t][p-1] {
		f.release(o)
	}
	f.pools[t] = f.pools[t][:p-1]
}

// autorelease leaves o to the pool of this thread.
func (f *Fake) autorelease(o *object) uintptr {
	t := syscall.Gettid()
	n := len(f.pools[t])
	if n == 0 {
		f.fault("%s is autoreleased without a pool", o.class)
		return o.id
	}
	f.pools[t][n-1] = append(f.pools[t][n-1], o)
	return o.id
}

func (f *Fake) release(o *object) {
	o.refs--
	switch {
	case o.refs < 0:
		f.fault("%s is released too often", o.class)
	case o.refs == 0 && o.encoder != nil && !o.encoder.ended:
		f.fault("an encoder is released before endEncoding")
	case o.refs == 0 && o.class == "MTLBuffer":
		o.bytes = nil
	}
}

// known tells whether objects of a class answer to a message.
func known(o *object, name string) bool {
	return slices.ContainsFunc(mtl.Messages(), func(m mtl.Message) bool {
		return m.Name == name && (m.Class == o.class || m.Class == "NSObject")
	})
}

func pointer(u uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&u)) }

func goString(p uintptr) string {
	n := 0
	for *(*byte)(unsafe.Add(pointer(p), n)) != 0 {
		n++
	}
	return strings.Clone(unsafe.String((*byte)(pointer(p)), n))
}

func copyBytes(p, n uintptr) []byte {
	return slices.Clone(unsafe.Slice((*byte)(pointer(p)), int(n)))
}
