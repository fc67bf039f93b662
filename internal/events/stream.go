// Package events writes the event stream of --write-info: a line for each
// change, for whoever cares to read. It never blocks: what a reader does not
// take is dropped and counted, and the count is told when it reads again.
package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"time"

	"dmon/supervise"
)

// Stream is an event stream. It is used from one goroutine.
type Stream struct {
	path    string
	json    bool
	kind    fs.FileMode // of the file: 0, ModeNamedPipe or ModeSocket
	fd      int         // -1 while nobody reads
	rest    []byte      // of a line that was written in part
	dropped uint64
	seq     uint64
}

// Open returns the stream to path: a FIFO or a Unix socket that is there, or
// else a file, which is created and appended to. That nobody reads a FIFO or a
// socket is no error. asJSON chooses the format.
func Open(path string, asJSON bool) (*Stream, error) {
	s := &Stream{path: path, json: asJSON, fd: -1}
	info, err := os.Stat(path)
	if err == nil {
		s.kind = info.Mode() & (fs.ModeNamedPipe | fs.ModeSocket)
	}
	if err := s.connect(); err != nil && !nobodyReads(err) {
		return nil, fmt.Errorf("cannot open %s: %w", path, err)
	}
	return s, nil
}

// nobodyReads reports whether err is what opening a FIFO, or connecting to a
// socket, fails with as long as nobody reads there.
func nobodyReads(err error) bool {
	return errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EAGAIN)
}

func (s *Stream) connect() error {
	if s.kind == fs.ModeSocket {
		return s.dial()
	}
	fd, err := syscall.Open(s.path, syscall.O_WRONLY|syscall.O_APPEND|syscall.O_CREAT|syscall.O_NONBLOCK|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0o644)
	if err != nil {
		return err
	}
	s.fd = fd
	return nil
}

// dial connects to a socket of either type.
func (s *Stream) dial() error {
	var err error
	for _, typ := range []int{syscall.SOCK_STREAM, syscall.SOCK_DGRAM} {
		var fd int
		if fd, err = syscall.Socket(syscall.AF_UNIX, typ, 0); err != nil {
			return err
		}
		syscall.CloseOnExec(fd)
		if err = syscall.SetNonblock(fd, true); err == nil {
			err = syscall.Connect(fd, &syscall.SockaddrUnix{Name: s.path})
		}
		if err == nil {
			s.fd = fd
			return nil
		}
		syscall.Close(fd)
		if !errors.Is(err, syscall.EPROTOTYPE) {
			return err
		}
	}
	return err
}

// Write tells e, as far as the format has a line for it.
func (s *Stream) Write(e supervise.Event) {
	line := s.format(e)
	if line == nil {
		return
	}
	if s.fd < 0 && s.connect() != nil {
		s.dropped++
		return
	}
	if !s.flush() || s.dropped > 0 && !s.put(s.lost(e.Time)) {
		s.dropped++
		return
	}
	s.dropped = 0
	if !s.put(line) {
		s.dropped++
	}
}

// flush writes what is left of a line that was begun, so that no reader finds
// half of one glued to the next.
func (s *Stream) flush() bool {
	line := s.rest
	s.rest = nil
	return len(line) == 0 || s.put(line) && len(s.rest) == 0
}

// put writes a line; false means that nothing of it was taken. What was not
// taken of one that was begun is kept for flush.
func (s *Stream) put(line []byte) bool {
	n, err := 0, error(syscall.EINTR)
	for errors.Is(err, syscall.EINTR) {
		n, err = syscall.Write(s.fd, line)
	}
	if err == nil {
		s.rest = append([]byte(nil), line[n:]...)
		return true
	}
	if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.ENOSPC) {
		s.Close() // the reader is gone; the next event looks for a new one
	}
	return false
}

// Close closes the stream. What follows would open it again.
func (s *Stream) Close() {
	if s.fd >= 0 {
		syscall.Close(s.fd)
		s.fd, s.rest = -1, nil
	}
}

// record is an event in JSON. Numbers that an event does not have are left
// out; status is as waitpid(2) gives it.
type record struct {
	Time   string  `json:"time"`
	Seq    uint64  `json:"seq"`
	Task   string  `json:"task"`
	Event  string  `json:"event"`
	Pid    int     `json:"pid,omitempty"`
	Run    int     `json:"run,omitempty"`
	Status *uint32 `json:"status,omitempty"`
	Signal int     `json:"signal,omitempty"`
	Count  int     `json:"count,omitempty"`
	Delay  float64 `json:"delay,omitempty"`
	Cause  string  `json:"cause,omitempty"`
}

// plain are the events that have a line in the format of the C original.
var plain = map[supervise.Kind]bool{
	supervise.Started: true, supervise.Stopping: true, supervise.Exited: true, supervise.Sent: true,
	supervise.TimedOut: true, supervise.Paused: true, supervise.Resumed: true,
}

func (s *Stream) format(e supervise.Event) []byte {
	if !s.json {
		if !plain[e.Kind] {
			return nil
		}
		return []byte(e.String() + "\n")
	}
	r := record{
		Task: e.Task.String(), Event: e.Kind.String(), Pid: e.Pid, Run: e.Run,
		Signal: int(e.Signal), Count: e.Count, Delay: e.Delay.Seconds(), Cause: e.Cause,
	}
	if e.Kind == supervise.Exited {
		status := uint32(e.Status)
		r.Status = &status
	}
	if e.Err != nil {
		r.Cause = e.Err.Error()
	}
	// Every event has a number, dropped or not, so that a reader sees what is missing.
	s.seq++
	r.Seq = s.seq
	return marshal(e.Time, r)
}

// lost is the line that tells how many were dropped. It has the number of the
// last of them, and comes in front of the event that was numbered after it.
func (s *Stream) lost(now time.Time) []byte {
	if s.json {
		return marshal(now, record{Seq: s.seq - 1, Task: "dmon", Event: "dropped", Count: int(s.dropped)})
	}
	return []byte("dmon dropped " + strconv.FormatUint(s.dropped, 10) + "\n")
}

func marshal(now time.Time, r record) []byte {
	r.Time = now.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
	line, err := json.Marshal(r)
	if err != nil {
		return nil // a struct of strings and numbers always can be
	}
	return append(line, '\n')
}
