#include "textflag.h"

// The float32 kernels for processors with AVX2. Each does just what the Go
// function of its name in kernel.go does, operation by operation and without
// fused ones, so that both give the same bits. A kernel takes n elements, a
// multiple of 8; those for which some arguments need more care stop before the
// first eight with such an argument and return how many they have done.

#define SPLAT(name, v) \
	DATA name<>+0(SB)/4, $v; \
	DATA name<>+4(SB)/4, $v; \
	DATA name<>+8(SB)/4, $v; \
	DATA name<>+12(SB)/4, $v; \
	DATA name<>+16(SB)/4, $v; \
	DATA name<>+20(SB)/4, $v; \
	DATA name<>+24(SB)/4, $v; \
	DATA name<>+28(SB)/4, $v; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

#define SPLAT64(name, v) \
	DATA name<>+0(SB)/8, $v; \
	DATA name<>+8(SB)/8, $v; \
	DATA name<>+16(SB)/8, $v; \
	DATA name<>+24(SB)/8, $v; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

SPLAT(log2e, 0x3fb8aa3b)
SPLAT(magic, 0x4b400000)
SPLAT(magicBits, 0x4b400000)
SPLAT(ln2hi, 0x3f318000)
SPLAT(ln2lo, 0xb95e8083)
SPLAT(exp0, 0x3efffffe)
SPLAT(exp1, 0x3e2aaa49)
SPLAT(exp2, 0x3d2aac7a)
SPLAT(exp3, 0x3c091d11)
SPLAT(exp4, 0x3ab511e5)
SPLAT(one, 0x3f800000)
SPLAT(two, 0x40000000)
SPLAT(half, 0x3f000000)
SPLAT(bias, 127)
SPLAT(expMax, 0x42b20000)
SPLAT(expMin, 0xc2d00000)
SPLAT(twenty, 0x41a00000)
SPLAT(signBit, 0x80000000)
SPLAT(absBits, 0x7fffffff)
SPLAT(zero, 0)
SPLAT(wide, 0x49742400)
SPLAT(sin0, 0xbe2aaaa6)
SPLAT(sin1, 0x3c088768)
SPLAT(sin2, 0xb94fb7a8)
SPLAT(sin3, 0x362ed9d5)
SPLAT(tiny, 0x00800000)  // the least normal number
SPLAT(huge, 0x7f7fffff)  // the greatest one
SPLAT(threeQuarters, 0x3f400000)
SPLAT(log0, 0x3d1a4e71)
SPLAT(log1, 0xbdbab2d7)
SPLAT(log2, 0x3defa120)
SPLAT(log3, 0xbe025520)
SPLAT(log4, 0x3e12304f)
SPLAT(log5, 0xbe2a8cdc)
SPLAT(log6, 0x3e4ccbc4)
SPLAT(log7, 0xbe800037)
SPLAT(log8, 0x3eaaaaad)
SPLAT(small, 0x3f19999a)
SPLAT(tanh0, 0xbeaaaa9d)
SPLAT(tanh1, 0x3e08845f)
SPLAT(tanh2, 0xbd5c3ad5)
SPLAT(tanh3, 0x3ca9dbeb)
SPLAT(tanh4, 0xbbbeadfa)
SPLAT64(pi64, 0x400921fb54442d18)
SPLAT64(invPi64, 0x3fd45f306dc9c883)
SPLAT64(magic64, 0x4338000000000000)
SPLAT64(half64, 0x3fe0000000000000)

