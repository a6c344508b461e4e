//go:build linux

package mtlfake

import (
	"bytes"
	"runtime"
	"unsafe"

	"github.com/ingot-go/ingot/metal/internal/mslcpu"
	"github.com/ingot-go/ingot/metal/internal/mtl"
)

// guard bytes lie on both sides of a buffer, to see writes beside it.
const (
	guard     = 256
	guardByte = 0xa5
)

// message is objc_msgSend.
func (f *Fake) message(id, sel uintptr, a [10]uintptr) uintptr {
	f.mu.Lock()
	defer f.mu.Unlock()
	if sel == 0 || int(sel) > len(f.names) {
		f.fault("selector %d is not registered", sel)
		return 0
	}
	name := f.names[sel-1]
	o := f.get(id, name)
	if !known(o, name) {
		f.fault("-[%s %s]: unrecognized selector", o.class, name)
		return 0
	}
	if o.encoder != nil {
		if act := encoderMessages[name]; act != nil {
			act(f, o.encoder, a)
			return 0
		}
	}
	if act := messages[name]; act != nil {
		return act(f, o, a)
	}
	f.fault("-[%s %s] is unknown to the fake", o.class, name)
	return 0
}

// messages are the methods of all classes but encoders.
var messages map[string]func(f *Fake, o *object, a [10]uintptr) uintptr

func init() {
	messages = map[string]func(f *Fake, o *object, a [10]uintptr) uintptr{
		"alloc":   func(f *Fake, o *object, _ [10]uintptr) uintptr { return f.add(o.class).id },
		"init":    func(_ *Fake, o *object, _ [10]uintptr) uintptr { return o.id },
		"retain":  func(_ *Fake, o *object, _ [10]uintptr) uintptr { o.refs++; return o.id },
		"release": func(f *Fake, o *object, _ [10]uintptr) uintptr { f.release(o); return 0 },
		"initWithBytes:length:encoding:": func(_ *Fake, o *object, a [10]uintptr) uintptr {
			o.bytes = append(copyBytes(a[0], a[1]), 0)
			return o.id
		},
		"UTF8String": func(_ *Fake, o *object, _ [10]uintptr) uintptr { return uintptr(unsafe.Pointer(&o.bytes[0])) },
		"localizedDescription": func(f *Fake, o *object, _ [10]uintptr) uintptr {
			return f.autorelease(f.text(o.reason))
		},
		"name":                                       func(f *Fake, o *object, _ [10]uintptr) uintptr { return f.autorelease(f.text(o.name)) },
		"newCommandQueue":                            func(f *Fake, _ *object, _ [10]uintptr) uintptr { return f.add("MTLCommandQueue").id },
		"setFastMathEnabled:":                        func(*Fake, *object, [10]uintptr) uintptr { return 0 },
		"setLanguageVersion:":                        func(*Fake, *object, [10]uintptr) uintptr { return 0 },
		"newLibraryWithSource:options:error:":        (*Fake).newLibrary,
		"newFunctionWithName:":                       (*Fake).newFunction,
		"newComputePipelineStateWithFunction:error:": (*Fake).newPipeline,
		"maxTotalThreadsPerThreadgroup":              func(*Fake, *object, [10]uintptr) uintptr { return 1024 },
		"newBufferWithLength:options:":               (*Fake).newBuffer,
		"contents":                                   func(_ *Fake, o *object, _ [10]uintptr) uintptr { return uintptr(unsafe.Pointer(&o.bytes[guard])) },
		"commandBufferWithUnretainedReferences": func(f *Fake, _ *object, _ [10]uintptr) uintptr {
			return f.autorelease(f.add("MTLCommandBuffer"))
		},
		"computeCommandEncoderWithDispatchType:": (*Fake).newEncoder,
		"commit":                                 (*Fake).commit,
		"waitUntilCompleted":                     (*Fake).wait,
		"status":                                 func(_ *Fake, o *object, _ [10]uintptr) uintptr { return uintptr(o.status) },
		"error": func(f *Fake, o *object, _ [10]uintptr) uintptr {
			e := f.add("NSError")
			e.reason = o.reason
			return f.autorelease(e)
		},
	}
}

