package main

import (
	"errors"
	"strings"
	"testing"

	"dmon/internal/cli"
	"dmon/logpipe"
)

func TestMisuse(t *testing.T) {
	cases := []struct {
		args []string
		want string
	}{
		{nil, "no NAME given"},
		{[]string{"a", "b"}, `one NAME, please, not 2: ["a" "b"]`},
		{[]string{""}, `"" cannot be a NAME`},
		{[]string{"two words"}, `"two words" cannot be a NAME`},
		{[]string{"-p", "loud", "x"}, `-p, --priority: "loud" is none of emerg`},
		{[]string{"-p", "attic.err", "x"}, `-p, --priority: "attic" is none of kern`},
		{[]string{"-p", "mail.loud", "x"}, `-p, --priority: "loud" is none of emerg`},
		{[]string{"-p", "mail.err", "-f", "user", "x"}, "--facility contradicts the facility in --priority"},
		{[]string{"-f", "attic", "x"}, `-f, --facility: "attic" is none of kern`},
		{[]string{"--socket", strings.Repeat("x", 200), "x"}, "cannot be the name of a socket"},
		{[]string{"--max-line", "39", "x"}, "--max-line: a message has 40 to 1048576 bytes, with the time and NAME"},
		{[]string{"--max-line", "2m", "x"}, "--max-line: a message has 40 to"},
		{[]string{"--max-line", "many", "x"}, "not a SIZE"},
		{[]string{"-i", "x", "x"}, "whole number"},
		{[]string{"--nonsense", "x"}, "unknown option"},
	}
	for _, c := range cases {
		_, err := parse(c.args)
		var misuse *cli.Misuse
		if !errors.As(err, &misuse) || !strings.Contains(misuse.Text, c.want) {
			t.Errorf("%q: %v, want %s", c.args, err, c.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct{ arg, want string }{
		{"--priority=help", "emerg\nalert\ncrit\n"},
		{"--facility=help", "kern\nuser\n"},
		{"--help", "Usage: dsyslog [OPTION]... NAME\n"},
		{"--version", "dsyslog "},
	} {
		_, err := parse([]string{c.arg})
		var answer *cli.Answer
		if !errors.As(err, &answer) || !strings.HasPrefix(answer.Text, c.want) {
			t.Errorf("%s: %v, want %q", c.arg, err, c.want)
		}
	}
}

func TestUnopenedDescriptor(t *testing.T) {
	p := newPipe(t)
	// 3 and 4 are not open here, or belong to the runtime.
	for _, fd := range []string{"3", "4", "77"} {
		run := startDsyslog(t, p, "-i", fd, "name")
		run.wantStatus(t, 125)
		if said := run.errors.String(); !strings.Contains(said, "descriptor "+fd+" is not open") {
			t.Errorf("it said %q", said)
		}
	}
}

// TestFacility: of two that differ, the one of the command line is in force.
func TestFacility(t *testing.T) {
	for _, row := range []struct {
		variable, args string
		facility, want string // the name, or a part of the error
	}{
		{"", "", "user", ""},
		{"", "-p mail.err", "mail", ""},
		{"", "-p mail.err -f mail", "mail", ""},
		{"", "-p mail.err -f daemon", "", "contradicts"},
		{"-p mail.err -f daemon", "", "", "contradicts"},
		{"-f daemon", "-p mail.err", "mail", ""},
		{"-p mail.err", "-f daemon", "daemon", ""},
		{"-p mail.err", "-f user", "user", ""},
	} {
		t.Setenv("DSYSLOG_OPTIONS", row.variable)
		o, err := parse(append(strings.Fields(row.args), "name"))
		if row.want != "" {
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%+v: %v", row, err)
			}
			continue
		}
		want, _ := logpipe.FacilityByName(row.facility)
		if err != nil || o.facility != want || o.priority.both && o.priority.severity != logpipe.SeverityErr {
			t.Errorf("%+v: %v, %+v", row, err, o)
		}
	}
}
