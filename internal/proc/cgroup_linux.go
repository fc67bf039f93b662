package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Group is a cgroup (v2) that the command's tree is born into. What leaves it,
// or was never in it, is the walk's business, as all is where there is no
// Group: a nil *Group is one that we may not have. It is used from the loop's
// goroutine only.
type Group struct {
	path  string
	fd    int  // of the directory; its lock says that the owner lives
	owner bool // a pid file that we hold says that it is ours
	left  int  // what was in it
	state groupState
}

// OpenGroup makes a cgroup below our own, or returns nil where that is not to
// be had, whatever the reason. pidFile, unless "", is a pid file that we hold:
// it names the group, so that a later dmon with the same file knows it. Remove
// it in the end.
func OpenGroup(pidFile string) *Group {
	parent, err := ownCgroup()
	if err != nil {
		return nil
	}
	self := "dmon." + strconv.Itoa(os.Getpid())
	if pidFile != "" {
		if name, err := groupName(pidFile); err == nil {
			if g, taken := takeGroup(parent+"/"+name, true); !taken {
				return g.counted().proven(parent)
			}
		}
	}
	// A number comes round, and what a namesake left may be populated still.
	for _, name := range []string{self, self + ".1", self + ".2"} {
		g, taken := takeGroup(parent+"/"+name, false)
		switch {
		case g != nil && g.counted().left == 0:
			return g.proven(parent)
		case g == nil && !taken:
			return nil
		}
		g.close()
	}
	return nil
}

// GroupPlace is the cgroup that a group of ours would be made in, for
// explanations; it fails where we may not make one.
func GroupPlace() (string, error) {
	parent, err := ownCgroup()
	if err == nil {
		err = unix.Faccessat(unix.AT_FDCWD, parent, unix.W_OK, unix.AT_EACCESS)
	}
	return parent, err
}

// groupName stands for the file and not for its path, which means another file
// in another root. While a member lives its mounts do, so that the device keeps
// its number.
func groupName(pidFile string) (string, error) {
	var s unix.Stat_t
	dir, base := filepath.Split(pidFile)
	if err := unix.Stat(filepath.Clean(dir), &s); err != nil {
		return "", err
	}
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, base)
	sum := uint64(14695981039346656037) // FNV-1a
	for _, b := range []byte(fmt.Sprintf("%d %d %s", s.Dev, s.Ino, base)) {
		sum = (sum ^ uint64(b)) * 1099511628211
	}
	return fmt.Sprintf("dmon.%.40s.%016x", plain, sum), nil
}

// sweepTries is for how many milliseconds a lock may be that of a sweep.
const sweepTries = 50

// takeGroup makes or takes over the cgroup at path; taken means that another
// dmon has it, which a lock alone does not say where a pid file has named us the
// owner. A directory that somebody removed before we had its lock is no longer
// the one at path: one that is new and not locked yet, another dmon's sweep takes
// for one that was left.
func takeGroup(path string, owner bool) (g *Group, taken bool) {
	for tries := range 2 * sweepTries {
		made := unix.Mkdir(path, 0o755)
		if made != nil && !errors.Is(made, unix.EEXIST) {
			return nil, false
		}
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if errors.Is(err, unix.ENOENT) {
			continue
		}
		if err != nil {
			return nil, false
		}
		g := &Group{path: path, fd: fd, owner: owner}
		if made != nil {
			g.state = found | frozen | spent // for all we know
		}
		if unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) != nil && (!owner || ownedByOther(fd)) {
			g.close()
			if owner && tries < sweepTries {
				_, _ = unix.Poll(nil, 1)
				continue
			}
			return nil, true
		}
		var ours, there unix.Stat_t
		err = errors.Join(unix.Fstat(fd, &ours), unix.Stat(path, &there))
		switch {
		case err != nil || ours.Ino != there.Ino:
			g.close()
		case int(ours.Uid) != unix.Geteuid():
			g.close()
			return nil, true
		default:
			return g, false
		}
	}
	return nil, false
}

// proven is g if it can be used. What a predecessor left in it has to go anyhow.
func (g *Group) proven(parent string) *Group {
	if g == nil || g.left > 0 {
		return g
	}
	if root := unix.Access(parent+"/cgroup.type", unix.F_OK) != nil; !root && (g.state.has(spent) && !g.renew() || !g.bears()) {
		_ = unix.Rmdir(g.path)
		g.close()
		return nil
	}
	return g
}

