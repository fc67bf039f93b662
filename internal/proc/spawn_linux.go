package proc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// A child makes nothing but raw system calls, from data laid out beforehand,
// until it executes its program. syscall.ForkExec would serve for some of the
// attributes, but its vfork stops this whole program, timers and signals
// included, until execve returns, which on a slow file system may be never;
// and a helper program between fork and exec costs more than the whole start.
// DESIGN.md has the measurements.

// stage is the step of the child that failed; it travels back with an errno.
type stage int32

const (
	stageSession stage = iota
	stageDir
	stageOpen
	stageWay
	stageDup
	stageNice
	stageIOPriority
	stageCPUs
	stageOOMScore
	stageLimit
	stageGroups
	stageGroup
	stageUser
	stageNoNewPrivs
	stageGift
	stageExec
)

// plan is what the child reads. It is made by the parent, holds every pointer
// that the child needs, and is not changed by the child but for report: a
// pointer written there could need the garbage collector, which a child does
// not have. Nor does the parent change it before the child's verdict is in,
// since the child may be reading it still.
type plan struct {
	spec    *Spec
	files   []file
	shell   *byte
	envp    []*byte
	zero    [16]uint64    // a signal action of default, an empty signal mask
	ignore  [16]uint64    // a signal action of ignore
	moment  unix.Timespec // between two tries to execute what is open for writing
	core    uint64        // a signal mask of those whose default is a core
	ignored uint64        // bit n-1: signal n stays ignored
	session uintptr
	tty     int   // the terminal to be taken, -1 for none
	pgrp    int32 // for the call that takes it
	dir     *byte // nil: ours
	dirFrom uintptr
	own     [len(ownVariables)]ownVariable
	gift    gift // what this run gets beside
	stdio   [3]int
	open    [3]*byte
	mode    [3]uintptr
	way     *way // to them; nil where none is opened by name
	umask   int
	nice    int
	ioprio  int
	cpus    []uintptr
	oom     []byte
	oomFile *byte
	limits  []rlimit
	death   uintptr
	nnp     bool
	user    bool
	uid     uintptr
	gid     uintptr
	groups  []uint32
	ourPid  uintptr
	status  uintptr // write end of the status pipe
	report  [3]int32
	group   *Group           // to be born into; nil: ours
	birth   cloneArgs        // how that is asked for
	bare    bool             // all descriptors but three end with the execution
	trial   bool             // the child ends at once
	stack   [childStack]byte // of a child that shares our memory
}

// file is one that may be the program, with the words of its execution, and of
// its execution by a shell where it is a script that does not name one.
type file struct {
	path   *byte
	argv   []*byte
	shargv []*byte
}

type rlimit struct {
	resource uintptr
	value    [2]uint64
}

const unchanged = -1 << 20 // of umask, nice and ioprio

// newPlan lays out everything that is the same for each start.
func newPlan(s *Spec, ignored uint64) (*plan, error) {
	p := &plan{spec: s, stdio: s.Stdio, ignored: ignored, nnp: s.NoNewPrivs, death: uintptr(s.OnOurDeath), core: coreSignals, moment: unix.NsecToTimespec(1e7)}
	p.bare = s.Bare
	p.umask, p.nice, p.ioprio = unchanged, unchanged, unchanged
	p.ignore[0] = sigIgn // on 32 bits too: it is the lower half
	p.gift = noGift
	p.session, p.tty, p.ourPid = uintptr(s.Session), -1, uintptr(os.Getpid())
	for _, o := range []struct {
		to   *int
		from *int
	}{{&p.umask, s.Umask}, {&p.nice, s.Nice}, {&p.ioprio, s.IOPriority}} {
		if o.from != nil {
			*o.to = *o.from
		}
	}
	if s.OOMScore != nil {
		p.oom = []byte(strconv.Itoa(*s.OOMScore))
		p.oomFile, _ = syscall.BytePtrFromString("/proc/self/oom_score_adj")
	}
	for _, l := range s.Limits {
		p.limits = append(p.limits, rlimit{uintptr(l.Resource), [2]uint64{l.Value, l.Value}})
	}
	for _, cpu := range s.CPUs {
		word, bit := cpu/wordBits, cpu%wordBits
		for len(p.cpus) <= word {
			p.cpus = append(p.cpus, 0)
		}
		p.cpus[word] |= 1 << bit
	}
	if c := s.User; c != nil && !c.unchanged() {
		p.user, p.uid, p.gid, p.groups = true, uintptr(c.UID), uintptr(c.GID), c.Groups
	}
	return p, errors.Join(p.addFiles(s), p.addOpen(s), p.addDir(s))
}

const wordBits = 8 * int(unsafe.Sizeof(uintptr(0)))

func (p *plan) addFiles(s *Spec) error {
	var err error
	if p.shell, err = syscall.BytePtrFromString("/bin/sh"); err != nil {
		return err
	}
	argv, err := syscall.SlicePtrFromStrings(s.Argv)
	if err != nil {
		return fmt.Errorf("an argument holds a NUL byte: %w", err)
	}
	for _, name := range candidates(s.Argv[0], s.Env) {
		path, err := syscall.BytePtrFromString(name)
		if err != nil {
			return fmt.Errorf("PATH holds a NUL byte: %w", err)
		}
		shargv := append([]*byte{p.shell, path}, argv[1:]...)
		p.files = append(p.files, file{path, argv, shargv})
	}
	return nil
}

