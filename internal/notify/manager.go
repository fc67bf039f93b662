// Package notify tells whoever has started us as a service how we are, in the manner of
// sd_notify(3). It never waits: what the other side has no room for is told when it has.
package notify

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Manager is who has started us. Its methods are for one goroutine.
type Manager struct {
	fd     int
	status string   // that was told last
	owed   []string // what is not told yet, in order
	Later  func()   // is called when something is owed: Flush should be called before long
}

// mostOwed bounds what is kept for a manager that does not read. What matters are a few
// words, which are told once.
const mostOwed = 16

// Open returns the manager that NOTIFY_SOCKET names, nil where that is not set or is
// not of a kind that we know. It fails where nobody listens there.
func Open() (*Manager, error) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" || path[0] != '/' && path[0] != '@' {
		return nil, nil
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
		err = errors.Join(unix.SetNonblock(fd, true), unix.Connect(fd, &unix.SockaddrUnix{Name: path}))
	}
	if err != nil {
		return nil, errors.New("cannot tell the service manager at " + path + " how it is: " + err.Error())
	}
	return &Manager{fd: fd}, nil
}

// Period is how often the manager wants to hear that we work, at least; zero: it need
// not be told.
func Period() time.Duration {
	if pid := os.Getenv("WATCHDOG_PID"); pid != "" && pid != strconv.Itoa(os.Getpid()) || os.Getenv("NOTIFY_SOCKET") == "" {
		return 0
	}
	const most = uint64(24 * time.Hour / time.Microsecond) // half of it is often enough in any case
	n, _ := strconv.ParseUint(os.Getenv("WATCHDOG_USEC"), 10, 64)
	return time.Duration(min(n, most)) * time.Microsecond / 2
}

// Ready tells that we are, and in which state.
func (m *Manager) Ready(status string) { m.tell("READY=1", status) }

// Stopping tells that we are about to end.
func (m *Manager) Stopping(status string) { m.tell("STOPPING=1", status) }

// Reloading tells that we read our settings anew; Ready ends that.
func (m *Manager) Reloading(status string) {
	m.tell("RELOADING=1\nMONOTONIC_USEC="+monotonic(), status)
}

// Extend tells that what we do takes d from now on.
func (m *Manager) Extend(d time.Duration) {
	m.tell("EXTEND_TIMEOUT_USEC="+strconv.FormatInt(d.Microseconds(), 10), "")
}

// Status tells people how we are.
func (m *Manager) Status(status string) {
	if status != m.status {
		m.tell("", status)
	}
}

// Alive tells that we do our work. What cannot be told now would be stale later.
func (m *Manager) Alive() {
	if len(m.owed) == 0 {
		_ = m.send("WATCHDOG=1")
	}
}

func (m *Manager) tell(word, status string) {
	text := word
	if status != "" {
		m.status = status
		text = strings.TrimPrefix(word+"\nSTATUS="+strings.ReplaceAll(status, "\n", " "), "\n")
	}
	if len(m.owed) == 0 && !errors.Is(m.send(text), unix.EAGAIN) {
		return
	}
	if last := len(m.owed) - 1; last >= 0 && (word == "" || last+1 == mostOwed) && strings.HasPrefix(m.owed[last], "STATUS=") {
		m.owed[last] = text // it puts out of date what was to be told
		return
	}
	if len(m.owed) < mostOwed {
		m.owed = append(m.owed, text)
	}
	if len(m.owed) == 1 && m.Later != nil {
		m.Later()
	}
}

// Flush tells what is owed, as far as there is room.
func (m *Manager) Flush() {
	for len(m.owed) > 0 {
		if errors.Is(m.send(m.owed[0]), unix.EAGAIN) {
			if m.Later != nil {
				m.Later()
			}
			return
		}
		m.owed = m.owed[1:]
	}
}

// farewell is how long a manager that has no room is waited for in the end.
const farewell = 500 // ms

// Close tells what is owed, for which it waits a moment. A nil *Manager is none.
func (m *Manager) Close() {
	if m == nil {
		return
	}
	m.Later = nil
	if len(m.owed) > 0 {
		room := []unix.PollFd{{Fd: int32(m.fd), Events: unix.POLLOUT}}
		for _, err := unix.Poll(room, farewell); errors.Is(err, unix.EINTR); {
			_, err = unix.Poll(room, farewell)
		}
		m.Flush()
	}
	unix.Close(m.fd)
}

func (m *Manager) send(text string) error {
	for {
		_, err := unix.Write(m.fd, []byte(text))
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
