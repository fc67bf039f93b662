#include "textflag.h"

// The kernel enters with argc at 0(SP), argv from 8(SP) on, then a null
// pointer, then the environment. BX keeps that address; the 24 bytes of the
// stamp live below it.
TEXT ·entry(SB), NOSPLIT|NOFRAME, $0
	MOVQ SP, BX
	SUBQ $64, SP
	MOVQ $228, AX // clock_gettime(CLOCK_MONOTONIC, stamp)
	MOVQ $1, DI
	MOVQ SP, SI
	SYSCALL
	MOVQ $39, AX // getpid
	SYSCALL
	MOVQ AX, 16(SP)

	// Without arguments: the path "stamp", spelled here because no data
	// section is needed for it, and the mode s.
	MOVQ $0x706d617473, AX
	MOVQ AX, 32(SP)
	LEAQ 32(SP), DI
	MOVQ $0x73, R12
	CMPQ 0(BX), $3
	JLT  write
	MOVQ 16(BX), DI
	MOVQ 24(BX), AX
	MOVBLZX (AX), R12

write:
	MOVQ $2, AX // open(path, O_WRONLY|O_APPEND|O_NONBLOCK)
	MOVQ $0xc01, SI
	MOVQ $0, DX
	SYSCALL
	MOVQ AX, R13
	MOVQ $1, AX // write(fd, stamp, 24)
	MOVQ R13, DI
	MOVQ SP, SI
	MOVQ $24, DX
	SYSCALL
	MOVQ $3, AX // close(fd), so that what mode e starts does not inherit it
	MOVQ R13, DI
	SYSCALL

	CMPQ R12, $0x78 // x
	JEQ  exit
	CMPQ R12, $0x65 // e
	JEQ  exec

sleep:
	MOVQ $34, AX // pause
	SYSCALL
	JMP  sleep

exec:
	MOVQ 0(BX), AX
	LEAQ 16(BX)(AX*8), DX // the environment follows argv and its null
	LEAQ 32(BX), SI
	MOVQ 32(BX), DI
	MOVQ $59, AX // execve(argv[3], &argv[3], environment)
	SYSCALL
	MOVQ $127, DI
	JMP  end

exit:
	MOVQ $0, DI

end:
	MOVQ $231, AX // exit_group
	SYSCALL
	INT  $3
