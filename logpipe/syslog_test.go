package logpipe

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// listen is a syslog daemon's socket.
func listen(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	_ = os.Remove(path) // as a daemon does
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func receive(t *testing.T, c *net.UnixConn) string {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2*messageMax)
	n, err := c.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestPriorityNames(t *testing.T) {
	cases := []struct {
		find func(string) (Priority, bool)
		name string
		want Priority
		ok   bool
	}{
		{SeverityByName, "emerg", 0, true}, {SeverityByName, "Err", 3, true}, {SeverityByName, "error", 3, true},
		{SeverityByName, "WARN", 4, true}, {SeverityByName, "debug", 7, true}, {SeverityByName, "panic", 0, true},
		{SeverityByName, "user", 0, false}, {SeverityByName, "", 0, false},
		{FacilityByName, "kern", 0, true}, {FacilityByName, "user", 8, true}, {FacilityByName, "Daemon", 24, true},
		{FacilityByName, "authpriv", 80, true}, {FacilityByName, "LOCAL0", 128, true}, {FacilityByName, "local7", 184, true},
		{FacilityByName, "security", 32, true}, {FacilityByName, "local8", 0, false},
	}
	for _, c := range cases {
		if got, ok := c.find(c.name); got != c.want || ok != c.ok {
			t.Errorf("%q is %d, %v; want %d, %v", c.name, got, ok, c.want, c.ok)
		}
	}
	for _, name := range append(SeverityNames(), FacilityNames()...) {
		_, severity := SeverityByName(name)
		_, facility := FacilityByName(name)
		if severity == facility {
			t.Errorf("%q is listed, but is not one of the two", name)
		}
	}
}

func TestSyslogMessages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, path)
	s := NewSyslog(path, "tag", 42, FacilityUser|SeverityInfo)
	defer s.Close()
	text := "a\n\n\x00b\xff\tc\r\nlast"
	if n, err := s.Send([]byte(text)); n != len(text) || err != nil {
		t.Fatalf("Send = %d, %v", n, err)
	}
	form := regexp.MustCompile(`(?s)^<14>[A-Z][a-z][a-z] [ 0-9][0-9] [0-9][0-9]:[0-9][0-9]:[0-9][0-9] tag\[42\]: (.*)$`)
	for _, want := range []string{"a", "", "\x00b\xff\tc\r", "last"} {
		got := receive(t, daemon)
		if m := form.FindStringSubmatch(got); m == nil || m[1] != want {
			t.Errorf("received %q, want the text %q", got, want)
		}
	}
	if read, err := s.Confirm(); !read || err != nil {
		t.Errorf("Confirm = %v, %v after everything was read", read, err)
	}
}

func TestF50LongLinesAreDividedBetweenCharacters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, path)
	s := NewSyslog(path, "tag", 0, FacilityUser)
	defer s.Close()
	line := "x" + strings.Repeat("é€😀", 3000)
	next, received := line+"\nnext\n", ""
	for pieces := 0; ; pieces++ {
		n, err := s.Send([]byte(next))
		next = next[n:]
		if err != nil && !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
		got := receive(t, daemon)
		if len(got) > messageMax {
			t.Fatalf("a datagram of %d bytes", len(got))
		}
		_, text, _ := strings.Cut(got, "tag: ")
		if text == "next" {
			if pieces != 4 {
				t.Errorf("%d pieces of %d bytes", pieces, len(line))
			}
			break
		}
		if !utf8.ValidString(text) {
			t.Errorf("a piece was cut within a character: %q ... %q", text[:4], text[len(text)-4:])
		}
		received += text
	}
	if received != line {
		t.Errorf("received %d bytes, want %d", len(received), len(line))
	}
}

func TestF50FullThenReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, path)
	s := NewSyslog(path, "tag", 0, FacilityUser)
	defer s.Close()
	var lines []byte
	for i := range 5000 {
		lines = fmt.Appendf(lines, "line %d\n", i)
	}
	rest, want := lines, 0
	for len(rest) > 0 {
		n, err := s.Send(rest)
		rest = rest[n:]
		if err != nil && !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
		if len(rest) > 0 && err == nil {
			t.Fatal("Send stopped without a reason")
		}
		if read, err := s.Confirm(); n > 0 && read || err != nil {
			t.Fatalf("Confirm = %v, %v while messages wait", read, err)
		}
		if !strings.HasSuffix(receive(t, daemon), fmt.Sprintf("tag: line %d", want)) {
			t.Fatalf("message %d is another one", want)
		}
		want++
	}
	for ; want < 5000; want++ {
		if got := receive(t, daemon); !strings.HasSuffix(got, fmt.Sprintf("tag: line %d", want)) {
			t.Fatalf("message %d is %q", want, got)
		}
	}
}

