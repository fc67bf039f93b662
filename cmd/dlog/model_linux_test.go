package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/logfile"
	"dmon/internal/place"
	"dmon/internal/sinks"
	"dmon/logpipe"
)

// killed is what ends a life in the model.
type killed struct{}

// inode is what the disk knows of a file.
type inode struct {
	pending int64      // first byte not synced, negative for none
	lost    [][2]int64 // what a failed sync gave up
}

// model is a world in which everything goes wrong in a random order: others
// move, remove, compress and write files, disks fail, and the process is killed
// at any call. It remembers what everybody who looks has seen.
type model struct {
	t      *testing.T
	r      *rand.Rand
	allow  string // words for what may happen
	dir    string
	path   string
	pipe   []byte
	shown  int
	sig    *sinks.Signals
	calls  *logfile.Calls
	inodes map[uint64]*inode
	full   int // writes that fail yet
	opens  int // opens that fail yet
	faults int // how many more
	steps  int
	kills  int
	eios   int
	others int    // lines of other writers
	files  []kept // what became of files, in the order in which they lost their name
	log    []string
	turns  func(time.Time) (last, next time.Time) // of the calendar
}

// kept is a file that lost its name: where it is, or, when it was removed or
// compressed, what was in it.
type kept struct {
	name string
	text []byte
	read bool // text was read, by somebody who then removes the file
	gone bool
}

func (m *model) note(f string, a ...any) { m.log = append(m.log, fmt.Sprintf(f, a...)) }

func (m *model) may(what string, one int) bool {
	if !strings.Contains(m.allow, what) || m.faults <= 0 || m.r.IntN(one) != 0 {
		return false
	}
	m.faults--
	return true
}

func (m *model) step() {
	if m.steps++; m.steps > 20000 {
		m.t.Fatalf("does not end: %s", strings.Join(m.log[max(0, len(m.log)-30):], "; "))
	}
}

func (m *model) kill(where string) {
	if m.may("kill", 40) {
		m.kills++
		m.note("KILL %s", where)
		panic(killed{})
	}
}

func (m *model) inode(fd int) (*inode, int64) {
	var st unix.Stat_t
	_ = unix.Fstat(fd, &st)
	if m.inodes[st.Ino] == nil {
		m.inodes[st.Ino] = &inode{pending: -1}
	}
	return m.inodes[st.Ino], st.Size
}

func (m *model) write(fd int, p []byte) (int, error) {
	m.step()
	m.disturb()
	i, size := m.inode(fd)
	if i.pending < 0 {
		i.pending = size
	}
	if m.full == 0 && m.may("full", 15) {
		m.full = 1 + m.r.IntN(3)
		n, _ := unix.Write(fd, p[:m.r.IntN(len(p)+1)])
		m.note("full after %d of %d", n, len(p))
		if n > 0 {
			return n, nil // the error comes with the next write
		}
		return 0, unix.ENOSPC
	}
	if m.full > 0 {
		m.full--
		return 0, unix.ENOSPC
	}
	if m.may("kill", 25) {
		n, _ := unix.Write(fd, p[:m.r.IntN(len(p)+1)])
		m.kills++
		m.note("KILL after %d of %d", n, len(p))
		panic(killed{})
	}
	n, err := unix.Write(fd, p)
	m.note("write %d %q", n, p[:min(len(p), 14)])
	m.disturb()
	return n, err
}

func (m *model) truncate(fd int, size int64) error {
	m.step()
	m.kill("before truncate")
	i, _ := m.inode(fd)
	err := unix.Ftruncate(fd, size)
	m.note("truncate to %d: %v", size, err)
	for k := range i.lost {
		i.lost[k][1] = min(i.lost[k][1], size)
	}
	i.pending = min(i.pending, size)
	m.kill("behind truncate")
	return err
}

func (m *model) sync(fd int) error {
	m.step()
	m.disturb()
	m.kill("before sync")
	i, size := m.inode(fd)
	if m.may("eio", 12) {
		m.eios++
		if i.pending >= 0 && i.pending < size {
			i.lost = append(i.lost, [2]int64{i.pending, size})
		}
		i.pending = -1
		m.note("sync fails at %d", size)
		return unix.EIO
	}
	i.pending = -1
	m.note("sync at %d", size)
	m.kill("behind sync")
	return nil
}

func (m *model) rename(d *place.Dir, from, to string) error {
	m.step()
	m.kill("before rename")
	if m.may("rename", 10) {
		m.note("rename refused")
		return unix.EACCES
	}
	err := logfile.System().Rename(d, from, to)
	m.note("rename %s to %s: %v", from, to, err)
	switch {
	case err == nil && from == "log":
		m.files = append(m.files, kept{name: m.dir + "/" + to})
	case err == nil: // taken back
		m.files = slices.DeleteFunc(m.files, func(k kept) bool { return k.name == m.dir+"/"+from })
	}
	m.kill("behind rename")
	return err
}