func (f *Fake) text(s string) *object {
	o := f.add("NSString")
	o.bytes = append([]byte(s), 0)
	return o
}

// fail puts an NSError where an error: argument points.
func (f *Fake) fail(out uintptr, reason string) uintptr {
	e := f.add("NSError")
	e.reason = reason
	*(*uintptr)(pointer(out)) = f.autorelease(e)
	return 0
}

func (f *Fake) newLibrary(_ *object, a [10]uintptr) uintptr {
	src := f.get(a[0], "newLibraryWithSource:options:error:")
	f.get(a[1], "newLibraryWithSource:options:error:")
	lib, err := mslcpu.Compile(string(bytes.TrimSuffix(src.bytes, []byte{0})))
	if err != nil {
		return f.fail(a[2], err.Error())
	}
	f.library++
	o := f.add("MTLLibrary")
	o.lib = lib
	return o.id
}

func (f *Fake) newFunction(o *object, a [10]uintptr) uintptr {
	name := string(bytes.TrimSuffix(f.get(a[0], "newFunctionWithName:").bytes, []byte{0}))
	if o.lib.Kernel(name) == nil {
		return 0
	}
	fn := f.add("MTLFunction")
	fn.lib, fn.name = o.lib, name
	return fn.id
}

func (f *Fake) newPipeline(_ *object, a [10]uintptr) uintptr {
	fn := f.get(a[0], "newComputePipelineStateWithFunction:error:")
	p := f.add("MTLComputePipelineState")
	p.lib, p.name = fn.lib, fn.name
	return p.id
}

func (f *Fake) newBuffer(_ *object, a [10]uintptr) uintptr {
	const most = 1 << 34
	if a[0] == 0 || a[0] > most {
		return 0
	}
	words := make([]uint64, (int(a[0])+2*guard+7)/8)
	o := f.add("MTLBuffer")
	o.bytes = unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), int(a[0])+2*guard)
	fill(o.bytes[:guard])
	fill(o.bytes[guard+int(a[0]):])
	return o.id
}

func fill(b []byte) {
	for i := range b {
		b[i] = guardByte
	}
}

// intact tells whether nobody wrote beside a buffer.
func intact(o *object) bool {
	want := bytes.Repeat([]byte{guardByte}, guard)
	return bytes.Equal(o.bytes[:guard], want) && bytes.Equal(o.bytes[len(o.bytes)-guard:], want)
}

func (f *Fake) newEncoder(o *object, _ [10]uintptr) uintptr {
	for _, k := range o.kids {
		if !k.encoder.ended {
			f.fault("a second encoder while one is open")
		}
	}
	e := f.add("MTLComputeCommandEncoder")
	e.encoder = &encoder{groups: [][]*dispatch{nil}}
	o.kids = append(o.kids, e)
	return f.autorelease(e)
}

// commit executes. Dispatches without a barrier between them run backwards, so
// that a missing barrier shows in the numbers too.
func (f *Fake) commit(o *object, _ [10]uintptr) uintptr {
	const completed, failed = 4, 5
	o.status = completed
	for _, k := range o.kids {
		if !k.encoder.ended {
			f.fault("commit with an open encoder")
		}
		for _, g := range k.encoder.groups {
			for i := len(g) - 1; i >= 0; i-- {
				if err := f.execute(g[i]); err != nil {
					o.status, o.reason = failed, err.Error()
				}
			}
		}
	}
	return 0
}

func (f *Fake) wait(o *object, _ [10]uintptr) uintptr {
	if o.status == 0 {
		f.fault("waiting for a command buffer that was not committed")
	}
	return 0
}

// size reads the MTLSize that is argument i of two trailing ones.
func size(a [10]uintptr, i int) mtl.Size {
	if runtime.GOARCH == "arm64" { // by reference
		return *(*mtl.Size)(pointer(a[i]))
	}
	return mtl.Size{W: uint64(a[4+3*i]), H: uint64(a[5+3*i]), D: uint64(a[6+3*i])}
}
