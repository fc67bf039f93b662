package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dmon/internal/varlink"

	"golang.org/x/sys/unix"
)

// home is a new home of ours.
func home(t *testing.T) *Home {
	t.Helper()
	t.Setenv(envDir, filepath.Join(t.TempDir(), "names"))
	h, err := OpenHome(os.Getuid(), true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h
}

func claim(t *testing.T, h *Home, name string) *Entry {
	t.Helper()
	e, err := h.Claim(name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func save(t *testing.T, e *Entry, r Record) {
	t.Helper()
	var w varlink.Writer
	w.Reset(make([]byte, 0, 16<<10))
	w.Open("", "{")
	r.Write(&w)
	w.Close("}")
	if err := e.Save(w.Bytes()); err != nil || w.Full() {
		t.Fatal(err, w.Full())
	}
}

func TestARecordSaysWhatItWasTold(t *testing.T) {
	at := time.Date(2026, 11, 25, 12, 0, 0, 5000, time.UTC)
	want := Record{
		Name: "web/a", Given: true, Host: "h", Boot: BootID(), Argv: []string{"dmon", "-n", "a b\n\""}, Command: []string{"x", ""}, Dir: "/tmp", Umask: 0o22, Foreground: true,
		Dmon: Process{os.Getpid(), 34}, Cmd: Process{56, 78}, Log: Process{9, 10}, State: Ended, Text: "tëxt", Gate: "load", Run: 3, Respawns: 2, Ready: true, Healthy: "no",
		Status: 7, Seq: 99, Since: at, Next: at.Add(time.Second),
		Last: End{Run: 3, Signal: "KILL", Cause: "oom", Lasted: 1500 * time.Millisecond, User: time.Second, System: 2 * time.Microsecond, MaxRSS: 12345, At: at},
	}
	h := home(t)
	e := claim(t, h, "web/a")
	save(t, e, want)
	v, err := h.Look("web/a")
	if err != nil || !v.Lives || !reflect.DeepEqual(v.Record, want) {
		t.Errorf("%v %v\n%+v\n%+v", err, v.Lives, v.Record, want)
	}
	e.Release(true)
	if v, err = h.Look("web/a"); err != nil || v.Lives || v.State != Ended || v.Status != 7 {
		t.Errorf("after the end: %v %+v", err, v)
	}
	e = claim(t, h, "web/a")
	want.State = Up
	save(t, e, want)
	e.close() // as a KILL does
	if v, err = h.Look("web/a"); err != nil || v.State != Lost {
		t.Errorf("after a KILL: %v %q", err, v.State)
	}
	if names, err := h.Names(); err != nil || !slices.Equal(names, []string{"web/a"}) {
		t.Errorf("names %q, %v", names, err)
	}
	if err := h.Forget("web/a"); err != nil {
		t.Error(err)
	}
	if left, _ := h.dir.Names(); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

func TestATakenNameSaysWhose(t *testing.T) {
	h := home(t)
	e := claim(t, h, "web")
	var taken *Taken
	if _, err := h.Claim("web"); !errors.As(err, &taken) || taken.Pid != os.Getpid() {
		t.Errorf("a second one: %v", err)
	}
	if err := h.Forget("web"); !errors.As(err, &taken) {
		t.Errorf("forgotten while it lives: %v", err)
	}
	free, err := h.ClaimFree("web")
	if want := fmt.Sprintf("web.%d", os.Getpid()); err != nil || free.Name != want {
		t.Fatalf("%v, not %s", err, want)
	}
	free.Release(true)
	save(t, e, Record{Name: "web", Given: true, State: Ended})
	e.Release(true)
	// A record that is kept is nobody's to lose but who asks for the name.
	if free, err = h.ClaimFree("web"); err != nil || free.Name == "web" {
		t.Fatalf("an automatic name takes a kept one: %v", err)
	}
	free.Release(true)
	if names, _ := h.Names(); !slices.Equal(names, []string{"web"}) {
		t.Errorf("an automatic name left something: %q", names)
	}
}

// Whoever loses hears of a winner, and there is one each time, also when the
// last holder removes the name meanwhile.
func TestTwoStartsAtOnce(t *testing.T) {
	h := home(t)
	for range 500 {
		var wins, losses int
		var mu sync.Mutex
		var all sync.WaitGroup
		gate := make(chan bool)
		for range 4 {
			all.Go(func() {
				<-gate
				e, err := h.ClaimFree("x")
				mu.Lock()
				defer mu.Unlock()
				var taken *Taken
				switch {
				case err == nil:
					wins++
					if names, _ := e.dir.Names(); !slices.Contains(names, lockFile) {
						t.Error("a name without a lock")
					}
					e.Release(false)
				case errors.As(err, &taken):
					losses++
				default:
					t.Error(err)
				}
			})
		}
		close(gate)
		all.Wait()
		if wins == 0 || wins+losses != 4 {
			t.Fatalf("%d won, %d lost", wins, losses)
		}
	}
	if left, _ := h.dir.Names(); len(left) != 0 {
		t.Errorf("left: %q", left)
	}
}

func TestEventsAreKeptInTwoGenerations(t *testing.T) {
	h := home(t)
	e := claim(t, h, "x")
	line := []byte(strings.Repeat("x", 999) + "\n")
	for range 300 {
		if err := e.Append(line); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{eventsFile, olderFile} {
		text, err := os.ReadFile(e.dir.Path(name))
		if err != nil || len(text) > maxEvents || len(text)%1000 != 0 || len(text) == 0 {
			t.Errorf("%s has %d bytes, %v", name, len(text), err)
		}
	}
	e.Release(false)
}

// The events of many dmons of a name are one history, whatever the last holder left
// of a line.
func TestEventsOutliveTheirDmon(t *testing.T) {
	h := home(t)
	line := func(n int) string { return fmt.Sprintf("{\"seq\":%d}\n", n) }
	want := ""
	for n := 1; n <= 9; n++ {
		e := claim(t, h, "x")
		if e.Seq != int64(n-1) {
			t.Fatalf("begun after event %d, not %d", e.Seq, n-1)
		}
		if err := e.Append([]byte(line(n))); err != nil {
			t.Fatal(err)
		}
		want += line(n)
		if n%3 == 0 {
			if err := e.Append([]byte(`{"seq":7`)); err != nil { // killed there
				t.Fatal(err)
			}
			want += "{\"seq\":7\n"
		}
		e.Release(true)
	}
	text, err := os.ReadFile(h.Path() + "x/" + eventsFile)
	if err != nil || string(text)+"\n" != want {
		t.Errorf("kept are, %v,\n%s", err, text)
	}
}

// What a stranger, or nobody, has put there is refused and stays as it is; no
// FIFO makes us wait.
func TestWhatIsPlanted(t *testing.T) {
	h := home(t)
	base := strings.TrimSuffix(h.Path(), "/")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	victim := filepath.Join(t.TempDir(), "victim")
	must(os.WriteFile(victim, []byte("precious"), 0o600))
	must(os.Symlink(filepath.Dir(victim), base+"/link"))
	must(os.Mkdir(base+"/a", 0o700))
	must(os.Symlink(victim, base+"/a/lock"))
	must(os.Mkdir(base+"/b", 0o700))
	must(unix.Mkfifo(base+"/b/lock", 0o600))
	must(unix.Mkfifo(base+"/b/record.json", 0o600))
	must(os.Mkdir(base+"/c", 0o700))
	must(os.Symlink(victim, base+"/c/record.json.new"))
	must(os.Symlink(victim, base+"/c/events"))
	for _, name := range []string{"link", "a", "b"} {
		if e, err := h.Claim(name); err == nil {
			e.Release(false)
			t.Errorf("%s was taken", name)
		}
		_, _ = h.Look(name)
	}
	e := claim(t, h, "c") // links are renamed and unlinked, never followed
	save(t, e, Record{Name: "c", State: Up})
	must(e.Append([]byte("x\n")))
	e.Release(false)
	if text, err := os.ReadFile(victim); string(text) != "precious" {
		t.Errorf("the victim is %q, %v", text, err)
	}
	must(os.Chmod(base, 0o755))
	if _, err := OpenHome(os.Getuid(), true); err == nil || !strings.Contains(err.Error(), "open to others") {
		t.Errorf("a home open to others: %v", err)
	}
}

func TestNames(t *testing.T) {
	for name, good := range map[string]bool{
		"web": true, "a": true, "web/api": true, "A.b_c@d+e-1": true, "7": true, strings.Repeat("x", 48): true,
		"": false, "/": false, "a/": false, "/a": false, "a/b/c": false, ".": false, "..": false, "../a": false, ".a": false, "-a": false,
		"a b": false, "a\n": false, "ä": false, "a/lock": false, "lock": true, "a/..": false, strings.Repeat("x", 49): false,
	} {
		if err := CheckName(name); (err == nil) != good {
			t.Errorf("%q: %v", name, err)
		}
	}
	for command, want := range map[string]string{"/usr/bin/rsync": "rsync", "a b": "a_b", "-x": "xx", "[": "x", "/": "x", "./run.sh": "run.sh", "é": "x_"} {
		got := NameOf(command)
		if got != want || CheckName(got) != nil {
			t.Errorf("%q gives %q, not %q", command, got, want)
		}
	}
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{{"web/*", "web/a", true}, {"*", "web/a", false}, {"*", "a", true}, {"a?", "ab", true}, {"[a]", "a", false}, {"web", "web", true}} {
		if Match(c.pattern, c.name) != c.want {
			t.Errorf("%s and %s", c.pattern, c.name)
		}
	}
}

func TestNumbersGoOn(t *testing.T) {
	h := home(t)
	e := claim(t, h, "x")
	for _, line := range []string{`{"seq":41}`, `{"seq":42}`, `{"seq":43`} { // the last was cut by a KILL
		if err := e.Append([]byte(line + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	e.close()
	if e = claim(t, h, "x"); e.Seq != 42 {
		t.Errorf("the next number follows %d", e.Seq)
	}
	e.Release(false)
}
