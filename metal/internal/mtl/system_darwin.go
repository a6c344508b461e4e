package mtl

import (
	"fmt"

	"github.com/ebitengine/purego"
)

// System loads Metal and the Objective-C runtime of this computer.
func System() (rt Runtime, err error) {
	open := func(path string) (h uintptr) {
		if err == nil {
			if h, err = purego.Dlopen(path, purego.RTLD_GLOBAL|purego.RTLD_NOW); err != nil {
				err = fmt.Errorf("loading %s: %w", path, err)
			}
		}
		return h
	}
	objc := open("/usr/lib/libobjc.A.dylib")
	open("/System/Library/Frameworks/Foundation.framework/Foundation")
	open("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics") // without it there is no default device
	metal := open("/System/Library/Frameworks/Metal.framework/Metal")
	symbol := func(h uintptr, name string) (p uintptr) {
		if err == nil {
			if p, err = purego.Dlsym(h, name); err != nil {
				err = fmt.Errorf("finding %s: %w", name, err)
			}
		}
		return p
	}
	rt = Runtime{
		MsgSend:      symbol(objc, "objc_msgSend"),
		GetClass:     symbol(objc, "objc_getClass"),
		RegisterSel:  symbol(objc, "sel_registerName"),
		PoolPush:     symbol(objc, "objc_autoreleasePoolPush"),
		PoolPop:      symbol(objc, "objc_autoreleasePoolPop"),
		SystemDevice: symbol(metal, "MTLCreateSystemDefaultDevice"),
		Call: func(fn uintptr, args ...uintptr) uintptr {
			r, _, _ := purego.SyscallN(fn, args...)
			return r
		},
	}
	return rt, err
}
