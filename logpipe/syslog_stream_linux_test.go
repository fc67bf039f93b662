package logpipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listenStream is the socket of a daemon that wants a stream.
func listenStream(t *testing.T, path string) *net.UnixListener {
	t.Helper()
	_ = os.Remove(path) // as a daemon does
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func accept(t *testing.T, l *net.UnixListener) net.Conn {
	t.Helper()
	_ = l.SetDeadline(time.Now().Add(patience))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestF50StreamFullThenReadAgain fills a stream until it is behind, so that
// messages are cut by the kernel, and finds every one whole in the end.
func TestF50StreamFullThenReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l := listenStream(t, path)
	s := NewSyslog(path, "tag", 0, FacilityUser)
	defer s.Close()
	var lines []byte
	for i := range 20_000 {
		lines = fmt.Appendf(lines, "line %d %s\n", i, strings.Repeat("x", i%300))
	}
	rest, got := lines, make(chan []byte, 1)
	for reading := false; len(rest) > 0; {
		n, err := s.Send(rest)
		rest = rest[n:]
		if err != nil && !errors.Is(err, ErrFull) || err == nil && len(rest) > 0 {
			t.Fatalf("Send = %d, %v", n, err)
		}
		if err == nil || reading {
			continue
		}
		if read, err := s.Confirm(); read || err != nil {
			t.Fatalf("Confirm = %v, %v while nobody reads", read, err)
		}
		reading = true
		c := accept(t, l)
		go func() {
			all, _ := io.ReadAll(c)
			got <- all
		}()
	}
	for read := false; !read; {
		var err error
		if read, err = s.Confirm(); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.Close()
	var texts []byte
	for line := range bytes.Lines(<-got) {
		_, text, ok := bytes.Cut(line, []byte(" tag: "))
		if !ok || line[0] != '<' {
			t.Fatalf("no message: %q", line)
		}
		texts = append(texts, text...)
	}
	if !bytes.Equal(texts, lines) {
		t.Errorf("%d bytes came of %d", len(texts), len(lines))
	}
}

// TestF50StreamDaemonDies tells a daemon that has read everything before it went
// from one that has not.
func TestF50StreamDaemonDies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	s := NewSyslog(path, "tag", 0, FacilityUser)
	defer s.Close()
	send := func(p string) {
		t.Helper()
		if n, err := s.Send([]byte(p)); n != len(p) || err != nil {
			t.Fatalf("Send = %d, %v", n, err)
		}
	}
	for _, c := range []struct {
		name         string
		accept, read bool
	}{{"never let us in", false, false}, {"has not read", true, false}, {"has read", true, true}} {
		l := listenStream(t, path)
		send("a\x00b\n")
		if read, err := s.Confirm(); read || err != nil {
			t.Errorf("%s: Confirm = %v, %v with a message unread", c.name, read, err)
		}
		if c.accept {
			d := accept(t, l)
			if c.read {
				buf := make([]byte, 1000)
				if n, err := d.Read(buf); err != nil || !strings.HasSuffix(string(buf[:n]), " tag: a b\n") {
					t.Errorf("received %q, %v", buf[:n], err)
				}
			}
			_ = d.Close()
		}
		_ = l.Close()
		if read, err := s.Confirm(); read != c.read || isAway(err) == c.read {
			t.Errorf("%s: Confirm = %v, %v without a daemon", c.name, read, err)
		}
	}
	for range 2 { // the first one finds it out
		if n, err := s.Send([]byte("b\n")); !isAway(err) {
			t.Errorf("Send = %d, %v without a daemon", n, err)
		}
	}
	// The next one may want datagrams.
	daemon := listen(t, path)
	send("c\n")
	if got := receive(t, daemon); !strings.HasSuffix(got, "tag: c") {
		t.Errorf("received %q", got)
	}
}

// TestOwnPriority has lines with priorities of their own, in pieces and sent again.
func TestOwnPriority(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, path)
	s := NewSyslog(path, "tag", 0, FacilityUser|SeverityInfo)
	s.OwnPriority, s.SkipEmpty, s.MessageMax = true, true, 60
	defer s.Close()
	long := strings.Repeat("y", 50)
	for _, c := range []struct {
		p    string
		want []string // severity and text
	}{
		{"<3>x\nplain\n<0>\n\n<7> z\n", []string{"3x", "6plain", "7 z"}},
		{"<8>a\n<>b\n<3c\n<<4>d\n <4>e\n<4", []string{"6<8>a", "6<>b", "6<3c", "6<<4>d", "6 <4>e", "6<4"}},
		{">f\n<5>" + long, []string{"6>f", "5" + long[:35], "5" + long[35:]}},
		{"<2>", []string{"5<2>"}}, {"\n<2>", []string{"2"}}, {"end\n", []string{"2end"}},
	} {
		if n, err := s.Send([]byte(c.p)); n != len(c.p) || err != nil {
			t.Fatalf("Send(%q) = %d, %v", c.p, n, err)
		}
		for _, want := range c.want {
			got := receive(t, daemon)
			head, text, _ := strings.Cut(got, " tag: ")
			if !strings.HasPrefix(head, fmt.Sprintf("<%d>", 8+want[0]-'0')) || text != want[1:] {
				t.Errorf("of %q came %s %q, want %q", c.p, head, text, want)
			}
		}
	}
	// What is sent again has the priority that it had.
	line := s.Line()
	for range 2 {
		s.Resume(line)
		if _, err := s.Send([]byte("<1>again ")); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, daemon); !strings.HasPrefix(got, "<9>") || !strings.HasSuffix(got, ": again ") {
			t.Errorf("received %q", got)
		}
	}
}
