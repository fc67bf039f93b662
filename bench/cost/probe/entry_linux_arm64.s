#include "textflag.h"

// As entry_linux_amd64.s: R19 keeps the address the kernel entered with
// (argc, argv, null, environment), the stamp lies below it.
TEXT ·entry(SB), NOSPLIT|NOFRAME, $0
	MOVD RSP, R19
	SUB  $64, RSP
	MOVD RSP, R20
	MOVD $113, R8 // clock_gettime(CLOCK_MONOTONIC, stamp)
	MOVD $1, R0
	MOVD R20, R1
	SVC
	MOVD $172, R8 // getpid
	SVC
	MOVD R0, 16(R20)

	MOVD $0x706d617473, R2 // "stamp"
	MOVD R2, 32(R20)
	ADD  $32, R20, R1
	MOVD $0x73, R21 // s
	MOVD 0(R19), R2
	CMP  $3, R2
	BLT  write
	MOVD 16(R19), R1
	MOVD 24(R19), R2
	MOVBU (R2), R21

write:
	MOVD $56, R8 // openat(AT_FDCWD, path, O_WRONLY|O_APPEND|O_NONBLOCK)
	MOVD $-100, R0
	MOVD $0xc01, R2
	MOVD $0, R3
	SVC
	MOVD R0, R22
	MOVD $64, R8 // write(fd, stamp, 24)
	MOVD R20, R1
	MOVD $24, R2
	SVC
	MOVD $57, R8 // close(fd)
	MOVD R22, R0
	SVC

	CMP $0x78, R21 // x
	BEQ exit
	CMP $0x65, R21 // e
	BEQ exec

sleep:
	MOVD $73, R8 // ppoll of nothing, without end
	MOVD $0, R0
	MOVD $0, R1
	MOVD $0, R2
	MOVD $0, R3
	MOVD $0, R4
	SVC
	B sleep

exec:
	MOVD 0(R19), R2
	ADD  $16, R19, R3
	ADD  R2<<3, R3, R2 // the environment follows argv and its null
	ADD  $32, R19, R1
	MOVD 32(R19), R0
	MOVD $221, R8 // execve(argv[3], &argv[3], environment)
	SVC
	MOVD $127, R0
	B    end

exit:
	MOVD $0, R0

end:
	MOVD $94, R8 // exit_group
	SVC
	BRK