func TestF50AbsentThenStartedThenRestarted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	s := NewSyslog(path, "tag", 0, FacilityUser)
	defer s.Close()
	if n, err := s.Send([]byte("a\n")); n != 0 || !isAway(err) {
		t.Fatalf("without a socket Send = %d, %v", n, err)
	}
	first := listen(t, path)
	if n, err := s.Send([]byte("b\nc\n")); n != 4 || err != nil {
		t.Fatalf("after the start Send = %d, %v", n, err)
	}
	receive(t, first)
	if read, err := s.Confirm(); read || err != nil {
		t.Errorf("Confirm = %v, %v with a message unread", read, err)
	}
	// The daemon dies, and its queue with it.
	_ = first.Close()
	if read, err := s.Confirm(); read || !isAway(err) {
		t.Errorf("Confirm = %v, %v without a daemon", read, err)
	}
	second := listen(t, path)
	if n, err := s.Send([]byte("c\n")); n != 2 || err != nil {
		t.Fatalf("after the restart Send = %d, %v", n, err)
	}
	if got := receive(t, second); !strings.HasSuffix(got, ": c") {
		t.Errorf("received %q", got)
	}
	_ = second.Close()
	third := listen(t, path)
	// Nobody has noticed the change; what was sent before counts as lost.
	if read, err := s.Confirm(); read || !isAway(err) {
		t.Errorf("Confirm = %v, %v with another daemon in place", read, err)
	}
	_ = third
}

func TestSyslogSay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	s := NewSyslog(path, "dmon", 7, FacilityDaemon|SeverityNotice)
	defer s.Close()
	if err := s.Say(SeverityErr, "nobody listens"); err == nil {
		t.Error("a message to nobody was delivered")
	}
	daemon := listen(t, path)
	for _, c := range []struct {
		severity Priority
		text     string
		want     string
	}{{SeverityErr, "cannot", "<27>"}, {SeverityInfo, "two\nlines", "<30>"}} {
		if err := s.Say(c.severity, c.text); err != nil {
			t.Fatal(err)
		}
		got := receive(t, daemon)
		text := "dmon[7]: " + strings.ReplaceAll(c.text, "\n", " ")
		if !strings.HasPrefix(got, c.want) || !strings.HasSuffix(got, text) {
			t.Errorf("received %q, want %s...%s", got, c.want, text)
		}
	}
	// A restart in between is no reason to lose the message.
	_ = daemon.Close()
	daemon = listen(t, path)
	if err := s.Say(SeverityErr, "after the restart"); err != nil {
		t.Error(err)
	}
	receive(t, daemon)
	var err error
	for i := 0; i < 1e6 && err == nil; i++ {
		err = s.Say(SeverityErr, "flood")
	}
	if !errors.Is(err, ErrFull) {
		t.Errorf("a daemon that does not read gives %v, want ErrFull", err)
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte("a\nb"), 10)
	f.Add([]byte("ééééé"), 3)
	f.Add([]byte("\x80\x80\x80\x80\x80\x80"), 4)
	f.Fuzz(func(t *testing.T, p []byte, room int) {
		if room < utf8.UTFMax || len(p) == 0 {
			return
		}
		var texts []string
		valid := utf8.Valid(p)
		for rest := p; len(rest) > 0; {
			text, size := cut(rest, room)
			if size <= 0 || len(text) > room || len(text) != size && len(text)+1 != size {
				t.Fatalf("cut(%q, %d) = %q, %d", rest, room, text, size)
			}
			if valid && !utf8.Valid(text) {
				t.Fatalf("cut(%q, %d) = %q: within a character", rest, room, text)
			}
			end := ""
			if len(text) < size {
				end = "\n"
			}
			texts = append(texts, string(text)+end)
			rest = rest[size:]
		}
		if got := strings.Join(texts, ""); got != string(p) {
			t.Errorf("%q became %q", p, texts)
		}
		if i := slices.IndexFunc(texts, func(s string) bool { return strings.Contains(strings.TrimSuffix(s, "\n"), "\n") }); i >= 0 {
			t.Errorf("a message has a newline: %q", texts[i])
		}
	})
}
