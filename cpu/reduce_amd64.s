#include "textflag.h"

// Reductions of float32 for processors with AVX2. Each takes n elements of a row,
// a positive multiple of 32.

// EXTREME leaves in X0 what OP gives for all elements, or all ones (a NaN) where
// one of them is NaN: Y4 and Y5 collect those.
#define EXTREME(OP) \
	MOVQ row+0(FP), SI; \
	MOVQ n+8(FP), CX; \
	VMOVUPS (SI), Y0; \
	VMOVAPS Y0, Y1; \
	VMOVAPS Y0, Y2; \
	VMOVAPS Y0, Y3; \
	VXORPS Y4, Y4, Y4; \
	VXORPS Y5, Y5, Y5; \
loop: \
	VMOVUPS (SI), Y8; \
	VMOVUPS 32(SI), Y9; \
	VMOVUPS 64(SI), Y10; \
	VMOVUPS 96(SI), Y11; \
	OP Y8, Y0, Y0; \
	OP Y9, Y1, Y1; \
	OP Y10, Y2, Y2; \
	OP Y11, Y3, Y3; \
	VCMPPS $3, Y9, Y8, Y8; \
	VCMPPS $3, Y11, Y10, Y10; \
	VORPS Y8, Y4, Y4; \
	VORPS Y10, Y5, Y5; \
	ADDQ $128, SI; \
	SUBQ $32, CX; \
	JG loop; \
	OP Y1, Y0, Y0; \
	OP Y3, Y2, Y2; \
	OP Y2, Y0, Y0; \
	VORPS Y5, Y4, Y4; \
	VEXTRACTF128 $1, Y0, X1; \
	OP X1, X0, X0; \
	VPERMILPS $0x4e, X0, X1; \
	OP X1, X0, X0; \
	VPERMILPS $0xb1, X0, X1; \
	OP X1, X0, X0; \
	VMOVMSKPS Y4, AX; \
	TESTL AX, AX; \
	JZ done; \
	VPCMPEQD X0, X0, X0; \
done: \
	VMOVSS X0, ret+16(FP); \
	VZEROUPPER; \
	RET

// func sumColumnsAVX2(acc *float64, tile *float32, rows, cols, n int)
// Adds the first n columns of a tile, row by row, each to its own sum.
TEXT ·sumColumnsAVX2(SB), NOSPLIT, $0-40
	MOVQ acc+0(FP), DI
	MOVQ tile+8(FP), SI
	MOVQ rows+16(FP), DX
	MOVQ cols+24(FP), R8
	MOVQ n+32(FP), CX
	SHLQ $2, R8

columns:
	VMOVUPD (DI), Y0
	VMOVUPD 32(DI), Y1
	VMOVUPD 64(DI), Y2
	VMOVUPD 96(DI), Y3
	MOVQ SI, R9
	MOVQ DX, R10

rows:
	VCVTPS2PD (R9), Y4
	VCVTPS2PD 16(R9), Y5
	VCVTPS2PD 32(R9), Y6
	VCVTPS2PD 48(R9), Y7
	VADDPD Y4, Y0, Y0
	VADDPD Y5, Y1, Y1
	VADDPD Y6, Y2, Y2
	VADDPD Y7, Y3, Y3
	ADDQ R8, R9
	DECQ R10
	JNZ  rows
	VMOVUPD Y0, (DI)
	VMOVUPD Y1, 32(DI)
	VMOVUPD Y2, 64(DI)
	VMOVUPD Y3, 96(DI)
	ADDQ $64, SI
	ADDQ $128, DI
	SUBQ $16, CX
	JG   columns
	VZEROUPPER
	RET

// func largestAVX2(row *float32, n int) float32
TEXT ·largestAVX2(SB), NOSPLIT, $0-20
	EXTREME(VMAXPS)

// func smallestAVX2(row *float32, n int) float32
TEXT ·smallestAVX2(SB), NOSPLIT, $0-20
	EXTREME(VMINPS)

// func indexAVX2(row *float32, n int, v float32) int
// The first element that is v, or NaN where v is; it is known to be there.
TEXT ·indexAVX2(SB), NOSPLIT, $0-32
	MOVQ row+0(FP), SI
	VBROADCASTSS v+16(FP), Y0
	VCMPPS $3, Y0, Y0, Y1 // all ones where v is NaN
	MOVQ SI, DI

search:
	VMOVUPS (SI), Y2
	VMOVUPS 32(SI), Y3
	VCMPPS $0, Y0, Y2, Y4
	VCMPPS $0, Y0, Y3, Y5
	VCMPPS $3, Y2, Y2, Y2
	VCMPPS $3, Y3, Y3, Y3
	VANDPS Y1, Y2, Y2
	VANDPS Y1, Y3, Y3
	VORPS Y2, Y4, Y4
	VORPS Y3, Y5, Y5
	VMOVMSKPS Y4, AX
	VMOVMSKPS Y5, BX
	SHLL $8, BX
	ORL BX, AX
	JNZ found
	ADDQ $64, SI
	JMP search

found:
	BSFL AX, AX
	SUBQ DI, SI
	SHRQ $2, SI
	ADDQ SI, AX
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET

// func sumBlocksAVX2(row *float32, sums *[4][8]float32)
// Adds up 1024 elements, eight to each block in turn.
TEXT ·sumBlocksAVX2(SB), NOSPLIT, $0-16
	MOVQ row+0(FP), SI
	MOVQ sums+8(FP), DI
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	MOVQ $32, CX

blocks:
	VADDPS (SI), Y0, Y0
	VADDPS 32(SI), Y1, Y1
	VADDPS 64(SI), Y2, Y2
	VADDPS 96(SI), Y3, Y3
	ADDQ $128, SI
	DECQ CX
	JNZ  blocks
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VZEROUPPER
	RET
