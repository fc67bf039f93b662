//go:build linux && amd64

package main

import (
	"dmon/bench/stage"

	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tool is one way to have a command supervised.
type tool struct {
	name       string // the row's name
	program    string // a path, or a name to be found in PATH
	prepare    func(x *box) error
	argv       func(x *box) []string // what follows the program
	background bool                  // the program returns while the command runs
}

// kit holds the paths of what the bench built for itself and of dmon.
type kit struct {
	probe, gosup, gobare, dmon string
}

// prefix is a tool that takes the command behind words of its own.
func prefix(name, program string, words ...string) tool {
	return tool{name: name, program: program, argv: func(x *box) []string {
		return append(append([]string(nil), words...), x.command(x.mode)...)
	}}
}

// detached is prefix for a tool that puts itself in the background.
func detached(name, program string, words ...string) tool {
	t := prefix(name, program, words...)
	t.background = true
	return t
}

// logged is prefix for a tool that takes a log command behind "--".
func logged(name, program string, words ...string) tool {
	t := prefix(name, program, words...)
	plain := t.argv
	t.argv = func(x *box) []string { return append(plain(x), "--", "cat") }
	return t
}

// service is a tool that takes a service directory, which prepare fills.
func service(name, program string, prepare func(x *box) error) tool {
	return tool{name: name, program: program, prepare: prepare,
		argv: func(x *box) []string { return []string{x.dir} }}
}

// runItself makes the probe the run file: no interpreter between.
func runItself(x *box) error { return os.Link(x.probe, x.path("run")) }

// runShell is the run file as everybody writes it.
func runShell(x *box) error {
	return script(x.path("run"), "#!/bin/sh", "exec "+strings.Join(x.command("s"), " "))
}

// runExecline is the run file as s6's author writes it, with the real execlineb:
// in Debian, the one in PATH is a script that only extends PATH, and costs 3 ms.
func runExecline(x *box) error {
	path, err := stage.Find("/usr/lib/execline/bin/execlineb")
	if err != nil {
		if path, err = stage.Find("execlineb"); err != nil {
			return err
		}
	}
	return script(x.path("run"), "#!"+path+" -P", strings.Join(x.command("s"), " "))
}

// runWithLog is runItself with a log service beside it, for runsv.
func runWithLog(x *box) error {
	if err := os.Mkdir(x.path("log"), 0o755); err != nil {
		return err
	}
	if err := script(x.path("log/run"), "#!/bin/sh", "exec cat >/dev/null"); err != nil {
		return err
	}
	return runItself(x)
}

func script(path string, lines ...string) error {
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o755)
}

// attributes are child attributes as a careful person asks for them.
var attributes = []string{"--umask", "022", "--nice", "1", "-r", "files=1024"}

func direct(k kit) tool { return tool{name: "direct exec", program: k.probe, argv: probeWords} }

func probeWords(x *box) []string { return x.command(x.mode)[1:] }

func dmonPlain(k kit) tool { return prefix("dmon -n", k.dmon, "-n") }

func dmonAttributes(k kit) tool {
	return prefix("dmon -n, with attributes", k.dmon, append([]string{"-n"}, attributes...)...)
}

func goSup(k kit) tool { return prefix("Go sup (floor)", k.gosup) }

// daemonUnsafe is daemon(1) in the foreground. -U lets it run, as root, a probe
// that lies below the world-writable /tmp.
func daemonUnsafe() tool { return prefix("daemon -f", "daemon", "-U", "-f", "--") }

// daemonForever is daemon(1) without its throttle, which only root may take
// off altogether. Others get a hundred respawns before it begins to wait.
func daemonForever() tool {
	words := []string{"-U", "-f", "-r", "--attempts=100", "--delay=10", "--acceptable=10", "--"}
	if os.Geteuid() == 0 {
		words = []string{"-U", "-f", "-r", "--idiot", "--attempts=100000000", "--delay=1", "--acceptable=1", "--"}
	}
	return prefix("daemon -f -r", "daemon", words...)
}

// build compiles what the bench needs of its own: the floors into dir, which
// should be on a disk (programs on a tmpfs seem to have dirtied all they map),
// the probe into fast, where the boxes will be and may want links to it.
func build(dir, fast, dmon string) (kit, error) {
	k := kit{dmon: dmon}
	for _, p := range []struct {
		name, dir, flags string
		path             *string
	}{
		{"probe", fast, "-s -w -E main.entry", &k.probe},
		{"gosup", dir, "-s -w", &k.gosup},
		{"gobare", dir, "-s -w", &k.gobare},
	} {
		*p.path = filepath.Join(p.dir, p.name)
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", p.flags, "-o", *p.path, "dmon/bench/cost/"+p.name)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		if out, err := cmd.CombinedOutput(); err != nil {
			return k, fmt.Errorf("cannot build %s: %w\n%s", p.name, err, out)
		}
	}
	return k, nil
}