// EXP takes x in Y0 apart: e to the power of what is left over is in Y1, and the
// power of two in Y2. Uses Y3 and Y4.
#define EXP \
	VMULPS log2e<>(SB), Y0, Y1; \
	VADDPS magic<>(SB), Y1, Y1; \
	VSUBPS magic<>(SB), Y1, Y3; \
	VPSUBD magicBits<>(SB), Y1, Y2; \
	VMULPS ln2hi<>(SB), Y3, Y4; \
	VSUBPS Y4, Y0, Y0; \
	VMULPS ln2lo<>(SB), Y3, Y4; \
	VSUBPS Y4, Y0, Y0; \
	VMULPS exp4<>(SB), Y0, Y1; \
	VADDPS exp3<>(SB), Y1, Y1; \
	VMULPS Y0, Y1, Y1; \
	VADDPS exp2<>(SB), Y1, Y1; \
	VMULPS Y0, Y1, Y1; \
	VADDPS exp1<>(SB), Y1, Y1; \
	VMULPS Y0, Y1, Y1; \
	VADDPS exp0<>(SB), Y1, Y1; \
	VMULPS Y0, Y1, Y1; \
	VMULPS Y0, Y1, Y1; \
	VADDPS Y0, Y1, Y1; \
	VADDPS one<>(SB), Y1, Y1

// POWER2 makes 2 to the power of the integers in a register.
#define POWER2(r) \
	VPADDD bias<>(SB), r, r; \
	VPSLLD $23, r, r

// FULLEXP makes e to the power of Y0, which is clamped, in Y1: the power of two
// in two factors, so that the result may be subnormal or infinite.
#define FULLEXP \
	EXP; \
	VPSRAD $1, Y2, Y3; \
	VPSUBD Y3, Y2, Y2; \
	POWER2(Y3); \
	POWER2(Y2); \
	VMULPS Y3, Y1, Y1; \
	VMULPS Y2, Y1, Y1

#define BEGIN1 \
	MOVQ dst+0(FP), DI; \
	MOVQ a+8(FP), SI; \
	MOVQ n+16(FP), CX; \
	XORQ BX, BX

#define BEGIN2 \
	MOVQ dst+0(FP), DI; \
	MOVQ a+8(FP), SI; \
	MOVQ b+16(FP), DX; \
	MOVQ n+24(FP), CX; \
	XORQ BX, BX

// func addAVX2(dst, a, b *float32, n int)
TEXT ·addAVX2(SB), NOSPLIT, $0-32
	BEGIN2

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVUPS (DX)(BX*4), Y1
	VADDPS Y1, Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	RET

// func subAVX2(dst, a, b *float32, n int)
TEXT ·subAVX2(SB), NOSPLIT, $0-32
	BEGIN2

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVUPS (DX)(BX*4), Y1
	VSUBPS Y1, Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	RET

// func mulAVX2(dst, a, b *float32, n int)
TEXT ·mulAVX2(SB), NOSPLIT, $0-32
	BEGIN2

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVUPS (DX)(BX*4), Y1
	VMULPS Y1, Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	RET

// func divAVX2(dst, a, b *float32, n int)
TEXT ·divAVX2(SB), NOSPLIT, $0-32
	BEGIN2

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVUPS (DX)(BX*4), Y1
	VDIVPS Y1, Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	RET

// func maxAVX2(dst, a, b *float32, n int)
TEXT ·maxAVX2(SB), NOSPLIT, $0-32
	BEGIN2

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVUPS (DX)(BX*4), Y1
	VMAXPS Y1, Y0, Y2 // the second where one is NaN
	VCMPPS $3, Y0, Y0, Y3
	VBLENDVPS Y3, Y0, Y2, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	RET

// func minAVX2(dst, a, b *float32, n int)
TEXT ·minAVX2(SB), NOSPLIT, $0-32
	BEGIN2

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVUPS (DX)(BX*4), Y1
	VMINPS Y1, Y0, Y2
	VCMPPS $3, Y0, Y0, Y3
	VBLENDVPS Y3, Y0, Y2, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	RET

// func negAVX2(dst, a *float32, n int) int
TEXT ·negAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VXORPS signBit<>(SB), Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func squareAVX2(dst, a *float32, n int) int
TEXT ·squareAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMULPS Y0, Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func sqrtAVX2(dst, a *float32, n int) int
TEXT ·sqrtAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VSQRTPS Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func expAVX2(dst, a *float32, n int) int
TEXT ·expAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVUPS expMax<>(SB), Y5
	VMINPS Y0, Y5, Y0 // NaN passes
	VMOVUPS expMin<>(SB), Y5
	VMAXPS Y0, Y5, Y0
	FULLEXP
	VMOVUPS Y1, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func sigmoidAVX2(dst, a *float32, n int) int
