package settings

import (
	"errors"
	"net/netip"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"dmon/internal/cli"
	"dmon/internal/ready"
)

func TestParseReady(t *testing.T) {
	for text, want := range map[string]ready.Wish{
		"exec":              {},
		"after:1m":          {Kind: ready.After, After: 60e9},
		"notify":            {Kind: ready.Notify},
		"fd:3":              {Kind: ready.FD, FD: 3},
		"fd:1023":           {Kind: ready.FD, FD: 1023},
		"file:a:b":          {Kind: ready.File, Path: "a:b"},
		"port:80":           {Kind: ready.Port, Port: 80},
		"port:localhost:80": {Kind: ready.Port, Port: 80, Local: true},
		"port:127.0.0.1:80": {Kind: ready.Port, Port: 80, Host: netip.MustParseAddr("127.0.0.1")},
		"port:[::1]:65535":  {Kind: ready.Port, Port: 65535, Host: netip.MustParseAddr("::1")},
		"unix:/run/x:y":     {Kind: ready.Unix, Path: "/run/x:y"},
		"command:true":      {Kind: ready.Command, Argv: []string{"true"}},
		"command:a | b":     {Kind: ready.Command, Argv: []string{"/bin/sh", "-c", "a | b"}},
		"unix:@abstract":    {Kind: ready.Unix, Path: "@abstract"},
	} {
		if want.Kind != ready.Exec {
			want.Text = text
		}
		got, err := parseReady(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "now", "Exec", "exec:", "exec:1", "after", "after:", "after:0", "after:x", "fd", "fd:", "fd:2", "fd:-3", "fd:3,4", "fd:3-4", "fd:x", "fd:99999999999",
		"file", "file:", "port", "port:", "port:0", "port:65536", "port:+80", "port::80", "port:host:80", "port:[127.0.0.1]:80", "port:::1:80", "port:[::1:80", "port:1.2.3:80",
		"port:[fe80::1%lo]:80", "unix:", "unix:@", "command", "command:", "command: ", "unix:" + strings.Repeat("x", 108), "notify:x", "3",
	} {
		if got, err := parseReady(text); err == nil {
			t.Errorf("%q is taken for %+v", text, got)
		}
	}
}

// What is awaited by nobody has no time limit, and no descriptor has two owners.
func TestReadyRelations(t *testing.T) {
	for line, want := range map[string]string{
		"--ready-timeout 5 x":                                     "needs a --ready that is awaited",
		"--ready after:5 --ready-timeout 5 x":                     "needs a --ready that is awaited",
		"--ready exec --ready-timeout 90 x":                       "",
		"--ready fd:3 --ready-timeout 5 x":                        "",
		"--ready fd:3 --ready exec x":                             "",
		"--keep-fds 3,7-9 --ready fd:8 x":                         "fd:8 names a descriptor that the command gets",
		"-E NOTIFY_SOCKET --watchdog 5 x":                         "contradicts",
		"-E NOTIFY_SOCKET=/x --ready notify x":                    "contradicts",
		"-E NOTIFY_SOCKETS=/x -E NOTIFY_SOCKET=/x --ready fd:3 x": "",
		"--keep-fds 3 --ready fd:4 x":                             "",
		"--ready help x":                                          "",
	} {
		_, err := Parse(strings.Fields(line))
		var answer *cli.Answer
		if errors.As(err, &answer) {
			err = nil
		}
		if err != nil && (want == "" || !strings.Contains(err.Error(), want)) || err == nil && want != "" {
			t.Errorf("%s: %v, not %q", line, err, want)
		}
	}
	t.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	t.Setenv("LISTEN_FDS", "2")
	if _, err := Parse([]string{"--ready", "fd:4", "x"}); err == nil {
		t.Error("a socket that is passed on is overwritten")
	}
	if _, err := Parse([]string{"--ready", "fd:5", "x"}); err != nil {
		t.Error(err)
	}
}
