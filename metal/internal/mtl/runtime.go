// Package mtl is a thin binding of Metal's compute API: devices, libraries,
// pipelines, buffers and command buffers, by messages to Objective-C objects.
// It uses no cgo and compiles on every system.
//
// Its only seam to the system is [Runtime]: six C function pointers and the
// means to call one. On darwin [System] finds them in the frameworks; package
// mtlfake provides them on Linux, so that everything above runs in tests.
//
// Rules it keeps, because Objective-C enforces none of them: what new… and
// alloc return is released exactly once; what other messages return is retained
// before the autorelease pool around them ends; an address handed to a message
// is one of heap memory that is alive until the message returns.
package mtl

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// Runtime holds the C functions that the binding needs, and Call, which calls
// one of them with integer and pointer arguments.
type Runtime struct {
	MsgSend      uintptr // objc_msgSend
	GetClass     uintptr // objc_getClass
	RegisterSel  uintptr // sel_registerName
	PoolPush     uintptr // objc_autoreleasePoolPush
	PoolPop      uintptr // objc_autoreleasePoolPop
	SystemDevice uintptr // MTLCreateSystemDefaultDevice
	Call         func(fn uintptr, args ...uintptr) uintptr
}

// conn is a Runtime with its selectors registered.
type conn struct {
	Runtime
	sels [selectorCount]uintptr
}

func connect(rt Runtime) *conn {
	c := &conn{Runtime: rt}
	for i, s := range selectors {
		c.sels[i] = call(c, c.RegisterSel, uintptr(unsafe.Pointer(cString(s.Name))))
	}
	return c
}

// object is an Objective-C object, or nothing.
type object struct {
	c  *conn
	id uintptr
}

func (o object) with(id uintptr) object { return object{o.c, id} }

// call keeps what the arguments point to on the heap and alive.
//
//go:uintptrescapes
func call(c *conn, fn uintptr, args ...uintptr) uintptr { return c.Call(fn, args...) }

// send sends a message. To nothing it does nothing, as objc_msgSend.
//
//go:uintptrescapes
func send(o object, s selector, args ...uintptr) uintptr {
	if o.id == 0 {
		return 0
	}
	var a [8]uintptr
	a[0], a[1] = o.id, o.c.sels[s]
	n := 2 + copy(a[2:], args)
	return o.c.Call(o.c.MsgSend, a[:n]...)
}

func (o object) retain() object { send(o, selRetain); return o }
func (o object) release()       { send(o, selRelease) }

func (c *conn) class(name string) object {
	return object{c, call(c, c.GetClass, uintptr(unsafe.Pointer(cString(name))))}
}

// alloc makes an object of a class that init completes.
func (c *conn) alloc(class string) object {
	return object{c, send(c.class(class), selAlloc)}
}

// pool runs f in an autorelease pool. Pools belong to threads.
func (c *conn) pool(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := call(c, c.PoolPush)
	defer call(c, c.PoolPop, p)
	f()
}

// pointer turns an address that C code gave into a pointer.
func pointer(u uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&u)) }

func cString(s string) *byte {
	b := append([]byte(s), 0)
	return &b[0]
}

// nsString makes an NSString that the caller releases.
func (c *conn) nsString(s string) object {
	const utf8 = 4
	b := cString(s)
	return object{c, send(c.alloc("NSString"), selInitBytes, uintptr(unsafe.Pointer(b)), uintptr(len(s)), utf8)}
}

// text reads an NSString.
func (o object) text() string {
	p := send(o, selUTF8)
	if p == 0 {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(pointer(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(pointer(p)), n))
}

// errorOf is the text of an NSError; it must be read in the pool that holds it.
func (o object) errorOf(what string) error {
	if o.id == 0 {
		return errors.New(what + " failed without saying why")
	}
	return fmt.Errorf("%s: %s", what, o.with(send(o, selLocalized)).text())
}
