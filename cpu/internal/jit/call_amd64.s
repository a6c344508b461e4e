//go:build unix || windows

#include "textflag.h"
#include "funcdata.h"

// func call(code uintptr, args *Args, n int) uint32
//
// The frame holds the 16 vectors of 64 bytes that compiled code uses for spilled
// values and scalars. The function is not NOSPLIT: the check of the stack at its
// beginning makes room, and is where a loop of calls can be preempted, which
// within compiled code is impossible.
TEXT ·call(SB), 0, $1024-28
	NO_LOCAL_POINTERS
	MOVQ code+0(FP), AX
	MOVQ args+8(FP), DI
	MOVQ n+16(FP), SI
	CALL AX
	MOVL AX, ret+24(FP)
	RET
