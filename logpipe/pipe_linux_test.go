package logpipe

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestPipeIsAsLargeAsEveryoneMay(t *testing.T) {
	p := newPipe(t)
	size, err := unix.FcntlInt(uintptr(p.r), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(pipeMax)
	if err != nil {
		t.Fatal(err)
	}
	limit, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if size != limit {
		t.Errorf("the pipe holds %d bytes, %s allows %d", size, pipeMax, limit)
	}
}

func TestF71SizeIsTheOldOneAgain(t *testing.T) {
	p := newPipe(t)
	size := pipeSize(p.r)
	for name, end := range map[string]func() (int, error){"read": p.ReadEnd, "write": p.WriteEnd} {
		if _, err := unix.FcntlInt(uintptr(p.w), unix.F_SETPIPE_SZ, 4096); err != nil {
			t.Fatal(err)
		}
		if fd, err := end(); err != nil || pipeSize(fd) != size {
			t.Errorf("%s end: error %v, holds %d bytes, not %d", name, err, pipeSize(fd), size)
		}
	}
}

func TestEnlargeLeavesOthersAlone(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	Enlarge(int(file.Fd()))
	if _, err := file.Stat(); err != nil {
		t.Error(err)
	}
}
