package condition

import (
	"bytes"
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// uevents are what the kernel says about devices.
type uevents struct{ *bell }

// hearUevents begins to hear of those below root. An error means that nobody tells of
// it: it is no tree of the kernel's, or another user namespace's matter.
func hearUevents(root string) (uevents, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(root, &st); err != nil || st.Type != unix.SYSFS_MAGIC {
		return uevents{}, errors.ErrUnsupported
	}
	ids, err := os.ReadFile("/proc/self/uid_map")
	if err != nil || strings.Join(strings.Fields(string(ids)), " ") != "0 0 4294967295" {
		return uevents{}, errors.ErrUnsupported
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return uevents{}, err
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1}); err != nil {
		unix.Close(fd)
		return uevents{}, err
	}
	b, err := newBell(fd, "uevents")
	return uevents{b}, err
}

// told takes in all that was said, and reports whether it was about that subsystem.
// What was lost may have been.
func (u uevents) told(subsystem string) (about bool) {
	if u.bell == nil {
		return false
	}
	var buf [4096]byte
	for {
		n, err := unix.Read(u.fd, buf[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.ENOBUFS):
			about = true
		case err != nil || n <= 0:
			u.ready()
			return about
		default:
			about = about || bytes.Contains(buf[:n], []byte("\x00SUBSYSTEM="+subsystem+"\x00"))
		}
	}
}
