// Package logpipe carries output to a log process, and lines to a sink.
//
// Pipe is the kernel pipe between a command and its logger; the supervisor
// holds both ends and never touches the data. Everything else here is for the
// process at the far end: Input takes lines out of a descriptor without losing
// one, Format puts timestamps in front of them, Copy carries them from the one
// through the other into a Sink. Syslog is a client of the local syslog socket.
//
// Descriptors are plain ints throughout. An os.File would make them
// non-blocking, and that is a property of the open file which the processes at
// both ends share.
package logpipe

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrFull is returned where a message was dropped because it could not be
// handed over without waiting.
var ErrFull = errors.New("no room without waiting")

// Pipe is a kernel pipe that outlives whoever reads or writes it: as long as
// the owner keeps both ends, a writer whose reader died waits instead of being
// killed by SIGPIPE, and what is in the pipe stays for the next reader.
//
// Both ends are blocking, closed on exec, and numbered 3 or higher, so that
// giving them to a child as one of its standard streams always takes a real
// dup2. A Pipe belongs to one goroutine.
type Pipe struct {
	r, w int // -1 once closed
	say  int // non-blocking second description of the write end, -1 until used
	size int // what it holds, 0 where that cannot be told
}

// NewPipe makes a pipe as large as the system gives without asking for rights.
// The size is best effort: a user who owns many pipes gets small ones.
func NewPipe() (*Pipe, error) {
	fds, err := pipeCloexec()
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	p := &Pipe{r: fds[0], w: fds[1], say: -1}
	for _, fd := range []*int{&p.r, &p.w} {
		if *fd, err = aboveStandard(*fd); err != nil {
			_ = p.Close()
			return nil, fmt.Errorf("cannot make a pipe: %w", err)
		}
	}
	p.size = Enlarge(p.r)
	return p, nil
}

// aboveStandard moves fd out of the range of the standard streams, which are
// free when the process was started with them closed. It returns fd itself on
// failure, so that the caller can still close it.
func aboveStandard(fd int) (int, error) {
	if fd > 2 {
		return fd, nil
	}
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return fd, err
	}
	_ = unix.Close(fd)
	return high, nil
}

// ReadEnd returns the descriptor to read from, which stays p's. Call it before
// every start of a reader: it undoes what an earlier one may have left on the
// description they share, and on the pipe: O_NONBLOCK, packets (O_DIRECT),
// signals for who is long gone (O_ASYNC), another size.
func (p *Pipe) ReadEnd() (int, error) { return p.tidy(p.r, "read") }

// WriteEnd is ReadEnd for the other side.
func (p *Pipe) WriteEnd() (int, error) { return p.tidy(p.w, "write") }

func (p *Pipe) tidy(fd int, end string) (int, error) {
	if fd < 0 {
		return -1, fmt.Errorf("cannot use the %s end of the pipe: it is closed", end)
	}
	flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0)
	if err == nil && flags&leftovers != 0 {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_SETFL, flags&^leftovers)
	}
	if err != nil {
		return -1, fmt.Errorf("cannot put the %s end of the pipe in order: %w", end, err)
	}
	if flags&unix.O_ASYNC != 0 {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETOWN, 0)
	}
	resize(fd, p.size)
	return fd, nil
}

// Owner is who has one end of a pipe.
type Owner struct{ UID, GID int }

// Share lets both users open their end by name, as /dev/stdout and /dev/stdin,
// and not the other's: writer may write only, and reader, by way of its group,
// may read only. Nobody else comes near: the name leads through /proc/PID/fd of a
// process that has the pipe. Only a privileged owner can do that, and where it
// cannot the ends still work as descriptors.
func (p *Pipe) Share(writer, reader Owner) {
	mode := uint32(0o240)
	if writer.UID == reader.UID {
		mode = 0o600
	}
	if unix.Fchown(p.w, writer.UID, reader.GID) == nil {
		_ = unix.Fchmod(p.w, mode)
	}
}

// Say sends one line down the pipe, among the lines of the command. It never
// waits: a line that finds no room is dropped with ErrFull. Newlines inside it
// become blanks, and it is cut at the length up to which the kernel keeps a
// write in one piece. Where the command is in the middle of a line of its own,
// the two are joined: only a process that copied the data could prevent that.
func (p *Pipe) Say(line string) error {
	if p.w < 0 {
		return errors.New("cannot write to the pipe: it is closed")
	}
	if p.say < 0 {
		fd, err := reopenNonblocking(p.w)
		if err != nil {
			return fmt.Errorf("cannot write to the pipe without waiting: %w", err)
		}
		p.say = fd
	}
	switch _, err := unix.Write(p.say, oneLine(line, atomicWrite)); {
	case errors.Is(err, unix.EAGAIN):
		return ErrFull
	case err != nil:
		return fmt.Errorf("cannot write to the pipe: %w", err)
	}
	return nil
}

// oneLine returns s as a single line of at most limit bytes, newline included.
func oneLine(s string, limit int) []byte {
	s = s[:min(len(s), limit-1)]
	line := append(make([]byte, 0, len(s)+1), s...)
	for i, c := range line {
		if c == '\n' {
			line[i] = ' '
		}
	}
	return append(line, '\n')
}

// CloseWrite gives up the write end: once every other writer is gone too, the
// reader finds the end of the input behind the last byte. Closing it again
// does nothing.
func (p *Pipe) CloseWrite() error {
	return errors.Join(closeOnce(&p.say), closeOnce(&p.w))
}

// Close gives up both ends, and with them what nobody has read. Closing again
// does nothing.
func (p *Pipe) Close() error {
	return errors.Join(p.CloseWrite(), closeOnce(&p.r))
}

// closeOnce closes *fd unless it is closed, and notes that it is.
func closeOnce(fd *int) error {
	if *fd < 0 {
		return nil
	}
	err := unix.Close(*fd)
	*fd = -1
	return err
}
