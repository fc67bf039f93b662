package daemon

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// secondLife, in the environment, says what this binary does when Detach has
// started it again.
const secondLife = "DAEMON_TEST_LIFE"

func init() {
	plan, ok := os.LookupEnv(secondLife)
	if !ok {
		return
	}
	l := Attached()
	if l == nil {
		return // this is the first life
	}
	how, file, _ := strings.Cut(plan, " ")
	switch how {
	case "ready":
		l.Say("one")
		l.Say("two")
		procs, set := os.LookupEnv("GOMAXPROCS")
		_, line := os.LookupEnv(lifeline)
		sid, _, _ := syscall.Syscall(syscall.SYS_GETSID, 0, 0, 0)
		text := fmt.Sprintf("procs %q %v, lifeline %v, leads %v", procs, set, line, int(sid) == os.Getpid())
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			l.Say(err.Error())
		}
		l.News("three")
		if err := l.Ready(); err != nil {
			os.Exit(1)
		}
		l.End(7) // means nothing any more
	case "end":
		l.Say("no luck")
		l.End(42)
	case "die":
	case "killed":
		if _, err := LockPidFile(file); err != nil {
			l.Say(err.Error())
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case "panic":
		var nothing map[string]int
		nothing["x"] = 1
	case "list":
		comm, err := os.ReadFile("/proc/self/comm")
		text := string(comm)
		for fd := 3; fd < 200; fd++ {
			flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
			if errno == 0 && flags&syscall.FD_CLOEXEC == 0 {
				text += strconv.Itoa(fd) + " "
			}
		}
		null, nerr := os.Readlink("/proc/self/fd/2")
		l.Say(fmt.Sprintf("%s, %s, %v, %v", strings.ReplaceAll(text, "\n", ": "), null, err, nerr))
		_ = l.Ready()
	case "late":
		term := make(chan os.Signal, 1)
		signal.Notify(term, syscall.SIGTERM)
		l.Say("waiting")
		<-term
		l.News("too late")
		_ = l.Ready()
	case "wait":
		l.Say("waiting")
		<-time.After(time.Minute) // TERM is to come before
	}
	os.Exit(0)
}

// What the next Detach of lives gets besides.
var (
	keep    []int
	pidFile string
)

// lives runs both lives in a process of its own each: this one goes on.
func lives(t *testing.T, plan string, signals chan os.Signal) (status int, said []string, err error) {
	t.Setenv(secondLife, plan)
	how := os.Signal(syscall.SIGTERM)
	if word, name, ok := strings.Cut(plan, " "); ok && word == "wait" {
		how = map[string]os.Signal{"HUP": syscall.SIGHUP, "INT": syscall.SIGINT}[name]
	}
	done := make(chan bool)
	go func() {
		defer close(done)
		status, err = Detach(Detachment{
			Signals: signals,
			Say: func(text string) {
				said = append(said, text)
				if text == "waiting" {
					signals <- how
				}
			},
			News:    func(text string) { said = append(said, "news: "+text) },
			Keep:    keep,
			PidFile: pidFile,
		})
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s: the launcher waits for ever", plan)
	}
	return status, said, err
}

func TestDetach(t *testing.T) {
	file := filepath.Join(t.TempDir(), "life")
	for _, procs := range []string{"", "7"} {
		if procs != "" {
			t.Setenv("GOMAXPROCS", procs)
		}
		status, said, err := lives(t, "ready "+file, nil)
		if status != 0 || err != nil || !slices.Equal(said, []string{"one", "two", "news: three"}) {
			t.Errorf("ready: %d, %q, %v", status, said, err)
		}
		text, err := os.ReadFile(file)
		if want := fmt.Sprintf("procs %q %v, lifeline false, leads true", procs, procs != ""); err != nil || string(text) != want {
			t.Errorf("the second life found %q, not %q, %v", text, want, err)
		}
		if _, err := syscall.Wait4(-1, nil, 0, nil); err != nil { // one that is ready is nobody's to wait for
			t.Error(err)
		}
	}
	if status, said, err := lives(t, "end", nil); status != 42 || err != nil || !slices.Equal(said, []string{"no luck"}) {
		t.Errorf("end: %d, %q, %v", status, said, err)
	}
	if _, _, err := lives(t, "die", nil); err == nil || err.Error() != "the daemon died before it was ready" {
		t.Errorf("die: %v", err)
	}
	for _, plan := range []string{"wait", "wait HUP", "wait INT"} {
		signals := make(chan os.Signal, 4)
		signals <- syscall.SIGUSR1 // means nothing
		if status, _, err := lives(t, plan, signals); status != 128+15 || err != nil {
			t.Errorf("%s: %d, %v", plan, status, err)
		}
	}
	// It was ready by the time it heard that it is to end.
	if status, said, err := lives(t, "late", make(chan os.Signal, 1)); status != 128+15 || err != nil || len(said) != 1 {
		t.Errorf("late: %d, %q, %v", status, said, err)
	}
	// Nothing that failed is left, not even as a zombie.
	if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid > 0 {
		t.Errorf("process %d is left, %v", pid, err)
	}
}

// TestSecondLifeDies: what it died of is told, and no pid file of its stays.
func TestSecondLifeDies(t *testing.T) {
	if _, _, err := lives(t, "panic", nil); err == nil || err.Error() != "the daemon died before it was ready: panic: assignment to entry in nil map" {
		t.Errorf("panic: %v", err)
	}
	path := filepath.Join(t.TempDir(), "x.pid")
	pidFile = path
	defer func() { pidFile = "" }()
	_, said, err := lives(t, "killed "+path, nil)
	if err == nil || err.Error() != "the daemon died before it was ready: killed" || len(said) > 0 {
		t.Errorf("killed: %v, %q", err, said)
	}
	if _, err := os.Lstat(path); err == nil {
		t.Error("its pid file is left")
	}
	// Another's stays.
	write(t, path, "1\n")
	if _, said, err = lives(t, "killed "+path+"2", nil); err == nil || mustRead(t, path) != "1\n" {
		t.Errorf("killed: %v, %q", err, said)
	}
}

