package mtl

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"
)

// Device is a GPU.
type Device struct {
	object
	queue object
}

// Open connects to the default GPU through rt.
func Open(rt Runtime) (*Device, error) {
	c := connect(rt)
	d := &Device{object: object{c, call(c, c.SystemDevice)}}
	if d.id == 0 {
		return nil, errors.New("no Metal device")
	}
	if d.queue = d.with(send(d.object, selNewQueue)); d.queue.id == 0 {
		d.release()
		return nil, errors.New("the Metal device has no command queue")
	}
	return d, nil
}

// Close releases the device; nothing of it may be used afterwards.
func (d *Device) Close() {
	d.queue.release()
	d.release()
}

// Name is the name of the GPU, such as "Apple M1".
func (d *Device) Name() (name string) {
	d.c.pool(func() { name = d.with(send(d.object, selName)).text() })
	return name
}

// Library is compiled source text.
type Library struct{ object }

// Compile compiles Metal Shading Language. The error carries the compiler's
// own text. Fast math is off: infinities, NaNs and rounding are those of IEEE.
func (d *Device) Compile(source string) (lib *Library, err error) {
	const version3_1 = 3<<16 | 1 // the first with bfloat
	d.c.pool(func() {
		opts := d.with(send(d.c.alloc("MTLCompileOptions"), selInit))
		defer opts.release()
		send(opts, selFastMath, 0)
		send(opts, selLanguage, version3_1)
		text := d.c.nsString(source)
		defer text.release()
		fault := new(uintptr)
		id := send(d.object, selNewLibrary, text.id, opts.id, uintptr(unsafe.Pointer(fault)))
		if id == 0 {
			err = d.with(*fault).errorOf("compiling Metal source")
			return
		}
		lib = &Library{d.with(id)}
	})
	return lib, err
}

// Close releases the library; pipelines made from it stay.
func (l *Library) Close() { l.release() }

// Pipeline is a kernel that is ready to run.
type Pipeline struct {
	object
	MaxThreads int // in a threadgroup
}

// Pipeline prepares the kernel called name.
func (d *Device) Pipeline(l *Library, name string) (p *Pipeline, err error) {
	d.c.pool(func() {
		text := d.c.nsString(name)
		defer text.release()
		fn := d.with(send(l.object, selNewFunction, text.id))
		if fn.id == 0 {
			err = fmt.Errorf("the Metal library has no kernel %s", name)
			return
		}
		defer fn.release()
		fault := new(uintptr)
		id := send(d.object, selNewPipeline, fn.id, uintptr(unsafe.Pointer(fault)))
		if id == 0 {
			err = d.with(*fault).errorOf("preparing kernel " + name)
			return
		}
		o := d.with(id)
		p = &Pipeline{o, int(send(o, selMaxThreads))}
	})
	return p, err
}

// Close releases the pipeline.
func (p *Pipeline) Close() { p.release() }

// Buffer is memory that host and GPU share.
type Buffer struct {
	object
	Bytes  []byte
	closed atomic.Bool
}

// NewBuffer allocates n bytes; their contents are undefined.
func (d *Device) NewBuffer(n int) (*Buffer, error) {
	const sharedUntracked = 1 << 8 // storage mode shared; the encoder's barriers order access
	o := d.with(send(d.object, selNewBuffer, uintptr(max(n, 16)), sharedUntracked))
	if o.id == 0 {
		return nil, fmt.Errorf("the Metal device cannot allocate %d bytes", n)
	}
	return &Buffer{object: o, Bytes: unsafe.Slice((*byte)(pointer(send(o, selContents))), n)}, nil
}

// Close releases the memory; a second Close does nothing.
func (b *Buffer) Close() {
	if !b.closed.Swap(true) {
		b.release()
	}
}
