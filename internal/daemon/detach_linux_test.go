package daemon

import (
	"fmt"
	"os"
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
	case "wait":
		l.Say("waiting")
		<-time.After(time.Minute) // TERM is to come before
	}
	os.Exit(0)
}

// lives runs both lives in a process of its own each: this one goes on.
func lives(t *testing.T, plan string, signals chan os.Signal) (status int, said []string, err error) {
	t.Setenv(secondLife, plan)
	done := make(chan bool)
	go func() {
		defer close(done)
		status, err = Detach(signals, func(text string) {
			said = append(said, text)
			if text == "waiting" {
				signals <- syscall.SIGTERM
			}
		}, func(text string) { said = append(said, "news: "+text) })
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
	}
	if status, said, err := lives(t, "end", nil); status != 42 || err != nil || !slices.Equal(said, []string{"no luck"}) {
		t.Errorf("end: %d, %q, %v", status, said, err)
	}
	if _, _, err := lives(t, "die", nil); err == nil || err.Error() != "the daemon died before it was ready" {
		t.Errorf("die: %v", err)
	}
	signals := make(chan os.Signal, 4)
	signals <- syscall.SIGUSR1 // means nothing
	if status, _, err := lives(t, "wait", signals); status != 128+15 || err != nil {
		t.Errorf("TERM while it waits: %d, %v", status, err)
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
		status, ready := listen(strings.NewReader(text), func(s string) {
			if s != "" {
				said = append(said, s)
			}
		}, func(string) {})
		if got := fmt.Sprint(status, ready, said); got != want {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}

func FuzzListen(f *testing.F) {
	f.Add([]byte("mone\nr\n"))
	f.Add([]byte("x125\n"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		status, ready := listen(strings.NewReader(string(text)), func(s string) {
			if strings.ContainsRune(s, '\n') {
				t.Errorf("%q is said", s)
			}
		}, func(string) {})
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
