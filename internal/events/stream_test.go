package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dmon/supervise"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 123456789, time.FixedZone("", 3600))

// event is the nth of a series that is easy to tell apart.
func event(n int) supervise.Event {
	return supervise.Event{Time: noon, Task: supervise.Cmd, Kind: supervise.Started, Pid: n, Run: n}
}

func open(t *testing.T, path string, asJSON bool) *Stream {
	t.Helper()
	s, err := Open(path, Options{JSON: asJSON})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func fifo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// reader opens a FIFO without waiting, and reads what is there.
type reader struct {
	t  *testing.T
	fd int
}

func openReader(t *testing.T, path string) *reader {
	t.Helper()
	fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{t, fd}
	t.Cleanup(r.close)
	return r
}

func (r *reader) close() {
	if r.fd >= 0 {
		syscall.Close(r.fd)
		r.fd = -1
	}
}

func (r *reader) read(most int) string {
	r.t.Helper()
	var all []byte
	buf := make([]byte, 4096)
	for len(all) < most {
		n, err := syscall.Read(r.fd, buf[:min(len(buf), most-len(all))])
		if n <= 0 {
			if err != nil && !errors.Is(err, syscall.EAGAIN) {
				r.t.Fatal(err)
			}
			break
		}
		all = append(all, buf[:n]...)
	}
	return string(all)
}

const everything = 1 << 30

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(path, []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, false)
	for _, e := range []supervise.Event{
		{Kind: supervise.Started, Pid: 5}, {Kind: supervise.Stopping, Pid: 5}, {Kind: supervise.Sent, Pid: 5, Signal: 15},
		{Kind: supervise.TimedOut, Pid: 5}, {Kind: supervise.Paused, Pid: 5}, {Kind: supervise.Resumed, Pid: 5},
		{Kind: supervise.Delayed, Delay: time.Second}, {Kind: supervise.Leaving, Cause: "x"},
		{Kind: supervise.Exited, Pid: 5, Status: 3 << 8}, {Task: supervise.Log, Kind: supervise.Exited, Pid: 6, Status: 9},
	} {
		s.Write(e)
	}
	text, err := os.ReadFile(path)
	want := "before\ncmd start 5\ncmd stop 5\ncmd signal 5 15\ncmd timeout 5\ncmd pause 5\ncmd resume 5\ncmd exit 5 768\nlog exit 6 9\n"
	if err != nil || string(text) != want {
		t.Errorf("%q, not %q, %v", text, want, err)
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]error{dir: syscall.EISDIR, dir + "/no/such": syscall.ENOENT} {
		if s, err := Open(path, Options{}); !errors.Is(err, want) || s != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	// Nobody who reads is no failure, of a socket that is dead neither.
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: dir + "/dead", Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	open(t, dir+"/dead", false).Write(event(1))
	open(t, fifo(t), false).Write(event(1))
}

// What nobody reads is counted, and the count told to whoever comes.
func TestFifoWithoutReader(t *testing.T) {
	path := fifo(t)
	s := open(t, path, false)
	s.Write(event(1))
	s.Write(event(2))
	r := openReader(t, path)
	s.Write(event(3))
	s.Write(event(4))
	if got, want := r.read(everything), "dmon dropped 2\ncmd start 3\ncmd start 4\n"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	r.close()
	s.Write(event(5)) // finds that the reader is gone
	s.Write(event(6))
	r = openReader(t, path)
	s.Write(event(7))
	if got, want := r.read(everything), "dmon dropped 2\ncmd start 7\n"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

// TestAnotherKind: what was a FIFO stays one, or is not written to.
func TestAnotherKind(t *testing.T) {
	path := fifo(t)
	s := open(t, path, false)
	r := openReader(t, path)
	s.Write(event(1))
	r.close()
	if err := errors.Join(os.Remove(path), os.WriteFile(path, []byte("mine\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	s.Write(event(2))
	s.Write(event(3))
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine\n" {
		t.Errorf("the file holds %q, %v", b, err)
	}
}

// A reader that reads now and then, any number of bytes at a time: every line
// is whole, in order, and all that are missing are counted, in both formats.
func TestSlowReader(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		for _, most := range []int{1, 1000, 3000} {
			path := fifo(t)
			r := openReader(t, path)
			s := open(t, path, asJSON)
			var got strings.Builder
			const last = 12000
			for n := 1; n <= last; n++ {
				s.Write(event(n))
				if n%500 == 0 {
					got.WriteString(r.read(most))
				}
			}
			got.WriteString(r.read(everything))
			s.Write(event(last + 1)) // tells what is uncounted yet
			got.WriteString(r.read(everything))
			checkSeries(t, fmt.Sprintf("json %v, %d bytes at a time", asJSON, most), got.String(), asJSON, last+1)
			r.close()
			s.Close()
		}
	}
}

// parsed is what the tests look at in a line.
type parsed struct {
	Seq   uint64
	Event string
	Pid   int
	Count int
	Cause string
}

func parse(t *testing.T, line string) (r parsed) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatalf("%.200q: %v", line, err)
	}
	return r
}

func checkSeries(t *testing.T, name, text string, asJSON bool, last int) {
	t.Helper()
	next, lost := 1, 0
	for line := range strings.Lines(text) {
		var n, count int
		switch {
		case asJSON:
			r := parse(t, line)
			n, count = r.Pid, r.Count
			// Numbers are those of the events; that of a count is the last one it counts.
			if want := n; r.Event != "dropped" && int(r.Seq) != want || r.Event == "dropped" && int(r.Seq) != next+count-1 {
				t.Fatalf("%s: after event %d the number %d in %q", name, next-1, r.Seq, line)
			}
		default:
			if _, err := fmt.Sscanf(line, "dmon dropped %d\n", &count); err != nil {
				if _, err := fmt.Sscanf(line, "cmd start %d\n", &n); err != nil {
					t.Fatalf("%s: %q: %v", name, line, err)
				}
			}
		}
		if count > 0 {
			next, lost = next+count, lost+count
			continue
		}
		if n != next {
			t.Fatalf("%s: event %d where %d was due", name, n, next)
		}
		next++
	}
	if next != last+1 || lost == 0 {
		t.Errorf("%s: it ends before event %d of %d, %d were lost", name, next, last, lost)
	}
}

func TestSockets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, path, false)
	s.Write(event(1))
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s.Write(event(2))
	got := make([]byte, 24)
	if _, err := readFull(conn, got); err != nil || string(got) != "cmd start 1\ncmd start 2\n" {
		t.Errorf("%q, %v", got, err)
	}
	// It goes, and another comes.
	conn.Close()
	l.Close()
	s.Write(event(3))
	s.Write(event(4))
	if l, err = net.Listen("unix", path); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s.Write(event(5))
	if conn, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got = make([]byte, len("dmon dropped 2\ncmd start 5\n"))
	if _, err := readFull(conn, got); err != nil || string(got) != "dmon dropped 2\ncmd start 5\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func readFull(c net.Conn, b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return 0, err
	}
	n := 0
	for n < len(b) {
		m, err := c.Read(b[n:])
		if err != nil {
			return n, err
		}
		n += m
	}
	return n, nil
}

