//go:build linux && soak

package soak

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"dmon/bench/stage"
)

// ledger is memory that all lives of the generator share with the soak: what
// is in it outlives every KILL.
type ledger struct {
	next uint64 // the first line that was not written as a whole
	stop uint32 // not 0: end with success
}

func openLedger(path string) (*ledger, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size := int(unsafe.Sizeof(ledger{}))
	if err := f.Truncate(int64(size)); err != nil {
		return nil, err
	}
	mem, err := syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("cannot share %s: %w", path, err)
	}
	return (*ledger)(unsafe.Pointer(&mem[0])), nil
}

// generate LEDGER LIMIT writes the stream to standard output, from where its
// last life came to, until it is told to stop. It notes a line once the whole
// of it is in the pipe: killed in between, it writes that line again.
func generate(args []string) error {
	l, err := openLedger(args[0])
	if err != nil {
		return err
	}
	limit, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	if os.Getenv("DMON_RUN") != "1" {
		// What the last life was about to write may be half in the pipe.
		if err := writeAll([]byte{'\n'}); err != nil {
			return err
		}
	}
	var buf []byte
	for atomic.LoadUint32(&l.stop) == 0 {
		for range rand.IntN(3000) {
			n := atomic.LoadUint64(&l.next)
			buf = append(line(buf[:0], n, limit), '\n')
			if err := writeAll(buf); err != nil {
				return err
			}
			atomic.StoreUint64(&l.next, n+1)
		}
		stage.Pause(time.Duration(rand.IntN(40)) * time.Millisecond)
	}
	return nil
}

func writeAll(p []byte) error {
	for len(p) > 0 {
		n, err := syscall.Write(1, p)
		if err != nil && err != syscall.EINTR {
			return err
		}
		p = p[max(n, 0):]
	}
	return nil
}
