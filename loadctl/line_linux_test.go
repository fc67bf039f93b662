package loadctl

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestLine(t *testing.T) {
	dir := shared(t)
	a, b := newLine([]string{dir}).(*lockLine), newLine([]string{dir}).(*lockLine)
	sees := func(l line, lane Lane, what sign, first, last, want int64) {
		t.Helper()
		if n, found := l.see(lane, what, first, last); found != (want != 0) || n != want {
			t.Errorf("%d to %d: saw %d, %v, want %d", first, last, n, found, want)
		}
	}
	sees(b, Processors, waits, 1, eternity, 0)
	a.show(Processors, waits, 1000)
	sees(a, Processors, waits, 1, eternity, 0) // one's own is no other's
	sees(b, Processors, waits, 1, eternity, 1000)
	sees(b, Processors, waits, 1, 1000, 0)
	sees(b, Processors, waits, 1000, 1001, 1000)
	sees(b, Processors, waits, 1001, eternity, 0)
	sees(b, Disks, waits, 1, eternity, 0)
	sees(b, Processors, came, 1, eternity, 0)
	b.show(Processors, waits, 1000) // two may have the same number
	sees(a, Processors, waits, 1, eternity, 1000)
	a.show(Processors, waits, 2000) // in place of the one before
	sees(b, Processors, waits, 1, eternity, 2000)
	a.show(Disks, resumes, eternity-1)
	sees(b, Disks, resumes, 1, eternity, eternity-1)
	a.show(Processors, waits, 0)
	if a.file == nil {
		t.Error("closed though it shows another sign")
	}
	a.show(Disks, resumes, 0)
	if a.file != nil {
		t.Error("open though it shows nothing")
	}
	b.leave()
	sees(a, Processors, waits, 1, eternity, 0)
	if info, err := os.Stat(filepath.Join(dir, turnFile)); err != nil || info.Size() != 0 || info.Mode().Perm() != 0o444 {
		t.Errorf("%v, %v", info, err)
	}
	// Where there is no place to meet nothing is shown, and nobody is seen.
	alone := newLine([]string{t.TempDir()})
	alone.show(Processors, waits, 1000)
	sees(alone, Processors, waits, 1, eternity, 0)
	alone.leave()
}

// A child between fork and exec has copies of the descriptors.
func TestWhatIsGivenBackIsGone(t *testing.T) {
	dir := shared(t)
	turn, l := &turns{dirs: []string{dir}}, newLine([]string{dir}).(*lockLine)
	if err := turn.take(); err != nil {
		t.Fatal(err)
	}
	l.show(Processors, waits, 1000)
	for _, f := range []*os.File{turn.file, l.file} {
		copied, err := unix.Dup(int(f.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(copied)
	}
	turn.drop()
	l.leave()
	if err := turn.take(); err != nil {
		t.Error(err)
	}
	turn.drop()
	if n, found := newLine([]string{dir}).see(Processors, waits, 1, eternity); found {
		t.Errorf("%d still waits", n)
	}
}

// Somebody who locks everything holds the others up for a while, and no longer.
func TestLineThatLies(t *testing.T) {
	dir := shared(t)
	file, err := openTurn([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all := unix.Flock_t{Type: unix.F_RDLCK, Whence: unix.SEEK_SET}
	if err := unix.FcntlFlock(file.Fd(), unix.F_OFD_SETLK, &all); err != nil {
		t.Fatal(err)
	}
	h := newHerd(t, 2, hog)
	h.jobs[0].panel.resume.queue.line = newLine([]string{dir})
	h.neighbour = &herdJob{threads: 2}
	h.run(10 * time.Second)
	if !h.jobs[0].paused {
		t.Fatal("it is not paused")
	}
	h.neighbour = nil
	begun := h.now
	for h.jobs[0].paused && h.now.Sub(begun) < time.Hour {
		h.step()
	}
	if took := h.now.Sub(begun); took < 2*chance || took > patience+20*time.Second {
		t.Errorf("it was held up for %v", took)
	}
	before := h.jobs[0].used
	h.run(time.Hour)
	if got := (h.jobs[0].used - before).Hours(); got < 0.6 {
		t.Errorf("then it got %.2f of a processor", got)
	}
}