// Datagrams: a message each; a queue that is full drops and counts.
func TestDatagrams(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	s := open(t, path, false)
	const last = 5000
	for n := 1; n <= last; n++ {
		s.Write(event(n))
	}
	var got bytes.Buffer
	read := func() {
		for {
			if err := conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 100)
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			got.Write(buf[:n])
		}
	}
	read()
	s.Write(event(last + 1))
	read()
	checkSeries(t, "datagrams", got.String(), false, last+1)
}

func TestJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	s := open(t, path, true)
	s.Write(supervise.Event{Time: noon.Add(-1500 * time.Millisecond), Kind: supervise.Started, Pid: 6, Run: 1, Ready: true})
	s.Write(supervise.Event{Time: noon, Kind: supervise.Exited, Pid: 6, Run: 1, Began: noon.Add(-1500 * time.Millisecond), Status: 9, Cause: "signal", Usage: supervise.Usage{User: time.Second, System: 20 * time.Millisecond, MaxRSS: 1234}})
	s.Write(supervise.Event{Time: noon, Task: supervise.Log, Kind: supervise.Exited, Pid: 7, Run: 2, Status: 3 << 8})
	s.Write(supervise.Event{Time: noon, Kind: supervise.Paused, Pid: 8, Run: 1, Cause: "load \"9\"\n is above"})
	s.Write(supervise.Event{Time: noon, Kind: supervise.Failed, Run: 1, Err: errors.New("no"), Cause: "x"})
	s.Write(supervise.Event{Time: noon, Kind: supervise.Delayed, Run: 1, Delay: 1500 * time.Millisecond})
	text, err := os.ReadFile(path)
	want := `{"time":"2026-11-20T10:59:58.623456Z","seq":1,"task":"cmd","event":"start","pid":6,"run":1,"ready":true}
{"time":"2026-11-20T11:00:00.123456Z","seq":2,"task":"cmd","event":"exit","pid":6,"run":1,"status":9,"signal":9,"cause":"signal","lasted":1.5,"user":1,"system":0.02,"maxrss":1234}
{"time":"2026-11-20T11:00:00.123456Z","seq":3,"task":"log","event":"exit","pid":7,"run":2,"status":768,"code":3,"user":0,"system":0}
{"time":"2026-11-20T11:00:00.123456Z","seq":4,"task":"cmd","event":"pause","pid":8,"run":1,"cause":"load \"9\"\n is above"}
{"time":"2026-11-20T11:00:00.123456Z","seq":5,"task":"cmd","event":"fail","run":1,"cause":"no"}
{"time":"2026-11-20T11:00:00.123456Z","seq":6,"task":"cmd","event":"delay","run":1,"delay":1.5}
`
	if err != nil || string(text) != want {
		t.Errorf("%s\nnot\n%s%v", text, want, err)
	}
}
