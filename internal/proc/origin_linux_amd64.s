//go:build !race

#include "textflag.h"

// func onInterrupt()
// The kernel calls it for INT, as C: DI is the signal, SI what is known of it, with
// where it comes from at 8. It counts those that a process has sent, and goes
// on with what would have been called without it. It uses nothing but AX.
TEXT ·onInterrupt(SB),NOSPLIT|NOFRAME,$0-0
	MOVL	8(SI), AX
	CMPL	AX, $0x80 // SI_KERNEL: a key
	JEQ	key
	LOCK
	INCL	·sent(SB)
key:
	MOVQ	·goOn(SB), AX
	JMP	AX

// func addressOfOnInterrupt() uintptr
TEXT ·addressOfOnInterrupt(SB),NOSPLIT,$0-8
	LEAQ	·onInterrupt(SB), AX
	MOVQ	AX, ret+0(FP)
	RET
