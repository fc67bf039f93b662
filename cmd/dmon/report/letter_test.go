package report

import (
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"
	"testing"
	"time"

	"dmon/supervise"
)

func letter(t *testing.T, l Letter) (subject, body string, head mail.Header) {
	t.Helper()
	text := l.Text()
	for line := range strings.Lines(string(text)) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	m, err := mail.ReadMessage(strings.NewReader(string(text)))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	b, _ := io.ReadAll(m.Body)
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Error(err)
	}
	return subject, string(b), m.Header
}

func TestLetter(t *testing.T) {
	at := time.Date(2026, 11, 25, 20, 45, 4, 0, time.UTC)
	e := supervise.Event{Time: at, Began: at.Add(-4 * time.Second), Kind: supervise.Exited, Why: supervise.ByExit, Status: 3 << 8}
	d := supervise.Digest{Event: e, Since: at, Total: 1, Count: 1}
	l := Letter{To: []string{"root", "a@example.org"}, Host: "h", Name: "web", Command: "web -x", Digest: &d, Words: "one\ntwo", Pid: 7}
	subject, body, head := letter(t, l)
	if subject != "[h] web: exited with status 3 after 4s" || head.Get("To") != "root, a@example.org" || head.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%q, %v", subject, head)
	}
	if want := "web on h: exited with status 3 after 4s at 2026-11-25 20:45:04 +0000.\n\nCommand: web -x\nLooked after by process 7. The next mail comes in 15 minutes at the earliest.\n\nLast words:\n    one\n    two\n"; body != want {
		t.Errorf("%q\nnot\n%q", body, want)
	}
	// Counts, by kind.
	d.Since, d.Total, d.Count, d.Others = at.Add(-2*time.Minute), 5, 4, 1
	segv := e
	segv.Status, segv.Why = 11, supervise.BySignal
	d.Kinds = []supervise.Tally{{Event: e, Count: 2}, {Event: segv, Count: 1}}
	subject, body, _ = letter(t, l)
	if subject != "[h] web: exited with status 3 after 4s (5th in 2m)" {
		t.Error(subject)
	}
	if want := "\nSince the mail before this:\n   2 x  exited with status 3\n   1 x  was ended by SEGV\n   1 x  something else\n"; !strings.Contains(body, want) {
		t.Errorf("%q", body)
	}
	d.Well, d.Event.Time = true, at.Add(time.Minute)
	if subject, _, _ = letter(t, l); subject != "[h] web: well again, after 5 troubles in 3m" {
		t.Error(subject)
	}
	d.Well = false
	for want, e := range map[string]supervise.Event{
		"given up: cmd failed 5 times within 1m": {Kind: supervise.GaveUp, Err: errors.New("cmd failed 5 times within 1m")},
		"no longer: 5 is above 4":                {Kind: supervise.Told, Cause: "5 is above 4"},
		"5 is above 4":                           {Kind: supervise.Told, Cause: "5 is above 4", Met: true},
		"stopped: late":                          {Kind: supervise.Reached, Cause: "late"},
		"was ended by TERM (timeout)":            {Kind: supervise.Exited, Status: 15, Why: supervise.ByTimeout},
		"was ended by KILL (out of memory)":      {Kind: supervise.Exited, Status: 9, Why: supervise.ByOOM},
		"cannot execute x":                       {Kind: supervise.Failed, Err: errors.New("cannot execute x")},
	} {
		d = supervise.Digest{Event: e, Total: 1, Count: 1}
		if subject, _, _ = letter(t, l); subject != "[h] web: "+want {
			t.Error(subject)
		}
	}
}

// Nothing that comes from elsewhere is a header, or ends them, and no line is too long.
func TestLetterHostile(t *testing.T) {
	evil := "x\r\nBcc: victim@example.org\r\n\r\nbody \x1b[2J é\xff" + strings.Repeat("y", 3000)
	e := supervise.Event{Kind: supervise.Failed, Err: errors.New(evil)}
	l := Letter{To: []string{"root"}, Host: evil, Name: evil, Command: evil, Words: evil + "\n.\n" + evil, Digest: &supervise.Digest{Event: e, Total: 2, Count: 2, Kinds: []supervise.Tally{{Event: e, Count: 2}}}}
	_, body, head := letter(t, l)
	if head.Get("Bcc") != "" || len(head) != 7 || strings.Contains(body, "\nBcc:") || strings.ContainsAny(body, "\x1b\r") || strings.Contains(body, "\n.\n") {
		t.Errorf("%v\n%q", head, body)
	}
}
