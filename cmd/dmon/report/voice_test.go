package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dmon/internal/cli"
	"dmon/logpipe"
)

// What the user named is never more than a part of one line.
func TestComplaints(t *testing.T) {
	b := new(book)
	v := NewVoice(b, b)
	v.Complain(errors.Join(fmt.Errorf("cannot open a\ndmon: forged\u202e"), errors.Join(errors.New("second"), errors.New("third"))))
	if got := b.take(); got != `E cannot open a\x0admon: forged\u202e|E second|E third` {
		t.Errorf("got %q", got)
	}
	v.Tune(Normal, nil, true)
	if v.Notice("a"); b.take() != "N a" {
		t.Error("there is a time in a message without -v")
	}
	v.Tune(Verbose, nil, true)
	v.Detail("a\x1b")
	if got := b.take(); got != cli.OneLine(got) || len(got) != len(`I a\x1b [2006-01-02 15:04:05]`) {
		t.Errorf("got %q", got)
	}
}

func TestAStreamIsWrittenLineByLine(t *testing.T) {
	var b strings.Builder
	NewVoice(Stream(&b), new(book)).Failure("a\nb")
	NewVoice(PlaceFunc(Nowhere), new(book)).Failure("c")
	if b.String() != "dmon: a\\x0ab\n" {
		t.Errorf("got %q", b.String())
	}
}

// What cannot be said is counted and, if there is somebody to tell, told to him.
func TestCounting(t *testing.T) {
	var said, instead []string
	broken := error(nil)
	say := func(_ logpipe.Priority, text string) error {
		if broken == nil {
			said = append(said, text)
		}
		return broken
	}
	other := PlaceFunc(func(_ logpipe.Priority, text string) { instead = append(instead, text) })
	for _, place := range []Place{Counting(say, other), Counting(say, nil)} {
		said, broken = nil, nil
		place.Put(logpipe.SeverityNotice, "a")
		broken = errors.New("no room")
		place.Put(logpipe.SeverityNotice, "b")
		place.Put(logpipe.SeverityNotice, "c")
		broken = nil
		place.Put(logpipe.SeverityNotice, "d")
		broken = errors.New("no way")
		place.Put(logpipe.SeverityNotice, "e")
		broken = nil
		place.Put(logpipe.SeverityNotice, "f")
		if got := strings.Join(said, "; "); got != "a; 2 messages could not be told here: no room; d; 1 message could not be told here: no way; f" {
			t.Error(got)
		}
	}
	if got := strings.Join(instead, "; "); got != "messages come here for now: no room; b; c; messages come here for now: no way; e" {
		t.Error(got)
	}
}
