package loadctl

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// triggerWindow is the shortest that the kernel looks at for a process without
// rights of its own.
const triggerWindow = 2 * time.Second

// call has ring called, from another goroutine, whenever the kernel sees half
// of the pressure that closes the guard, at most every two seconds. Where the
// kernel does not offer that, the guard looks more often instead. The function
// that it returns ends it.
func (g *pressure) call(ring func()) (end func()) {
	file, err := g.arm()
	if err != nil {
		return func() {}
	}
	conn, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return func() {}
	}
	g.armed.Store(true)
	over := make(chan struct{})
	go func() {
		defer close(over)
		begun := false
		// Read calls back at once, and then whenever the kernel wakes who
		// waits for the descriptor. To be asked for the state of it, which the
		// runtime does, makes the kernel ready for the next time.
		_ = conn.Read(func(uintptr) (done bool) {
			if begun {
				ring()
			}
			begun = true
			return false
		})
	}()
	return func() {
		file.Close()
		<-over
	}
}

func (g *pressure) arm() (*os.File, error) {
	fd, err := unix.Open(g.file.path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	threshold := time.Duration(g.gate.High / 100 / 2 * float64(triggerWindow))
	words := fmt.Sprintf("some %d %d\x00", max(threshold, time.Millisecond).Microseconds(), triggerWindow.Microseconds())
	if _, err := unix.Write(fd, []byte(words)); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), g.file.path), nil
}