func (p *plan) addDir(s *Spec) error {
	if s.Dir == "" {
		return nil
	}
	var err error
	p.dirFrom = uintptr(s.DirFrom)
	p.dir, err = syscall.BytePtrFromString(s.Dir)
	return err
}

func (p *plan) addOpen(s *Spec) error {
	for i, path := range s.Open {
		if path == "" {
			continue
		}
		ptr, err := syscall.BytePtrFromString(path)
		if err != nil {
			return fmt.Errorf("cannot use %q: %w", path, err)
		}
		p.open[i] = ptr
		if p.way == nil {
			us := os.Geteuid()
			p.way = newWay(us, !p.user || p.uid == uintptr(us))
		}
		p.mode[i] = unix.O_RDONLY | unix.O_NOCTTY
		if i > 0 {
			p.mode[i] = unix.O_WRONLY | unix.O_APPEND | unix.O_CREAT | unix.O_NOCTTY
		}
	}
	return nil
}

// start forks and returns at once. The answer of the status pipe follows: it
// ends when the program was executed, and says why where it was not.
func (p *plan) start(env []string) (pid int, answer *os.File, err error) {
	if p.envp, err = syscall.SlicePtrFromStrings(env); err != nil {
		return 0, nil, fmt.Errorf("the environment holds a NUL byte: %w", err)
	}
	p.rename(env)
	var ends [2]int
	if err := unix.Pipe2(ends[:], unix.O_CLOEXEC); err != nil {
		return 0, nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	if ends[1], err = p.gift.avoid(ends[1]); err != nil {
		unix.Close(ends[0])
		return 0, nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	p.status = uintptr(ends[1])
	pid, errno := p.fork()
	unix.Close(ends[1])
	if errno != 0 {
		unix.Close(ends[0])
		return 0, nil, fmt.Errorf("cannot fork: %w", errno)
	}
	if err := unix.SetNonblock(ends[0], true); err != nil {
		unix.Close(ends[0]) // the program is on its way; how it went stays unknown
		return pid, nil, nil
	}
	return pid, os.NewFile(uintptr(ends[0]), "status"), nil
}

// fork holds every signal back from this thread, so that neither the runtime's
// handlers nor its preemption can run in the child before they are taken off.
func (p *plan) fork() (int, syscall.Errno) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, before unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &before); err != nil {
		return 0, errnoOf(err)
	}
	pid, errno := p.begin()
	runtime.KeepAlive(p)
	// This cannot fail: the mask is one the kernel gave.
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
	return int(pid), errno
}

func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return syscall.EINVAL
}

// verdict reads the status pipe to its end, which comes when the program was
// executed, or when the child is gone: then it says that it was not. pid must not be
// reaped before that is known.
func (p *plan) verdict(answer *os.File, pid int) verdict {
	defer answer.Close()
	var b [12]byte
	n, _ := answer.Read(b[:])
	if n != len(b) {
		return verdict{unborn: unborn(pid)}
	}
	where := stage(binary.NativeEndian.Uint32(b[0:]))
	detail := int(binary.NativeEndian.Uint32(b[4:]))
	errno := syscall.Errno(binary.NativeEndian.Uint32(b[8:]))
	return verdict{failure: p.explain(where, detail, errno)}
}

// Exit statuses of what could not be started; env(1) and the shells agree.
const (
	statusRefused  = 125
	statusNotExec  = 126
	statusNotFound = 127
)

func (p *plan) explain(where stage, detail int, errno syscall.Errno) *supervise.StartError {
	e := &supervise.StartError{Status: statusRefused, Err: errno}
	s := p.spec
	switch where {
	case stageSession:
		e.Text = "cannot make a session"
	case stageDir:
		e.Text = fmt.Sprintf("cannot use work directory %q", s.Dir)
	case stageOpen:
		e.Text = fmt.Sprintf("cannot open %q", s.Open[detail])
	case stageWay:
		e.Text = fmt.Sprintf("cannot open %q, where somebody else could have put another file", s.Open[detail])
	case stageDup:
		e.Text = fmt.Sprintf("cannot use descriptor %d as %d", s.Stdio[detail], detail)
	case stageNice:
		e.Text = "cannot set the niceness"
	case stageIOPriority:
		e.Text = "cannot set the I/O priority"
	case stageCPUs:
		e.Text = "cannot run on the given processors"
	case stageOOMScore:
		e.Text = "cannot set oom_score_adj"
	case stageLimit:
		e.Text = fmt.Sprintf("cannot set limit %s", s.Limits[detail].Name)
	case stageGroups, stageGroup, stageUser:
		e.Text = fmt.Sprintf("cannot become %s", s.User.Text)
	case stageGift:
		e.Text = fmt.Sprintf("cannot give it descriptor %d", p.gift.at)
	case stageNoNewPrivs:
		e.Text = "cannot give up new privileges"
	default:
		e.Text, e.Status = fmt.Sprintf("cannot execute %q", s.Argv[0]), statusNotExec
		if errno == syscall.ENOENT {
			e.Status = statusNotFound
		}
	}
	return e
}
