package ready

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dmon/supervise"
)

// words are what a message was taken for.
func words(n supervise.Notice, main int) string {
	s := ""
	for _, w := range []struct {
		is   bool
		word string
	}{{n.Ready, "ready"}, {n.Reloading, "reloading"}, {n.Stopping, "stopping"}, {n.Alive, "alive"}, {n.Ill, "ill"}} {
		if w.is {
			s += " " + w.word
		}
	}
	if n.Text != nil {
		s += fmt.Sprintf(" text=%q", *n.Text)
	}
	if n.Extend > 0 {
		s += " extend=" + n.Extend.String()
	}
	if n.Watchdog > 0 {
		s += " watchdog=" + n.Watchdog.String()
	}
	if main != 0 {
		s += fmt.Sprint(" main=", main)
	}
	return strings.TrimPrefix(s, " ")
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"READY=1":                       "ready",
		"READY=1\n":                     "ready",
		"STATUS=x\nREADY=1":             `ready text="x"`,
		"\n\nREADY=1\n\n":               "ready",
		"READY=0":                       "",
		"READY=10":                      "",
		"ready=1":                       "",
		" READY=1":                      "",
		"READY":                         "",
		"":                              "",
		"X_READY=1":                     "",
		"RELOADING=1\nMONOTONIC_USEC=5": "reloading",
		"STOPPING=1\nSTATUS=bye":        `stopping text="bye"`,
		"WATCHDOG=1":                    "alive",
		"WATCHDOG=trigger":              "ill",
		"WATCHDOG_USEC=20000000":        "watchdog=20s",
		"WATCHDOG_USEC=-1":              "",
		"EXTEND_TIMEOUT_USEC=1500000":   "extend=1.5s",
		"EXTEND_TIMEOUT_USEC=x":         "",
		"EXTEND_TIMEOUT_USEC=":          "",
		"EXTEND_TIMEOUT_USEC=99999999999999999999": "",
		"MAINPID=4711":                      "main=4711",
		"MAINPID=x":                         "",
		"STATUS=":                           `text=""`,
		"STATUS=a=b":                        `text="a=b"`,
		"STATUS=one\nSTATUS=two":            `text="two"`,
		"STATUS=\x1b[2J\x07\u009b\xff über": `text="?[2J???` + " über\"",
		"FDSTORE=1\nFDNAME=x\nBARRIER=1":    "",
		"READY=1\x00\nSTOPPING=1":           "stopping",
	} {
		if got := words(parse(text)); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
	if n, _ := parse("EXTEND_TIMEOUT_USEC=18446744073709551615"); time.Unix(1<<32, 0).Add(n.Extend).Before(time.Unix(1<<32, 0)) {
		t.Error("a long time comes round")
	}
}

// Whatever comes, what is shown of it can be.
func FuzzParse(f *testing.F) {
	f.Add("READY=1\nSTATUS=x")
	f.Add("STATUS=" + strings.Repeat("ü", longestStatus))
	f.Fuzz(func(t *testing.T, text string) {
		n, main := parse(text)
		if n.Text != nil && (!utf8.ValidString(*n.Text) || len(*n.Text) > longestStatus || strings.ContainsAny(*n.Text, "\n\x1b\x00")) {
			t.Errorf("%q is shown", *n.Text)
		}
		if n.Extend < 0 || n.Watchdog < 0 {
			t.Errorf("%v %v %d", n.Extend, n.Watchdog, main)
		}
	})
}