// TestF70Descriptors: the second life gets none of ours but those it is to keep;
// its standard error is nobody's, its name is dmon's.
func TestF70Descriptors(t *testing.T) {
	var p [2]int
	if err := syscall.Pipe(p[:]); err != nil { // without close-on-exec, as a caller's
		t.Fatal(err)
	}
	defer syscall.Close(p[0])
	defer syscall.Close(p[1])
	for _, kept := range [][]int{nil, {p[1]}, {0, 1, 2, p[0]}} {
		keep = kept
		_, said, err := lives(t, "list", nil)
		want := "dmon: "
		if len(kept) > 0 {
			want += strconv.Itoa(kept[len(kept)-1]) + " "
		}
		if want += ", /dev/null, <nil>, <nil>"; err != nil || len(said) != 1 || said[0] != want {
			t.Errorf("with %v it has %q, %v, not %q", kept, said, err, want)
		}
		if _, err := syscall.Wait4(-1, nil, 0, nil); err != nil {
			t.Error(err)
		}
	}
	keep = []int{199}
	if _, _, err := lives(t, "list", nil); err == nil || err.Error() != "cannot keep descriptor 199: bad file descriptor" {
		t.Errorf("keeping what is not open: %v", err)
	}
	keep = nil
}

// A kernel that cannot mark all at once has them marked one by one.
func TestCloseOnExecEach(t *testing.T) {
	for _, list := range []string{"/proc/self/fd", "/no/such/list"} {
		fd, err := syscall.Open("/dev/null", syscall.O_RDONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		closeOnExecEach(list)
		flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
		if errno != 0 || flags&syscall.FD_CLOEXEC == 0 {
			t.Errorf("by %s: %d, %v", list, flags, errno)
		}
		syscall.Close(fd)
	}
}

// After the end of the relay no signal is sent: the number may be another's.
func TestRelayEnds(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signals <- syscall.SIGTERM
	close(signals)
	r := &relay{pid: os.Getpid()}
	if r.end() {
		t.Error("nothing was told yet")
	}
	r.run(signals) // would end this test
	if r.told {
		t.Error("it was told after the end")
	}
}

// One processor is all that the second life gets, and what was set comes back.
func TestEnvironOfSecondLife(t *testing.T) {
	t.Setenv("GOMAXPROCS", "7")
	env := environ(2)
	if !slices.Contains(env, "GOMAXPROCS=1") || slices.Contains(env, "GOMAXPROCS=7") || !slices.Contains(env, lifeline+"=2=7") {
		t.Errorf("%q", env)
	}
}

// What the second life says may be cut off anywhere.
func TestListen(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "-1 false []",
		"m":                 "-1 false []",
		"mhalf":             "-1 false []",
		"mone\n":            "-1 false [one]",
		"r\n":               "0 true []",
		"mone\nmtwo\nr\nx1": "0 true [one two]",
		"x125\n":            "125 false []",
		"m\nx0\n":           "0 false []",
		"x\n":               "-1 false []",
		"xabc\n":            "-1 false []",
		"x12":               "-1 false []",
		"?\n\nmone\nr\n":    "0 true [one]",
	} {
		var said []string
		l := &listener{say: func(s string) {
			if s != "" {
				said = append(said, s)
			}
		}}
		status, ready := l.listen(strings.NewReader(text))
		if got := fmt.Sprint(status, ready, said); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}

// The runtime's last word is the reason, unless it explained itself before.
func TestCause(t *testing.T) {
	for text, want := range map[string]string{
		"panic: x\n":                           ": panic: x",
		"runtime: no room\nfatal error: x\nmy": ": runtime: no room",
		"mone\n":                               "",
	} {
		l := &listener{say: func(string) {}}
		l.listen(strings.NewReader(text))
		if got := l.cause(0); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func FuzzListen(f *testing.F) {
	f.Add([]byte("mone\nr\n"))
	f.Add([]byte("x125\n"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := &listener{say: func(s string) {
			if strings.ContainsRune(s, '\n') {
				t.Errorf("%q is said", s)
			}
		}}
		status, ready := l.listen(strings.NewReader(string(text)))
		if ready && status != 0 {
			t.Errorf("ready with status %d", status)
		}
	})
}

// A variable that is not from us is no lifeline, and is taken away all the same.
func TestAttached(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, value := range []string{"", "x", "-1", "99999", "0x3", strconv.Itoa(int(file.Fd())), strconv.Itoa(int(file.Fd())) + "=4"} {
		t.Setenv(lifeline, value)
		t.Setenv("GOMAXPROCS", "1")
		if l := Attached(); l != nil {
			t.Errorf("%q is a lifeline", value)
		}
		if _, set := os.LookupEnv(lifeline); set {
			t.Errorf("%q stays", value)
		}
	}
	// And none at all leaves GOMAXPROCS alone.
	os.Unsetenv(lifeline)
	t.Setenv("GOMAXPROCS", "3")
	if l := Attached(); l != nil || os.Getenv("GOMAXPROCS") != "3" {
		t.Error("nothing was attached, and something changed")
	}
	// A nil launcher takes everything.
	var none *Launcher
	none.Say("x")
	none.End(3)
	if none.Waiting() || none.Ready() != nil {
		t.Error("none waits")
	}
}
