package place

import (
	"os"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestLinksOfTheKernel: /dev/stderr and /proc/self/fd lead to what is open,
// which has no name that could be walked to.
func TestLinksOfTheKernel(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	defer r.Close()
	defer w.Close()
	d, name, err := Follow("/dev/fd/" + strconv.Itoa(int(w.Fd())))
	must(t, err)
	defer d.Close()
	f, info, err := d.Open(name, unix.O_WRONLY, 0)
	must(t, err)
	defer f.Close()
	if !info.Is(unix.S_IFIFO) {
		t.Errorf("the pipe is %s", info.Kind())
	}
	_, err = f.WriteString("x")
	must(t, err)
	if n, _ := r.Read(make([]byte, 4)); n != 1 {
		t.Error("nothing came through")
	}
	d, name, err = Of("/proc/self/cwd/place.go")
	must(t, err)
	defer d.Close()
	if here, err := os.Stat("."); err != nil || name != "place.go" || d.Info().Ino != here.Sys().(*syscall.Stat_t).Ino {
		t.Errorf("the working directory is %+v, %v", d.Info(), err)
	}
}