TEXT ·sigmoidAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVAPS Y0, Y5
	VORPS signBit<>(SB), Y0, Y0
	VMOVUPS expMin<>(SB), Y6
	VMAXPS Y0, Y6, Y0
	FULLEXP
	VMOVUPS one<>(SB), Y6
	VADDPS Y6, Y1, Y2
	VCMPPS $1, zero<>(SB), Y5, Y3
	VBLENDVPS Y3, Y1, Y6, Y1
	VDIVPS Y2, Y1, Y1
	VMOVUPS Y1, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func tanhAVX2(dst, a *float32, n int) int
TEXT ·tanhAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VMOVAPS Y0, Y5
	VANDPS absBits<>(SB), Y5, Y6
	VADDPS Y6, Y6, Y0
	VMOVUPS twenty<>(SB), Y7
	VMINPS Y0, Y7, Y0
	EXP
	POWER2(Y2)
	VMULPS Y2, Y1, Y1
	VMOVUPS one<>(SB), Y7
	VADDPS Y7, Y1, Y1
	VMOVUPS two<>(SB), Y8
	VDIVPS Y1, Y8, Y1
	VSUBPS Y1, Y7, Y1
	VANDPS signBit<>(SB), Y5, Y8
	VORPS Y8, Y1, Y1
	VMULPS Y5, Y5, Y2
	VMULPS tanh4<>(SB), Y2, Y3
	VADDPS tanh3<>(SB), Y3, Y3
	VMULPS Y2, Y3, Y3
	VADDPS tanh2<>(SB), Y3, Y3
	VMULPS Y2, Y3, Y3
	VADDPS tanh1<>(SB), Y3, Y3
	VMULPS Y2, Y3, Y3
	VADDPS tanh0<>(SB), Y3, Y3
	VMULPS Y2, Y3, Y3
	VMULPS Y5, Y3, Y3
	VADDPS Y5, Y3, Y3
	VCMPPS $1, small<>(SB), Y6, Y6
	VBLENDVPS Y6, Y3, Y1, Y1
	VMOVUPS Y1, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func logAVX2(dst, a *float32, n int) int
TEXT ·logAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VCMPPS $13, tiny<>(SB), Y0, Y1
	VCMPPS $2, huge<>(SB), Y0, Y2
	VANDPS Y2, Y1, Y1
	VMOVMSKPS Y1, AX
	CMPL AX, $255
	JNE  done
	VPSUBD threeQuarters<>(SB), Y0, Y1
	VPSRAD $23, Y1, Y1 // the exponent
	VPSLLD $23, Y1, Y2
	VPSUBD Y2, Y0, Y0
	VSUBPS one<>(SB), Y0, Y0
	VCVTDQ2PS Y1, Y1
	VMULPS log0<>(SB), Y0, Y2
	VADDPS log1<>(SB), Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS log2<>(SB), Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS log3<>(SB), Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS log4<>(SB), Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS log5<>(SB), Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS log6<>(SB), Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS log7<>(SB), Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS log8<>(SB), Y2, Y2
	VMULPS Y0, Y0, Y3
	VMULPS Y0, Y3, Y4
	VMULPS Y2, Y4, Y4
	VMULPS ln2lo<>(SB), Y1, Y5
	VADDPS Y5, Y4, Y4
	VMULPS half<>(SB), Y3, Y3
	VSUBPS Y3, Y4, Y4
	VADDPS Y4, Y0, Y0
	VMULPS ln2hi<>(SB), Y1, Y1
	VADDPS Y0, Y1, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func sinAVX2(dst, a *float32, n int) int
