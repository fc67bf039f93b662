package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Each testdata/*.sh is a test of the real programs, run by bash -eu in a
// directory and a session of its own. Lines at its top tell the runner more:
//
//	# slow              it takes long, and waits for most of that: some run beside the others
//	# alone             it measures, and keeps the machine busy: runs while no other does
//	# leaves: GLOB...   these may be left; otherwise no pid file may
//
// When a script has ended nothing that it started may be left.

const (
	scriptTime = 300 * time.Second   // bounds a failure
	leftTime   = 3 * time.Second     // how long what was killed may take to go
	atOnce     = 4                   // of the scripts that are not slow
	slowAtOnce = 6                   // of those that are
	marker     = "DMON_SCRIPT"       // in the environment of all that a script starts
	sourceDir  = "testdata"          // of the scripts
	library    = "testdata/lib.bash" // what they have in common
	shown      = 1500                // bytes of each file that a failure shows
	pidFiles   = "*.pid"             // must be gone in the end
	rootWanted = "the scripts run as root only, as CI does: unshare(1), users, cgroups and mounts need it"
)

var directive = regexp.MustCompile(`(?m)^# (slow|alone|leaves:.*)$`)

// faultRow is what a script says when it comes to a row of the faults.
var faultRow = regexp.MustCompile(`(?m)^row F\d+ .*$`)

// script is one testdata/*.sh.
type script struct {
	path, name  string
	slow, alone bool
	leaves      []string
}

func TestScripts(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal(rootWanted)
	}
	bin, scripts := programs(t), readScripts(t)
	slots := map[bool]chan struct{}{true: make(chan struct{}, slowAtOnce), false: make(chan struct{}, atOnce)}
	t.Run("beside", func(t *testing.T) {
		for _, s := range scripts {
			if s.alone {
				continue
			}
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				slots[s.slow] <- struct{}{}
				defer func() { <-slots[s.slow] }()
				s.run(t, bin)
			})
		}
	})
	for _, s := range scripts {
		if s.alone {
			t.Run(s.name, func(t *testing.T) { s.run(t, bin) })
		}
	}
}

func readScripts(t *testing.T) []*script {
	paths, err := filepath.Glob(sourceDir + "/*.sh")
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no scripts in %s: %v", sourceDir, err)
	}
	var list []*script
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		s := &script{name: strings.TrimSuffix(filepath.Base(path), ".sh")}
		if s.path, err = filepath.Abs(path); err != nil {
			t.Fatal(err)
		}
		for _, d := range directive.FindAllStringSubmatch(string(text), -1) {
			switch word, rest, _ := strings.Cut(d[1], ":"); word {
			case "slow":
				s.slow = true
			case "alone":
				s.alone = true
			case "leaves":
				s.leaves = strings.Fields(rest)
			}
		}
		list = append(list, s)
	}
	return list
}

func (s *script) run(t *testing.T, bin string) {
	// Short, because the path of a socket must be.
	dir, err := os.MkdirTemp("", "dt-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	mark := marker + "=" + filepath.Base(dir)
	out, err := s.execute(t, bin, dir, mark)
	if err != nil {
		t.Errorf("%v", err)
	}
	for _, row := range faultRow.FindAllString(out, -1) {
		t.Log(row)
	}
	if left := survivors(mark, leftTime); len(left) > 0 {
		t.Errorf("still running:\n%s", strings.Join(left, "\n"))
		killMarked(mark)
	}
	if files := s.unexpected(t, dir); len(files) > 0 {
		t.Errorf("left behind: %s", strings.Join(files, " "))
	}
	if t.Failed() {
		t.Logf("output of %s:\n%s\n%s", s.name, out, contents(dir))
	}
}

// execute runs the script and returns all it printed. It has a session of its
// own: none of it finds the terminal that the tests may run on.
func (s *script) execute(t *testing.T, bin, dir, mark string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), scriptTime)
	defer cancel()
	lib, err := filepath.Abs(library)
	if err != nil {
		t.Fatal(err)
	}
	// Into a file: a pipe would have us wait for everything that holds it.
	out, err := os.CreateTemp("", "dt-out-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(out.Name())
	defer out.Close()
	// Whatever the tests were started with, ignored or not: a script begins anew.
	cmd := exec.CommandContext(ctx, "env", "--default-signal", "bash", "-eu", s.path)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	cmd.Env = scriptEnv(bin, mark, "LIB="+lib, "DATA="+filepath.Dir(lib), "DMON_DIR="+filepath.Join(dir, ".names"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var hung []string
	cmd.Cancel = func() error {
		hung = survivors(mark, 0)
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	err = cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("not done after %v, with\n%s", scriptTime, strings.Join(hung, "\n"))
	}
	text, rerr := os.ReadFile(out.Name())
	if rerr != nil {
		t.Fatal(rerr)
	}
	return string(text), err
}

func scriptEnv(bin string, more ...string) []string {
	var env []string
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "DMON_") && !strings.HasPrefix(e, "PATH=") && !strings.HasPrefix(e, "TMPDIR=") {
			env = append(env, e)
		}
	}
	path := bin + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	return append(append(env, "PATH="+path, "LC_ALL=C"), more...)
}

// survivors waits until no process has mark in its environment, and returns
// those that still do when the time is over. Zombies have no environment.
func survivors(mark string, wait time.Duration) []string {
	deadline := time.Now().Add(wait)
	for {
		pids := marked(mark)
		if len(pids) == 0 || time.Now().After(deadline) {
			var list []string
			for _, pid := range pids {
				if line := describeProcess(pid); line != "" {
					list = append(list, line)
				}
			}
			return list
		}
		<-time.After(10 * time.Millisecond)
	}
}

func marked(mark string) []int {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	var pids []int
	for _, dir := range dirs {
		// Gone meanwhile is as good as not marked.
		env, _ := os.ReadFile(dir + "/environ")
		if slices.Contains(strings.Split(string(env), "\x00"), mark) {
			pid, _ := strconv.Atoi(filepath.Base(dir))
			pids = append(pids, pid)
		}
	}
	return pids
}

func describeProcess(pid int) string {
	dir := "/proc/" + strconv.Itoa(pid)
	args, err := os.ReadFile(dir + "/cmdline")
	if err != nil {
		return ""
	}
	stat, _ := os.ReadFile(dir + "/stat")
	return fmt.Sprintf("%s\n\t%s", bytes.ReplaceAll(args, []byte{0}, []byte{' '}), bytes.TrimSpace(stat))
}

func killMarked(mark string) {
	for _, pid := range marked(mark) {
		// What of it is gone needs no KILL.
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// unexpected are the pid files that the script did not say it leaves.
func (s *script) unexpected(t *testing.T, dir string) []string {
	var left []string
	for _, pattern := range []string{pidFiles, pidFiles + ".*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			name := filepath.Base(f)
			if !slices.ContainsFunc(s.leaves, func(glob string) bool { ok, _ := filepath.Match(glob, name); return ok }) {
				left = append(left, name)
			}
		}
	}
	return left
}

// contents shows the ends of the files that a failed script has left, which
// is where dmon's messages and events are.
func contents(dir string) string {
	entries, _ := os.ReadDir(dir)
	var b strings.Builder
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil || bytes.IndexByte(text, 0) >= 0 {
			continue // a program
		}
		fmt.Fprintf(&b, "--- %s, %d bytes\n%s\n", e.Name(), len(text), text[max(0, len(text)-shown):])
	}
	return b.String()
}