// counted notes what is in a group that was there before us.
func (g *Group) counted() *Group {
	if g == nil || !g.state.has(found) {
		return g
	}
	if g.says("populated 0") {
		g.thaw() // it may have been paused
	} else {
		g.left = len(g.pids())
	}
	return g
}

func (g *Group) close() {
	if g != nil {
		unix.Close(g.fd)
	}
}

// Left is how many processes a dmon with the same pid file left behind when it
// was killed: its lock was free, and nobody else knows the name.
func (g *Group) Left() int {
	if g == nil {
		return 0
	}
	return g.left
}

// Clear ends what is left: TERM, and KILL when grace is over or hurry tells.
func (g *Group) Clear(grace time.Duration, hurry <-chan struct{}) error {
	for _, sig := range []syscall.Signal{unix.SIGTERM, unix.SIGCONT} {
		for _, pid := range g.pids() {
			g.signal(pid, sig)
		}
	}
	g.thaw()
	deadline := time.Now().Add(grace)
	for !g.wait("populated 0", min(grace, hurryTime)) {
		if told(hurry) || !time.Now().Before(deadline) {
			break
		}
	}
	if g.says("populated 0") {
		return nil
	}
	if g.write("cgroup.kill", "1") != nil {
		for _, pid := range g.pids() {
			g.signal(pid, unix.SIGKILL)
		}
	}
	if !g.wait("populated 0", killTime) {
		return fmt.Errorf("cannot end what a killed dmon left in cgroup %s: %d processes", g.path, len(g.pids()))
	}
	return nil
}

// hurryTime is how long a request to hurry may wait to be noticed.
const hurryTime = 50 * time.Millisecond

func told(hurry <-chan struct{}) bool {
	select {
	case <-hurry:
		return true
	default:
		return false
	}
}

// killTime is how long members may take to die of KILL.
const killTime = 5 * time.Second

// signal reaches a member and nobody else: the descriptor is of whoever has the
// number now, and that is asked for after it was opened.
func (g *Group) signal(pid int, sig syscall.Signal) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return // gone
	}
	defer unix.Close(fd)
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cgroup")
	if err != nil {
		return
	}
	if within(text, filepath.Base(g.path)) {
		_ = unix.PidfdSendSignal(fd, sig, nil, 0) // what refuses gets KILL from the group
	}
}

// kill ends all members at once, those that fork too, and waits for that as
// long as a walk may take; then it lets go what a pause held, for the next run.
func (g *Group) kill() {
	if g == nil {
		return
	}
	if g.write("cgroup.kill", "1") == nil {
		g.state |= spent
		g.wait("populated 0", walkTime)
	}
	g.thaw()
}

// freeze reports whether the members stand still, or will as soon as each
// leaves the system call it is in.
func (g *Group) freeze() bool {
	if g == nil || g.write("cgroup.freeze", "1") != nil {
		return false
	}
	// Once is enough: one that stays in a system call, such as the parent in a
	// vfork, would hold us up each time.
	if !g.state.has(frozen) {
		g.state |= frozen
		g.wait("frozen 1", walkTime)
	}
	return true
}

func (g *Group) thaw() {
	if g != nil && g.state.has(frozen) && g.write("cgroup.freeze", "0") == nil {
		g.state &^= frozen
	}
}

func (g *Group) write(name, text string) error {
	fd, err := unix.Openat(g.fd, name, unix.O_WRONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	_, err = unix.Write(fd, []byte(text))
	return err
}

func (g *Group) says(line string) bool { return g.wait(line, 0) }

// wait waits for a line of cgroup.events. The kernel tells of no more than one
// change in 10 ms and keeps the next until they are over, hence the looks
// between.
func (g *Group) wait(line string, bound time.Duration) bool {
	fd, err := unix.Openat(g.fd, "cgroup.events", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return line == "populated 0" // it was removed, which takes an empty one
	}
	defer unix.Close(fd)
	look := int(max(time.Millisecond, bound/100) / time.Millisecond)
	for deadline := time.Now().Add(bound); ; {
		var b [128]byte
		n, err := unix.Pread(fd, b[:], 0)
		if errors.Is(err, unix.ENODEV) {
			return line == "populated 0"
		}
		if n > 0 && bytes.Contains(b[:n], []byte(line)) {
			return true
		}
		if !time.Now().Before(deadline) {
			return false
		}
		_, _ = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLPRI}}, look)
	}
}
