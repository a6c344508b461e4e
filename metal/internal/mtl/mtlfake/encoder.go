//go:build linux

package mtlfake

import (
	"fmt"
	"unsafe"
)

// encoder is the state of a compute command encoder.
type encoder struct {
	pipeline *object
	args     [31]argument
	groups   [][]*dispatch // separated by barriers
	ended    bool
}

// argument is what is bound to an index of a kernel: a buffer or bytes.
type argument struct {
	buffer *object
	offset int
	bytes  []byte
}

type dispatch struct {
	pipeline      *object
	args          [31]argument
	threads, size int
}

// encoderMessages are the methods of encoders.
var encoderMessages = map[string]func(f *Fake, e *encoder, a [10]uintptr){
	"setComputePipelineState:": func(f *Fake, e *encoder, a [10]uintptr) {
		e.pipeline = f.get(a[0], "setComputePipelineState:")
	},
	"setBuffer:offset:atIndex:": func(f *Fake, e *encoder, a [10]uintptr) {
		b := f.get(a[0], "setBuffer:offset:atIndex:")
		if int(a[1]) >= len(b.bytes)-2*guard || a[2] >= uintptr(len(e.args)) {
			f.fault("setBuffer: offset %d of a buffer of %d bytes at index %d", a[1], len(b.bytes)-2*guard, a[2])
			return
		}
		e.args[a[2]] = argument{buffer: b, offset: int(a[1])}
	},
	"setBytes:length:atIndex:": func(f *Fake, e *encoder, a [10]uintptr) {
		if a[1] > 4096 || a[2] >= uintptr(len(e.args)) {
			f.fault("setBytes: %d bytes at index %d, want at most 4096 below 31", a[1], a[2])
			return
		}
		e.args[a[2]] = argument{bytes: copyBytes(a[0], a[1])}
	},
	"dispatchThreads:threadsPerThreadgroup:": func(f *Fake, e *encoder, a [10]uintptr) { f.dispatch(e, a, false) },
	"dispatchThreadgroups:threadsPerThreadgroup:": func(f *Fake, e *encoder, a [10]uintptr) {
		f.dispatch(e, a, true)
	},
	"memoryBarrierWithScope:": func(_ *Fake, e *encoder, _ [10]uintptr) { e.groups = append(e.groups, nil) },
	"endEncoding":             func(_ *Fake, e *encoder, _ [10]uintptr) { e.ended = true },
}

func (f *Fake) dispatch(e *encoder, a [10]uintptr, groups bool) {
	if e.pipeline == nil {
		f.fault("dispatch without a pipeline")
		return
	}
	grid, group := size(a, 0), size(a, 1)
	if grid.H*grid.D*group.H*group.D != 1 || grid.W == 0 || group.W == 0 || group.W > 1024 {
		f.fault("%s: a grid of %d,%d,%d in threadgroups of %d,%d,%d", e.pipeline.name, grid.W, grid.H, grid.D, group.W, group.H, group.D)
		return
	}
	d := &dispatch{pipeline: e.pipeline, args: e.args, threads: int(grid.W), size: int(group.W)}
	if groups {
		d.threads *= d.size
	}
	for _, p := range d.pipeline.lib.Kernel(d.pipeline.name).Params {
		if p.Attr == "buffer" && d.args[p.Index].buffer == nil && d.args[p.Index].bytes == nil {
			f.fault("%s: argument %d (%s) is not bound", d.pipeline.name, p.Index, p.Name)
			return
		}
	}
	last := len(e.groups) - 1
	for _, before := range e.groups[last] {
		f.hazard(before, d)
	}
	e.groups[last] = append(e.groups[last], d)
}

// uses tells which buffers a dispatch reads and which it writes.
func (d *dispatch) uses() (read, written map[*object]bool) {
	read, written = map[*object]bool{}, map[*object]bool{}
	for _, p := range d.pipeline.lib.Kernel(d.pipeline.name).Params {
		if p.Attr != "buffer" || d.args[p.Index].buffer == nil {
			continue
		}
		if p.Const {
			read[d.args[p.Index].buffer] = true
		} else {
			written[d.args[p.Index].buffer] = true
		}
	}
	return read, written
}

// hazard reports two dispatches that must not overlap and may.
func (f *Fake) hazard(a, b *dispatch) {
	aRead, aWritten := a.uses()
	bRead, bWritten := b.uses()
	clash := false
	for o := range aWritten {
		clash = clash || bRead[o] || bWritten[o]
	}
	for o := range aRead {
		clash = clash || bWritten[o]
	}
	if clash {
		f.fault("no barrier between %s and %s, which use one buffer", a.pipeline.name, b.pipeline.name)
	}
}

func (f *Fake) execute(d *dispatch) error {
	k := d.pipeline.lib.Kernel(d.pipeline.name)
	bufs := make([]unsafe.Pointer, k.Buffers())
	for i := range bufs {
		switch a := d.args[i]; {
		case a.bytes != nil:
			bufs[i] = unsafe.Pointer(&a.bytes[0])
		case a.buffer == nil:
		case a.buffer.refs <= 0:
			return fmt.Errorf("%s: buffer %d was released before it was used", k.Name, i)
		default:
			bufs[i] = unsafe.Pointer(&a.buffer.bytes[guard+a.offset])
		}
	}
	f.ran++
	if err := d.pipeline.lib.Run(k.Name, d.threads, d.size, f.order, bufs); err != nil {
		return err
	}
	for i, a := range d.args {
		if a.buffer != nil && !intact(a.buffer) {
			f.fault("%s: write beside buffer %d", k.Name, i)
			fill(a.buffer.bytes[:guard])
			fill(a.buffer.bytes[len(a.buffer.bytes)-guard:])
		}
	}
	return nil
}
