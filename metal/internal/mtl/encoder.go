package mtl

import (
	"runtime"
	"structs"
	"unsafe"
)

// Size is MTLSize, which messages take by value.
type Size struct {
	_       structs.HostLayout
	W, H, D uint64
}

// Commands records work for the GPU: one command buffer with one concurrent
// encoder. Dispatches without a Barrier between them may overlap. The buffers
// used must stay open until Finish returns. It is for one goroutine.
type Commands struct {
	buffer, encoder object
	sizes           *[2]Size // heap memory for structs that go by reference
}

// Begin starts recording.
func (d *Device) Begin() *Commands {
	const concurrent = 1
	k := &Commands{sizes: new([2]Size)}
	d.c.pool(func() {
		k.buffer = d.with(send(d.queue, selCommandBuffer)).retain()
		k.encoder = d.with(send(k.buffer, selEncoder, concurrent)).retain()
	})
	return k
}

// SetPipeline chooses the kernel of the next dispatches.
func (k *Commands) SetPipeline(p *Pipeline) { send(k.encoder, selSetPipeline, p.id) }

// SetBuffer binds a buffer to argument i.
func (k *Commands) SetBuffer(b *Buffer, i int) { send(k.encoder, selSetBuffer, b.id, 0, uintptr(i)) }

// SetBytes binds a copy of at most 4096 bytes to argument i.
func (k *Commands) SetBytes(b []byte, i int) {
	send(k.encoder, selSetBytes, uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), uintptr(i))
}

// DispatchThreads runs n threads in threadgroups of group; the last one may be
// smaller.
func (k *Commands) DispatchThreads(n, group int) { k.dispatch(selDispatchThreads, n, group) }

// DispatchGroups runs n threadgroups of group threads each.
func (k *Commands) DispatchGroups(n, group int) { k.dispatch(selDispatchGroups, n, group) }

func (k *Commands) dispatch(s selector, n, group int) {
	k.sizes[0], k.sizes[1] = Size{W: uint64(n), H: 1, D: 1}, Size{W: uint64(group), H: 1, D: 1}
	if runtime.GOARCH == "arm64" { // structs above 16 bytes go by reference (AAPCS64, B.4)
		send(k.encoder, s, uintptr(unsafe.Pointer(&k.sizes[0])), uintptr(unsafe.Pointer(&k.sizes[1])))
		return
	}
	// On amd64 they lie on the stack, behind the six registers.
	c, a, b := k.encoder.c, k.sizes[0], k.sizes[1]
	call(c, c.MsgSend, k.encoder.id, c.sels[s], 0, 0, 0, 0,
		uintptr(a.W), uintptr(a.H), uintptr(a.D), uintptr(b.W), uintptr(b.H), uintptr(b.D))
}

// Barrier makes what was dispatched before visible to what is dispatched after.
func (k *Commands) Barrier() {
	const scopeBuffers = 1
	send(k.encoder, selBarrier, scopeBuffers)
}

// Finish runs what was recorded, waits for its end, and ends the recording.
func (k *Commands) Finish() (err error) {
	const statusError = 5
	send(k.encoder, selEndEncoding)
	send(k.buffer, selCommit)
	send(k.buffer, selWait)
	if send(k.buffer, selStatus) == statusError {
		k.buffer.c.pool(func() {
			err = k.buffer.with(send(k.buffer, selError)).errorOf("running on the Metal device")
		})
	}
	k.encoder.release()
	k.buffer.release()
	return err
}

// Abandon ends the recording without running it.
func (k *Commands) Abandon() {
	send(k.encoder, selEndEncoding)
	k.encoder.release()
	k.buffer.release()
}
