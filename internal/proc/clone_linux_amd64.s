//go:build !race

#include "textflag.h"

// func cloneShared(stack uintptr, p *plan) (pid, errno uintptr)
//
// The new process shares our memory and begins on a stack of its own, so that
// it runs beside us: it must not return to Go code that was written for a
// goroutine, only run inChild, which ends in exec or exit.
TEXT ·cloneShared(SB), NOSPLIT, $0-32
	MOVQ	$0x111, DI // CLONE_VM|SIGCHLD
	MOVQ	stack+0(FP), SI
	MOVQ	p+8(FP), R12
	MOVQ	$0, DX
	MOVQ	$0, R10
	MOVQ	$0, R8
	MOVQ	$56, AX // SYS_clone
	SYSCALL
	TESTQ	AX, AX
	JZ	child
	CMPQ	AX, $0xfffffffffffff001
	JLS	parent
	NEGQ	AX
	MOVQ	$0, pid+16(FP)
	MOVQ	AX, errno+24(FP)
	RET
parent:
	MOVQ	AX, pid+16(FP)
	MOVQ	$0, errno+24(FP)
	RET
child:
	SUBQ	$16, SP
	MOVQ	R12, 0(SP)
	CALL	·inChild(SB)
	INT	$3 // inChild does not return

// func cloneMember(args *cloneArgs, p *plan) (pid, errno uintptr)
//
// The same by clone3, which alone knows cgroups.
TEXT ·cloneMember(SB), NOSPLIT, $0-32
	MOVQ	args+0(FP), DI
	MOVQ	$88, SI // the size of cloneArgs
	MOVQ	p+8(FP), R12
	MOVQ	$435, AX // SYS_clone3
	SYSCALL
	TESTQ	AX, AX
	JZ	child
	CMPQ	AX, $0xfffffffffffff001
	JLS	parent
	NEGQ	AX
	MOVQ	$0, pid+16(FP)
	MOVQ	AX, errno+24(FP)
	RET
parent:
	MOVQ	AX, pid+16(FP)
	MOVQ	$0, errno+24(FP)
	RET
child:
	SUBQ	$16, SP
	MOVQ	R12, 0(SP)
	CALL	·inChild(SB)
	INT	$3 // inChild does not return
