package proc

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Everything here runs between fork and exec: in a process without the other
// threads, the scheduler and the collector of this program, and in memory that
// either is a copy of its or is shared with it. Hence the rules: no function
// that may grow the stack (nosplit, checked by the linker), none that the race
// detector may enter, no allocation, no pointer written, nothing written at all
// but plan.report, plan.pgrp and plan.own.

// rawFork makes a child in a copy of our memory.
//
//go:norace
//go:nosplit
func rawFork(p *plan) (pid uintptr, errno syscall.Errno) {
	pid, _, errno = syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if errno != 0 || pid != 0 {
		return pid, errno
	}
	inChild(p)
	return 0, 0 // not reached
}

// rawMember is rawFork for a child that is born into a group.
//
//go:norace
//go:nosplit
func rawMember(p *plan) (pid uintptr, errno syscall.Errno) {
	pid, _, errno = syscall.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&p.birth)), unsafe.Sizeof(p.birth), 0)
	if errno != 0 || pid != 0 {
		return pid, errno
	}
	inChild(p)
	return 0, 0 // not reached
}

// fail tells the parent and ends the child.
//
//go:norace
//go:nosplit
func fail(p *plan, where stage, detail int, errno syscall.Errno) {
	p.report[0], p.report[1], p.report[2] = int32(where), int32(detail), int32(errno)
	syscall.RawSyscall(unix.SYS_WRITE, p.status, uintptr(unsafe.Pointer(&p.report)), unsafe.Sizeof(p.report))
	for {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, statusNotFound, 0, 0)
	}
}

//go:norace
//go:nosplit
func inChild(p *plan) {
	if p.trial {
		for {
			syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	dieWithUs(p, unix.SIGKILL)
	setSession(p)
	setSignals(p)
	setDir(p)
	later := setFiles(p)
	setPriorities(p)
	setUser(p)
	setLater(p, later)
	setBare(p)
	setGift(p)
	setName(p)
	setOff(p)
	execute(p)
}

// dieWithUs asks for a signal when dmon dies. It comes first of all, with KILL: a
// child that hangs in an open has copies of dmon's descriptors, locks among
// them, which would outlive dmon otherwise.
//
//go:norace
//go:nosplit
func dieWithUs(p *plan, sig syscall.Signal) {
	syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(sig), 0, 0, 0, 0)
	// We may have died before the request was made.
	if parent, _, _ := syscall.RawSyscall(unix.SYS_GETPPID, 0, 0, 0); parent != p.ourPid {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, statusNotFound, 0, 0)
	}
}

// coreSignals are those whose default is a core. One of them would take dmon
// along while the child shares its memory, on kernels before 5.16, so that they
// wait for the execution.
const coreSignals = 1<<(unix.SIGQUIT-1) | 1<<(unix.SIGILL-1) | 1<<(unix.SIGTRAP-1) | 1<<(unix.SIGABRT-1) | 1<<(unix.SIGBUS-1) |
	1<<(unix.SIGFPE-1) | 1<<(unix.SIGSEGV-1) | 1<<(unix.SIGXCPU-1) | 1<<(unix.SIGXFSZ-1) | 1<<(unix.SIGSYS-1)

// setDir comes before the opens, since what they name is below it.
//
//go:norace
//go:nosplit
func setDir(p *plan) {
	if p.dir == nil {
		return
	}
	var errno syscall.Errno
	if *p.dir != '/' {
		_, _, errno = syscall.RawSyscall(unix.SYS_FCHDIR, p.dirFrom, 0, 0)
	}
	if errno == 0 {
		_, _, errno = syscall.RawSyscall(unix.SYS_CHDIR, uintptr(unsafe.Pointer(p.dir)), 0, 0)
	}
	if errno != 0 {
		fail(p, stageDir, 0, errno)
	}
}

// setSignals gives every signal its default, except those that were ignored
// when dmon was started. The mask comes last: until then nothing that was
// sent to the child can reach a handler of the runtime's. From then on what asks
// the child to end ends it, also where it hangs in an open.
//
//go:norace
//go:nosplit
func setSignals(p *plan) {
	for sig := uintptr(1); sig <= 64; sig++ {
		action := uintptr(unsafe.Pointer(&p.zero))
		if p.ignored&(1<<(sig-1)) != 0 {
			action = uintptr(unsafe.Pointer(&p.ignore))
		}
		syscall.RawSyscall6(unix.SYS_RT_SIGACTION, sig, action, 0, 8, 0, 0)
	}
	syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&p.core)), 0, 8, 0, 0)
}

// setOff does what must wait for the very last: from here on dmon's death has
// the effect that was asked for.
//
//go:norace
//go:nosplit
func setOff(p *plan) {
	if syscall.Signal(p.death) != unix.SIGKILL {
		syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, p.death, 0, 0, 0, 0)
	}
	syscall.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&p.zero)), 0, 8, 0, 0)
}

//go:norace
//go:nosplit
func setSession(p *plan) {
	var errno syscall.Errno
	switch Session(p.session) {
	case OwnGroup, Foreground:
		_, _, errno = syscall.RawSyscall(unix.SYS_SETPGID, 0, 0, 0)
		if errno == 0 && p.tty >= 0 {
			takeTerminal(p)
		}
	case OwnSession:
		_, _, errno = syscall.RawSyscall(unix.SYS_SETSID, 0, 0, 0)
	}
	if errno != 0 {
		fail(p, stageSession, 0, errno)
	}
}

