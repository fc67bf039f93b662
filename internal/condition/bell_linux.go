package condition

import (
	"os"
	"syscall"
)

// bell is a descriptor of the kernel's that becomes readable when there is a reason
// to look. The runtime waits for it in the one epoll that it has anyway: no thread
// and no timer is needed.
type bell struct {
	fd    int
	conn  syscall.RawConn
	again chan struct{}
}

// newBell takes over fd, which is not to block.
func newBell(fd int, name string) (*bell, error) {
	file := os.NewFile(uintptr(fd), name)
	conn, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return nil, err
	}
	return &bell{fd: fd, conn: conn, again: make(chan struct{}, 1)}, nil
}

// listen calls ring each time that the bell has rung, and at the beginning, but not
// again before ready was called. It never returns.
func (b *bell) listen(ring func()) {
	_ = b.conn.Read(func(uintptr) (done bool) {
		ring()
		<-b.again
		return false
	})
}

// ready says that what rang was seen to: all that could be read was.
func (b *bell) ready() {
	select {
	case b.again <- struct{}{}:
	default: // it has not rung since
	}
}
