//go:build !linux

package proc

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"dmon/supervise"
)

// plan is a Spec that this system can carry out: what syscall.ForkExec knows.
type plan struct {
	spec  *Spec
	files []string
	gift  gift
}

// gift is none here: it takes Linux for a run to be given anything.
type gift struct{ from, at int }

// LimitNames is empty: limits for a child alone need prlimit(2).
var LimitNames []LimitName

func newPlan(s *Spec, ignored uint64) (*plan, error) {
	for _, asked := range []struct {
		it   bool
		name string
	}{
		{len(s.Limits) > 0, "--limit"}, {s.Umask != nil, "--umask"}, {s.Nice != nil, "--nice"},
		{s.IOPriority != nil, "--ionice"}, {s.CPUs != nil, "--cpus"}, {s.OOMScore != nil, "--oom-score-adj"},
		{s.NoNewPrivs, "--no-new-privs"}, {s.Session == Foreground, "--tty"}, {s.Forking, "--forking"},
	} {
		if asked.it {
			return nil, fmt.Errorf("%s is not available on %s", asked.name, runtime.GOOS)
		}
	}
	return &plan{spec: s, files: candidates(s.Argv[0], s.Env)}, nil
}

func (p *plan) start(env []string) (int, *os.File, error) {
	s := p.spec
	attr := &syscall.ProcAttr{Env: env, Dir: s.Dir, Sys: &syscall.SysProcAttr{
		Setsid: s.Session == OwnSession, Setpgid: s.Session == OwnGroup,
	}}
	if c := s.User; c != nil && !c.unchanged() {
		attr.Sys.Credential = &syscall.Credential{Uid: c.UID, Gid: c.GID, Groups: c.Groups}
	}
	opened, err := p.openFiles(attr)
	for _, f := range opened {
		defer f.Close()
	}
	if err != nil {
		return 0, nil, err
	}
	worst := error(syscall.ENOENT)
	for _, file := range p.files {
		pid, err := syscall.ForkExec(file, s.Argv, attr)
		switch {
		case err == nil:
			return pid, nil, nil
		case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOMEM):
			return 0, nil, fmt.Errorf("cannot fork: %w", err)
		case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
		default:
			worst = err
		}
	}
	status := 126
	if errors.Is(worst, syscall.ENOENT) {
		status = 127
	}
	return 0, nil, &supervise.StartError{Status: status, Text: fmt.Sprintf("cannot execute %q", s.Argv[0]), Err: worst}
}

// openFiles fills in attr.Files; what it returns is the caller's to close.
func (p *plan) openFiles(attr *syscall.ProcAttr) ([]*os.File, error) {
	var opened []*os.File
	for i, fd := range p.spec.Stdio {
		if fd == SameAsStdout {
			fd = int(attr.Files[1])
		}
		if path := p.spec.Open[i]; path != "" {
			flags := os.O_RDONLY | syscall.O_NOCTTY
			if i > 0 {
				flags = os.O_WRONLY | os.O_APPEND | os.O_CREATE | syscall.O_NOCTTY
			}
			f, err := os.OpenFile(path, flags, 0o666)
			if err != nil {
				return opened, &supervise.StartError{Status: 125, Text: fmt.Sprintf("cannot open %q", path), Err: err}
			}
			opened = append(opened, f)
			fd = int(f.Fd())
		}
		attr.Files = append(attr.Files, uintptr(fd))
	}
	return opened, nil
}

func (c *Children) giveTerminal(*plan) error { return nil }

func (p *plan) verdict(*os.File, int) verdict { return verdict{} }