// takeTerminal makes our group the one in the foreground. TTOU, which such a call
// from the background brings, is held back like all signals. It may fail, where
// the terminal is gone: the program will find out.
//
//go:norace
//go:nosplit
func takeTerminal(p *plan) {
	pid, _, _ := syscall.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
	p.pgrp = int32(pid)
	syscall.RawSyscall(unix.SYS_IOCTL, uintptr(p.tty), unix.TIOCSPGRP, uintptr(unsafe.Pointer(&p.pgrp)))
}

const cwd = ^uintptr(99) // AT_FDCWD, which is -100

//go:norace
//go:nosplit
func setPriorities(p *plan) {
	if p.umask != unchanged {
		syscall.RawSyscall(unix.SYS_UMASK, uintptr(p.umask), 0, 0)
	}
	if p.nice != unchanged {
		if _, _, errno := syscall.RawSyscall(unix.SYS_SETPRIORITY, unix.PRIO_PROCESS, 0, uintptr(p.nice)); errno != 0 {
			fail(p, stageNice, 0, errno)
		}
	}
	if p.ioprio != unchanged {
		const whoProcess = 1
		if _, _, errno := syscall.RawSyscall(unix.SYS_IOPRIO_SET, whoProcess, 0, uintptr(p.ioprio)); errno != 0 {
			fail(p, stageIOPriority, 0, errno)
		}
	}
	if len(p.cpus) > 0 {
		if _, _, errno := syscall.RawSyscall(unix.SYS_SCHED_SETAFFINITY, 0, uintptr(len(p.cpus))*unsafe.Sizeof(p.cpus[0]), uintptr(unsafe.Pointer(&p.cpus[0]))); errno != 0 {
			fail(p, stageCPUs, 0, errno)
		}
	}
	if len(p.oom) > 0 {
		setOOMScore(p)
	}
	for i := range p.limits {
		l := &p.limits[i]
		if _, _, errno := syscall.RawSyscall6(unix.SYS_PRLIMIT64, 0, l.resource, uintptr(unsafe.Pointer(&l.value)), 0, 0, 0); errno != 0 {
			fail(p, stageLimit, i, errno)
		}
	}
}

//go:norace
//go:nosplit
func setOOMScore(p *plan) {
	fd, _, errno := syscall.RawSyscall6(unix.SYS_OPENAT, cwd, uintptr(unsafe.Pointer(p.oomFile)), unix.O_WRONLY|unix.O_CLOEXEC, 0, 0, 0)
	if errno == 0 {
		_, _, errno = syscall.RawSyscall(unix.SYS_WRITE, fd, uintptr(unsafe.Pointer(&p.oom[0])), uintptr(len(p.oom)))
		syscall.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
	}
	if errno != 0 {
		fail(p, stageOOMScore, 0, errno)
	}
}

// setUser gives up rights, and repeats the request for the signal of our death,
// which a change of user takes back.
//
//go:norace
//go:nosplit
func setUser(p *plan) {
	if p.user {
		var list uintptr
		if len(p.groups) > 0 {
			list = uintptr(unsafe.Pointer(&p.groups[0]))
		}
		if _, _, errno := syscall.RawSyscall(sysSetgroups, uintptr(len(p.groups)), list, 0); errno != 0 {
			fail(p, stageGroups, 0, errno)
		}
		if _, _, errno := syscall.RawSyscall(sysSetresgid, p.gid, p.gid, p.gid); errno != 0 {
			fail(p, stageGroup, 0, errno)
		}
		if _, _, errno := syscall.RawSyscall(sysSetresuid, p.uid, p.uid, p.uid); errno != 0 {
			fail(p, stageUser, 0, errno)
		}
		dieWithUs(p, unix.SIGKILL)
	}
	if p.nnp {
		if _, _, errno := syscall.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
			fail(p, stageNoNewPrivs, 0, errno)
		}
	}
}

// execute tries the files in turn, as execvp(3) does: one that must not be
// executed is remembered and the search goes on, one that is a script without
// an interpreter is given to the shell.
//
//go:norace
//go:nosplit
func execute(p *plan) {
	envp := uintptr(unsafe.Pointer(&p.envp[0]))
	worst := syscall.Errno(unix.ENOENT)
	for i := range p.files {
		f := &p.files[i]
		_, _, errno := syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(f.path)), uintptr(unsafe.Pointer(&f.argv[0])), envp)
		for try := 0; errno == unix.ETXTBSY && try < 10; try++ { // who writes it may be about to close it
			syscall.RawSyscall6(unix.SYS_PPOLL, 0, 0, uintptr(unsafe.Pointer(&p.moment)), 0, 0, 0)
			_, _, errno = syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(f.path)), uintptr(unsafe.Pointer(&f.argv[0])), envp)
		}
		if errno == unix.ENOEXEC {
			_, _, errno = syscall.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(p.shell)), uintptr(unsafe.Pointer(&f.shargv[0])), envp)
		}
		switch errno {
		case unix.ENOENT, unix.ENOTDIR, unix.ESTALE, unix.ENODEV, unix.ETIMEDOUT:
		case unix.EACCES:
			worst = errno
		default:
			fail(p, stageExec, 0, errno)
		}
	}
	fail(p, stageExec, 0, worst)
}