func (m *model) open(d *place.Dir, name string, flags int, mode uint32) (int, place.Info, error) {
	m.step()
	if m.opens == 0 && m.may("open", 10) {
		m.opens = 1 + m.r.IntN(3)
	}
	if m.opens > 0 {
		m.opens--
		m.note("open refused")
		return -1, place.Info{}, unix.EMFILE
	}
	if strings.Contains(m.allow, "named") && flags&unix.O_TMPFILE == unix.O_TMPFILE {
		return -1, place.Info{}, unix.EOPNOTSUPP
	}
	fd, info, err := d.OpenFD(name, flags, mode)
	m.note("open %s %d %v", name, fd, err)
	if err == nil && m.may("kill", 40) {
		_ = unix.Close(fd)
		m.kills++
		m.note("KILL behind open")
		panic(killed{})
	}
	return fd, info, err
}

// disturb is what others do.
func (m *model) disturb() {
	switch {
	case m.may("hup", 30):
		m.note("HUP")
		m.sig.Ask(sinks.Hup)
	case m.may("alrm", 30):
		m.note("ALRM")
		m.sig.Ask(sinks.Alarm)
	case m.may("term", 40):
		m.note("TERM")
		m.sig.Ask(sinks.Term)
	case m.may("move", 30):
		m.move()
	case m.may("remove", 40):
		if b, err := os.ReadFile(m.path); err == nil && os.Remove(m.path) == nil {
			m.note("removed by others, with %d bytes", len(b))
			m.files = append(m.files, kept{text: b, gone: true})
		}
	case m.may("writer", 10):
		m.append()
	}
	for i := range m.files {
		k := &m.files[i]
		switch {
		case k.gone || !strings.Contains(k.name, "moved") || !strings.Contains(m.allow, "zip") || m.r.IntN(4) != 0:
		case !k.read:
			k.text, _ = os.ReadFile(k.name)
			k.read = true
			m.note("others compress %s: %d bytes", k.name[len(m.dir)+1:], len(k.text))
		default:
			_ = os.Remove(k.name)
			k.gone = true
		}
	}
}

func (m *model) move() {
	to := fmt.Sprintf("%s/moved%03d", m.dir, len(m.files))
	if os.Rename(m.path, to) != nil {
		return
	}
	m.files = append(m.files, kept{name: to})
	m.note("moved away by others")
	if strings.Contains(m.allow, "torn") && m.r.IntN(2) == 0 {
		m.note("somebody else's file there")
		_ = os.WriteFile(m.path, []byte("somebody's half"), 0o600)
	}
	if m.r.IntN(2) == 0 {
		m.sig.Ask(sinks.Hup)
	}
}

// append is another dlog, which appends a line of its own.
func (m *model) append() {
	fd, err := unix.Open(m.path, unix.O_RDWR|unix.O_APPEND, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) != nil {
		return // it waits
	}
	var st unix.Stat_t
	_ = unix.Fstat(fd, &st)
	line, last := []byte("another's line\n"), []byte{'\n'}
	if st.Size > 0 {
		_, _ = unix.Pread(fd, last, st.Size-1)
	}
	if last[0] != '\n' {
		line = append([]byte{'\n'}, line...)
	}
	_, _ = unix.Write(fd, line)
	m.others++
	m.note("another writes at %d", st.Size)
}

// modelSource shows more and more of the pipe.
type modelSource struct {
	*model
	seen int
}

func (s *modelSource) Held() int { return 0 }
func (s *modelSource) Slow()     {}

func (s *modelSource) Next(time.Duration) ([]byte, bool, error) {
	s.step()
	s.disturb()
	fd, _ := s.sig.FD()
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, _ := unix.Poll(fds, 0); n > 0 {
		return nil, false, logpipe.ErrWoken
	}
	if s.seen == len(s.pipe) {
		return s.pipe, true, io.EOF
	}
	s.seen = max(s.seen+1+s.r.IntN(min(400, len(s.pipe)-s.seen)), s.shown)
	s.shown = s.seen
	return s.pipe[:s.seen], false, nil
}

func (s *modelSource) Take(n int) error {
	s.kill("before take")
	s.pipe = s.pipe[n:]
	s.seen -= n
	s.shown -= n
	s.note("take %d", n)
	s.kill("behind take")
	return nil
}

var errKilled = errors.New("killed")

// life is one process.
func (m *model) life(o *options) (err error) {
	var s *sink
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(killed); !ok {
				panic(r)
			}
			err = errKilled
		}
		if s != nil {
			s.file.Close(closed())
		}
	}()
	m.note("-- a life")
	m.sig.Take()
	format := o.format()
	p := &sinks.Program{Name: program, Stdout: io.Discard, Messages: io.Discard, Signals: m.sig}
	settings := o.logfile()
	settings.Calls, settings.Retry, settings.Turns = m.calls, time.Microsecond, m.turns
	if s, err = o.open(p, format, settings); err != nil {
		return errKilled // dmon starts it again
	}
	return logpipe.Copy(&modelSource{model: m}, s, format)
}
