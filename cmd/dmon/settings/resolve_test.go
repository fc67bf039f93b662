package settings

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dmon/supervise"
)

func settingsOf(t *testing.T, args ...string) *Settings {
	t.Helper()
	t.Setenv("DMON_OPTIONS", "")
	s, err := Parse(args)
	if err != nil {
		t.Fatalf("dmon %q: %v", args, err)
	}
	return s
}

// A5: what a killed dmon left gets the time of the completed sequence, and no
// sum of long waits comes out short.
func TestGrace(t *testing.T) {
	for line, want := range map[string]time.Duration{
		"cmd":                                 10 * time.Second,
		"-k 0 cmd":                            0,
		"-k 1m cmd":                           time.Minute,
		"--stop-sequence TERM cmd":            10 * time.Second,
		"--stop-sequence INT/3/TERM cmd":      13 * time.Second,
		"--stop-sequence INT/3/KILL cmd":      3 * time.Second,
		"--stop-sequence INT/3/KILL:main cmd": 13 * time.Second,
		"--stop-sequence TERM/100000d/INT/100000d/KILL cmd": math.MaxInt64,
		"--kill-mode main --stop-sequence QUIT cmd":         10 * time.Second,
	} {
		if got := settingsOf(t, strings.Fields(line)...).Grace(); got != want {
			t.Errorf("dmon %s: %v, not %v", line, got, want)
		}
	}
}

func TestResolved(t *testing.T) {
	s := settingsOf(t, "-E", "A=1", "-u", "0", "cmd")
	if s.Policy.Log || s.Policy.Drain != 10*time.Second || s.Log.Env != nil || !slices.Contains(s.Cmd.Env, "A=1") || !slices.Contains(s.Cmd.Env, "USER=root") {
		t.Errorf("got %+v", s.Policy)
	}
	s = settingsOf(t, "-E", "A=1", "-U", "0", "-E", "USER=me", "cmd", "--", "log")
	if !s.Policy.Log || !slices.Contains(s.Log.Env, "A=1") || !slices.Contains(s.Log.Env, "USER=me") || slices.Contains(s.Log.Env, "USER=root") ||
		!slices.Contains(s.Log.Env, "LOGNAME=root") || s.Cmd.User != nil || s.Log.User == nil {
		t.Errorf("got %q", s.Log.Env)
	}
}

func TestWhoOwnsAGroup(t *testing.T) {
	for line, want := range map[string]string{
		"cmd": "true lock", "--orphan keep --name a cmd": "true", "-p x cmd": "true x", "-p x --orphan keep cmd": "true", "-p x --kill-mode main cmd": "false x", "-p x --orphan stop cmd": "true x",
	} {
		s := settingsOf(t, strings.Fields(line)...)
		if got := strings.TrimSpace(map[bool]string{true: "true ", false: "false "}[s.Grouped()] + s.GroupOwner("lock")); got != want {
			t.Errorf("dmon %s: %s, not %s", line, got, want)
		}
	}
}

func TestWhatHUPMeans(t *testing.T) {
	for line, want := range map[string][2]bool{ // forwards, ends
		"cmd": {false, false}, "-n cmd": {false, true}, "-n -s cmd": {true, false}, "-s cmd": {true, false},
		"-n -S cmd -- log": {true, false}, "-n cmd -- log": {false, true}, "-n -s=false cmd": {false, true},
	} {
		s := settingsOf(t, strings.Fields(line)...)
		if got := [2]bool{s.Forwards(), s.HangUpEnds()}; got != want {
			t.Errorf("dmon %s: %v, not %v", line, got, want)
		}
		if s.Policy.Forward[supervise.Log] != nil != strings.Contains(line, "-S") {
			t.Errorf("dmon %s: %v", line, s.Policy.Forward)
		}
	}
}

// One file under two names is one file.
func TestLinksAreTheSameFile(t *testing.T) {
	t.Setenv("DMON_OPTIONS", "")
	dir := t.TempDir()
	a, b, c := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "c")
	if os.WriteFile(a, nil, 0o600) != nil || os.Link(a, b) != nil || os.Symlink("a", c) != nil {
		t.Fatal("cannot make the files")
	}
	for _, other := range []string{b, c} {
		if _, err := Parse([]string{"-p", a, "--cmd-pid-file", other, "cmd"}); err == nil || err.Error() != "--pid-file and --cmd-pid-file name the same file" {
			t.Errorf("%s: %v", other, err)
		}
	}
}

func TestWhatTheGateCounts(t *testing.T) {
	for line, want := range map[string]bool{
		"cmd": false, "-L 4 cmd": false, "-L 4 --load-of others cmd": true, "--pressure io=5 cmd": true, "--min-memory 5% cmd": false,
	} {
		if got := settingsOf(t, strings.Fields(line)...).Counts(); got != want {
			t.Errorf("dmon %s: %v", line, got)
		}
	}
}

func TestHint(t *testing.T) {
	for _, row := range []struct {
		args []string
		task supervise.Task
		want string
	}{
		{[]string{"cmd", "--", "log"}, supervise.Log, "from behind --;"},
		{[]string{"--separator", ":: ::", "cmd", ":: ::", "log"}, supervise.Log, "from behind ':: ::';"},
		{[]string{"sleep 1"}, supervise.Cmd, "it is one word"},
		{[]string{"my sleep", "1"}, supervise.Cmd, ""},
		{[]string{"sleep"}, supervise.Cmd, ""},
	} {
		if got := settingsOf(t, row.args...).Hint(row.task); !strings.Contains(got, row.want) || (got == "") != (row.want == "") {
			t.Errorf("%q: %q", row.args, got)
		}
	}
}

// --explain says what is not there, as seen from the work directory, and where
// nothing is missing it says nothing.
func TestWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	tool, file := filepath.Join(dir, "tool"), filepath.Join(dir, "file")
	if os.WriteFile(tool, nil, 0o700) != nil || os.WriteFile(file, nil, 0o600) != nil {
		t.Fatal("cannot make the files")
	}
	for _, row := range []struct{ line, want string }{
		{"true", ""},
		{tool + " -- true", ""},
		{"-W " + dir + " --stdin file --stderr out -p x -I /tmp/y ./tool -- ./tool", ""},
		{"no-such-command", "the command no-such-command is not to be found"},
		{file, "the command " + file + " is not to be found"},
		{"./tool", "the command ./tool is not to be found"},
		{"-E PATH=/nowhere true", "the command true is not to be found"},
		{"true -- no-such-logger", "the log command no-such-logger is not to be found"},
		{"-W /no/dir no-such-command", "there is no directory /no/dir"},
		{"-p /no/dir/x --cmd-pid-file /no/dir/y true", "there is no directory /no/dir"},
		{"-W " + dir + " -I no/ev --stderr no/e --stdin in true", "there is no directory " + dir + "/no; there is no file in"},
	} {
		s := settingsOf(t, strings.Fields(row.line)...)
		if got := strings.Join(s.missing(), "; "); got != row.want {
			t.Errorf("dmon %s: %q, not %q", row.line, got, row.want)
		}
	}
}
