package proc

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// This binary under this name in its environment is a helper of TestCensus:
// three threads that never rest.
const spinner = "DMON_TEST_SPINS"

func init() {
	if os.Getenv(spinner) == "" {
		return
	}
	for range 2 {
		go func() {
			runtime.LockOSThread()
			for {
			}
		}()
	}
	for {
	}
}

// until takes a census until good says so.
func until(t *testing.T, c *Census, what string, good func(Activity) bool) Activity {
	t.Helper()
	var a Activity
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); runtime.Gosched() {
		var err error
		if a, err = c.Take(); err != nil {
			t.Fatal(err)
		}
		if good(a) {
			return a
		}
	}
	t.Fatalf("waited in vain for %s: %+v", what, a)
	return a
}

// startElsewhere starts cmd as the child of a thread that is not our first:
// the children of that one are taken for orphans of the command's.
func startElsewhere(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	started, over := make(chan error), make(chan bool)
	var start func()
	start = func() {
		runtime.LockOSThread()
		if syscall.Gettid() == os.Getpid() {
			go start()
			<-over
			return
		}
		started <- cmd.Start()
		<-over
	}
	go start()
	t.Cleanup(func() {
		if cmd.Process != nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			cmd.Wait()
		}
		close(over)
	})
	if err := <-started; err != nil {
		t.Fatal(err)
	}
}

// A tree with two busy processes and one with three busy threads, below others
// that sleep, and one that is busy but no part of it.
func TestCensus(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	stranger := exec.Command("sh", "-c", "while :; do :; done")
	startElsewhere(t, stranger)
	cmd := exec.Command("sh", "-c", `sh -c 'while :; do :; done' &
		sh -c 'sh -c "while :; do :; done" & sleep 1000 & wait' &
		`+spinner+`=1 GOMAXPROCS=3 `+self+` & wait`)
	startElsewhere(t, cmd)
	c := NewCensus()
	if a, err := c.Take(); err != nil || a.Active != 0 {
		t.Errorf("an empty tree: %+v, %v", a, err)
	}
	c.kin.Store(&kin{cmd: cmd.Process.Pid})
	until(t, c, "five busy threads", func(a Activity) bool { return a.Active == 5 })
	before := until(t, c, "some processor time", func(a Activity) bool { return a.Used >= 50*time.Millisecond })
	until(t, c, "more of it", func(a Activity) bool { return a.Used >= before.Used+100*time.Millisecond })
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	stopped := until(t, c, "nothing busy in a stopped tree", func(a Activity) bool { return a.Active == 0 })
	if a, err := c.Take(); err != nil || a.Used < stopped.Used {
		t.Errorf("used %v, then %v, %v", stopped.Used, a.Used, err)
	}
	c.kin.Store(new(kin))
	until(t, c, "an empty tree", func(a Activity) bool { return a.Active == 0 })
}

// What has ended stays in what was used, whoever has waited for it.
func TestCensusKeepsWhatWasUsed(t *testing.T) {
	c := NewCensus()
	cmd := exec.Command("sh", "-c", `sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done'; echo over; read x`)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	first, err := c.Take()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.kin.Store(&kin{cmd: cmd.Process.Pid})
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "over\n" {
		t.Fatal(line, err)
	}
	waited, err := c.Take()
	if err != nil || waited.Used <= first.Used {
		t.Errorf("its parent has waited: %v, then %v, %v", first.Used, waited.Used, err)
	}
	in.Close()
	cmd.Wait()
	c.kin.Store(new(kin))
	if last, err := c.Take(); err != nil || last.Used < waited.Used {
		t.Errorf("we have waited: %v, then %v, %v", waited.Used, last.Used, err)
	}
}
