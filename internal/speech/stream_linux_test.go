package speech

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// helperVariable makes the test binary something else for a test.
const helperVariable = "SPEECH_TEST_HELPER"

func TestMain(m *testing.M) {
	switch os.Getenv(helperVariable) {
	case "leader":
		os.Exit(leader())
	case "speaker":
		_, _ = fmt.Fprintln(NewStream("test", 2), "from behind")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func newPipe(t *testing.T) (r, w int) {
	t.Helper()
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(p[0]); unix.Close(p[1]) })
	return p[0], p[1]
}

// fill writes to fd until it takes nothing more.
func fill(t *testing.T, fd int) {
	t.Helper()
	if err := unix.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.SetNonblock(fd, false) }()
	for size := 4096; size > 0; {
		if _, err := unix.Write(fd, make([]byte, size)); err == unix.EAGAIN {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// drain reads what is in fd now.
func drain(t *testing.T, fd int) string {
	t.Helper()
	_ = unix.SetNonblock(fd, true)
	defer func() { _ = unix.SetNonblock(fd, false) }()
	var got []byte
	buf := make([]byte, 1<<16)
	for {
		n, err := unix.Read(fd, buf)
		if n <= 0 {
			if err != nil && err != unix.EAGAIN && err != unix.EIO {
				t.Fatal(err)
			}
			return string(got)
		}
		got = append(got, buf[:n]...)
	}
}

func TestF79FullPipeThenRoom(t *testing.T) {
	r, w := newPipe(t)
	fill(t, w)
	s := NewStream("test", w)
	for i := range 3 {
		fmt.Fprintf(s, "test: %d\n", i)
	}
	drain(t, r)
	fmt.Fprintln(s, "test: four")
	fmt.Fprintln(s, "test: five")
	if got := drain(t, r); got != "test: 3 messages were dropped here\ntest: four\ntest: five\n" {
		t.Errorf("%q", got)
	}
}

// A full socket, as services have it, and one that has room for a part only.
func TestF79FullSocket(t *testing.T) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fds[1])
	defer unix.Close(fds[0])
	fill(t, fds[1])
	s := NewStream("test", fds[1])
	fmt.Fprintln(s, "test: lost")
	drain(t, fds[0])
	fmt.Fprintln(s, "test: heard")
	if got := drain(t, fds[0]); got != "test: 1 messages were dropped here\ntest: heard\n" {
		t.Errorf("%q", got)
	}
}

func TestF79ReaderGone(t *testing.T) {
	for name, fd := range map[string]func() int{
		"pipe": func() int {
			var p [2]int
			if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
				t.Fatal(err)
			}
			unix.Close(p[0])
			return p[1]
		},
		"socket": func() int {
			fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			unix.Close(fds[0])
			return fds[1]
		},
		"full device": func() int {
			fd, err := unix.Open("/dev/full", unix.O_WRONLY|unix.O_CLOEXEC, 0)
			if err != nil {
				t.Fatal(err)
			}
			return fd
		},
		"none": func() int { return -1 },
	} {
		t.Run(name, func(t *testing.T) {
			n := fd()
			defer unix.Close(n)
			s := NewStream("test", n)
			if got, err := fmt.Fprintln(s, "test: to nobody"); got != 16 || err != nil || s.dropped != 1 {
				t.Errorf("%d, %v, %d dropped", got, err, s.dropped)
			}
		})
	}
}

// A pipe that says it has room has room for a page.
func TestF79LongerThanAPage(t *testing.T) {
	r, w := newPipe(t)
	fill(t, w)
	buf := make([]byte, 4096)
	if _, err := unix.Read(r, buf); err != nil {
		t.Fatal(err)
	}
	s := NewStream("test", w)
	fmt.Fprintf(s, "%s\n", strings.Repeat("ä", 5000))
	got := drain(t, r)
	got = got[strings.LastIndexByte(got, 0)+1:]
	if len(got) != 4095 || strings.Trim(got, "ä") != "\n" {
		t.Errorf("%d bytes, %q", len(got), got[max(0, len(got)-10):])
	}
}

// terminal is a pseudo-terminal; what is written to the slave stays as it is.
func terminal(t *testing.T) (master, slave int) {
	t.Helper()
	master, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(master) })
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(master, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err = unix.Open(fmt.Sprintf("/dev/pts/%d", n), unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(slave) })
	mode, err := unix.IoctlGetTermios(slave, unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	mode.Oflag &^= unix.OPOST
	if err := unix.IoctlSetTermios(slave, unix.TCSETS, mode); err != nil {
		t.Fatal(err)
	}
	return master, slave
}

// As after ^S.
func TestF79StoppedTerminal(t *testing.T) {
	master, slave := terminal(t)
	if err := unix.IoctlSetInt(slave, unix.TCXONC, unix.TCOOFF); err != nil {
		t.Fatal(err)
	}
	s := NewStream("test", slave)
	fmt.Fprintln(s, "test: lost")
	if err := unix.IoctlSetInt(slave, unix.TCXONC, unix.TCOON); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(s, "test: heard")
	if got := drain(t, master); got != "test: 1 messages were dropped here\ntest: heard\n" {
		t.Errorf("%q", got)
	}
}

// A terminal says that it has room when that is not enough for a message.
func TestF79TerminalWithLittleRoom(t *testing.T) {
	master, slave := terminal(t)
	fill(t, slave)
	buf := make([]byte, 100)
	for range 50 { // it gives room when it likes
		if _, err := unix.Read(master, buf); err != nil {
			t.Fatal(err)
		}
		s := NewStream("test", slave)
		for s.dropped == 0 && s.FD() == slave {
			fmt.Fprintln(s, "test: "+strings.Repeat("x", 4000))
		}
	}
}

// What was written of a message in part is not the beginning of the next.
func TestTornMessage(t *testing.T) {
	r, w := newPipe(t)
	s := NewStream("test", w)
	s.torn, s.dropped = true, 1
	fmt.Fprintln(s, "test: whole")
	if got := drain(t, r); got != "\ntest: 1 messages were dropped here\ntest: whole\n" {
		t.Errorf("%q", got)
	}
}

// leader has a terminal that stops who writes from the background, and a child
// there. Its status is 0 where that was not stopped.
func leader() int {
	mode, err := unix.IoctlGetTermios(2, unix.TCGETS)
	if err != nil {
		return 90
	}
	mode.Lflag |= unix.TOSTOP
	if err := unix.IoctlSetTermios(2, unix.TCSETS, mode); err != nil {
		return 91
	}
	pid, err := syscall.ForkExec("/proc/self/exe", []string{"speaker"}, &syscall.ProcAttr{
		Env: []string{helperVariable + "=speaker"}, Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return 92
	}
	var status unix.WaitStatus
	if _, err := unix.Wait4(pid, &status, unix.WUNTRACED, nil); err != nil || !status.Exited() {
		_ = unix.Kill(pid, unix.SIGKILL)
		return 1
	}
	return status.ExitStatus()
}

func TestF79InTheBackgroundOfATerminal(t *testing.T) {
	master, slave := terminal(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), helperVariable+"=leader")
	again, err := unix.FcntlInt(uintptr(slave), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		t.Fatal(err)
	}
	tty := os.NewFile(uintptr(again), "terminal")
	defer tty.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Run(); err != nil {
		t.Error(err)
	}
	if got := drain(t, master); !bytes.Contains([]byte(got), []byte("from behind")) {
		t.Errorf("%q", got)
	}
}
