package main

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"dmon/internal/cli"
	"dmon/internal/logfile"
	"dmon/logpipe"
)

func TestMisuse(t *testing.T) {
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"a", "b"}, `one FILE, please, not 2: ["a" "b"]`},
		{[]string{""}, "the name of FILE is empty"},
		{[]string{"-s", "1m"}, "--max-size means nothing without a FILE"},
		{[]string{"-T", "1h"}, "--max-time means nothing without a FILE"},
		{[]string{"-z"}, "--compress means nothing without a FILE"},
		{[]string{"-p", "a\nb", "f"}, "-p, --prefix: a prefix must not contain a newline"},
		{[]string{"--time-format", "rfc", "f"}, `--time-format: "rfc" is none of dmon`},
		{[]string{"--on-error", "panic", "f"}, `--on-error: "panic" is none of block, drop`},
		{[]string{"-s", "1x", "f"}, `-s, --max-size: "1x"`},
		{[]string{"-T", "1y", "f"}, `-T, --max-time: "1y"`},
		{[]string{"-m", "-1", "f"}, `-m, --max-files`},
		{[]string{"-i", "one", "f"}, `-i, --input-fd`},
		{[]string{"-x", "f"}, "unknown option -x"},
	}
	for _, c := range cases {
		_, err := parse(c.args)
		var misuse *cli.Misuse
		if !errors.As(err, &misuse) || !strings.Contains(misuse.Text, c.want) {
			t.Errorf("%q: %v, want %s", c.args, err, c.want)
		}
	}
}

// TestWithoutAFile: what counts is the value in force, whoever wrote it.
func TestWithoutAFile(t *testing.T) {
	for _, args := range [][]string{{"--compress=false"}, {"-m", "10"}, {"-s", "1m", "-s", "0"}, {"--rotate-at", "daily", "--rotate-at", "never"}, {"--max-age", "0"}} {
		if o, err := parse(args); err != nil || o.tidy {
			t.Errorf("%q: %v, tidy %v", args, err, o != nil && o.tidy)
		}
	}
	t.Setenv("DLOG_OPTIONS", "-z")
	if _, err := parse([]string{"-z=false"}); err != nil {
		t.Error(err)
	}
	var misuse *cli.Misuse
	if _, err := parse(nil); !errors.As(err, &misuse) || misuse.Hint != "without one, dlog copies to standard output" {
		t.Errorf("%+v", err)
	}
	if o, err := parse([]string{"file"}); err != nil || !o.tidy {
		t.Errorf("%v, and old files are not looked after", err)
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct{ arg, want string }{
		{"--time-format=help", "dmon\niso\nlocal\ntai64n\nunix\n"},
		{"--on-error=help", "block\ndrop\n"},
		{"--rotate-at=help", "hourly\ndaily\nweekly\nHH:MM\nnever\n"},
		{"--help", "Usage: dlog [OPTION]... [FILE]\n"},
		{"--version", "dlog "},
	} {
		_, err := parse([]string{c.arg})
		var answer *cli.Answer
		if !errors.As(err, &answer) || !strings.HasPrefix(answer.Text, c.want) {
			t.Errorf("%s: %v, want %q", c.arg, err, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Setenv("DLOG_OPTIONS", "-b --prefix 'a b'")
	o, err := parse([]string{"-tes", "16m", "-T1h30m", "-m5", "--max-age", "2d", "--max-total=1g", "-z", "-i", "4", "--on-error", "DROP", "file"})
	if err != nil {
		t.Fatal(err)
	}
	want := &options{file: "file", timestamp: true, prefix: "a b", skipEmpty: true, inputFD: 4,
		buffered: true, drop: true, maxSize: 16 << 20, maxTime: 90 * time.Minute, maxFiles: 5,
		maxAge: 48 * time.Hour, maxTotal: 1 << 30, compress: true, tidy: true}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("got %+v\nwant %+v", o, want)
	}
}

func TestRotateAt(t *testing.T) {
	at := func(days int, at time.Duration) *logfile.Calendar { return &logfile.Calendar{Days: days, At: at} }
	for _, c := range []struct {
		when string
		want *logfile.Calendar // nil where it is refused
	}{
		{"hourly", at(0, 0)}, {"daily", at(1, 0)}, {"Weekly", at(7, 0)},
		{"00:00", at(1, 0)}, {"3:05", at(1, 185*time.Minute)}, {"23:59", at(1, 24*time.Hour-time.Minute)},
		{"24:00", nil}, {"12:60", nil}, {"12", nil}, {"1:2", nil}, {"-1:00", nil}, {"12:00:00", nil}, {" 12:00", nil}, {"", nil}, {"monthly", nil},
	} {
		o, err := parse([]string{"--rotate-at", c.when, "file"})
		switch {
		case c.want == nil && err == nil:
			t.Errorf("%q was taken for %v", c.when, o.rotateAt)
		case c.want != nil && (err != nil || *o.rotateAt != *c.want || !o.tidy):
			t.Errorf("%q: %v", c.when, err)
		}
	}
}

func TestTimeFormatMeansTimestamp(t *testing.T) {
	for _, c := range []struct {
		args []string
		want logpipe.Stamp
	}{
		{nil, logpipe.NoStamp},
		{[]string{"-t"}, logpipe.StampDmon},
		{[]string{"--time-format", "iso"}, logpipe.StampISO},
		{[]string{"--time-format", "dmon"}, logpipe.StampDmon},
		{[]string{"-t", "--time-format", "unix"}, logpipe.StampUnix},
	} {
		o, err := parse(c.args)
		if err != nil {
			t.Fatal(err)
		}
		if got := o.format().Stamp; got != c.want {
			t.Errorf("%q: stamp %d, want %d", c.args, got, c.want)
		}
	}
}

func TestUnopenedDescriptor(t *testing.T) {
	// 3 and 4 are not open here, or belong to the runtime.
	for _, fd := range []string{"3", "4", "77"} {
		d := startDlog(t, newPipe(t), "-i", fd, os.DevNull)
		d.wantStatus(t, 125)
		if said := d.errors.String(); !strings.Contains(said, "descriptor "+fd+" is not open") {
			t.Errorf("it said %q", said)
		}
	}
}

func TestRotationNeedsARegularFile(t *testing.T) {
	d := startDlog(t, newPipe(t), "-s", "1m", os.DevNull)
	d.wantStatus(t, 125)
	if said := d.errors.String(); said != "dlog: cannot rotate /dev/null: it is not a regular file\n" {
		t.Errorf("it said %q", said)
	}
}