TEXT ·sinAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VANDPS absBits<>(SB), Y0, Y1
	VCMPPS $1, wide<>(SB), Y1, Y1
	VMOVMSKPS Y1, AX
	CMPL AX, $255
	JNE  done
	VEXTRACTF128 $1, Y0, X1
	VCVTPS2PD X0, Y2
	VCVTPS2PD X1, Y3
	VMULPD invPi64<>(SB), Y2, Y4
	VMULPD invPi64<>(SB), Y3, Y5
	VADDPD magic64<>(SB), Y4, Y4
	VADDPD magic64<>(SB), Y5, Y5
	VSUBPD magic64<>(SB), Y4, Y6
	VSUBPD magic64<>(SB), Y5, Y7
	VMULPD pi64<>(SB), Y6, Y6
	VMULPD pi64<>(SB), Y7, Y7
	VSUBPD Y6, Y2, Y2
	VSUBPD Y7, Y3, Y3
	VCVTPD2PSY Y2, X2
	VCVTPD2PSY Y3, X3
	VINSERTF128 $1, X3, Y2, Y0
	VSHUFPS $0x88, Y5, Y4, Y4 // the low halves, whose last bit is the sign
	VPERMQ $0xd8, Y4, Y4
	VPSLLD $31, Y4, Y4
	VMULPS Y0, Y0, Y1
	VMULPS sin3<>(SB), Y1, Y2
	VADDPS sin2<>(SB), Y2, Y2
	VMULPS Y1, Y2, Y2
	VADDPS sin1<>(SB), Y2, Y2
	VMULPS Y1, Y2, Y2
	VADDPS sin0<>(SB), Y2, Y2
	VMULPS Y1, Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS Y0, Y2, Y0
	VPXOR Y4, Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET

// func cosAVX2(dst, a *float32, n int) int
TEXT ·cosAVX2(SB), NOSPLIT, $0-32
	BEGIN1

loop:
	CMPQ BX, CX
	JGE  done
	VMOVUPS (SI)(BX*4), Y0
	VANDPS absBits<>(SB), Y0, Y1
	VCMPPS $1, wide<>(SB), Y1, Y1
	VMOVMSKPS Y1, AX
	CMPL AX, $255
	JNE  done
	VEXTRACTF128 $1, Y0, X1
	VCVTPS2PD X0, Y2
	VCVTPS2PD X1, Y3
	VMULPD invPi64<>(SB), Y2, Y4
	VMULPD invPi64<>(SB), Y3, Y5
	VSUBPD half64<>(SB), Y4, Y4
	VSUBPD half64<>(SB), Y5, Y5
	VADDPD magic64<>(SB), Y4, Y4
	VADDPD magic64<>(SB), Y5, Y5
	VSUBPD magic64<>(SB), Y4, Y6
	VSUBPD magic64<>(SB), Y5, Y7
	VADDPD half64<>(SB), Y6, Y6
	VADDPD half64<>(SB), Y7, Y7
	VMULPD pi64<>(SB), Y6, Y6
	VMULPD pi64<>(SB), Y7, Y7
	VSUBPD Y6, Y2, Y2
	VSUBPD Y7, Y3, Y3
	VCVTPD2PSY Y2, X2
	VCVTPD2PSY Y3, X3
	VINSERTF128 $1, X3, Y2, Y0
	VSHUFPS $0x88, Y5, Y4, Y4 // the low halves, whose last bit is the sign
	VPERMQ $0xd8, Y4, Y4
	VPSLLD $31, Y4, Y4
	VPXOR signBit<>(SB), Y4, Y4
	VMULPS Y0, Y0, Y1
	VMULPS sin3<>(SB), Y1, Y2
	VADDPS sin2<>(SB), Y2, Y2
	VMULPS Y1, Y2, Y2
	VADDPS sin1<>(SB), Y2, Y2
	VMULPS Y1, Y2, Y2
	VADDPS sin0<>(SB), Y2, Y2
	VMULPS Y1, Y2, Y2
	VMULPS Y0, Y2, Y2
	VADDPS Y0, Y2, Y0
	VPXOR Y4, Y0, Y0
	VMOVUPS Y0, (DI)(BX*4)
	ADDQ $8, BX
	JMP  loop

done:
	VZEROUPPER
	MOVQ BX, ret+24(FP)
	RET
