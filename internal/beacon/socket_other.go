//go:build unix && !linux

package beacon

import (
	"errors"
	"net/netip"

	"golang.org/x/sys/unix"
)

// socket makes one that waits for nothing and is for no child.
func socket(family int) (int, error) {
	fd, err := unix.Socket(family, unix.SOCK_DGRAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
		err = unix.SetNonblock(fd, true)
	}
	return fd, err
}

// sendBy chooses the interface, which these systems let for a group alone.
func sendBy(fd int, ip netip.Addr, _ string, index int) error {
	if ip.IsMulticast() {
		return sendMulticastBy(fd, ip, index)
	}
	if ip.Is6() && ip.IsLinkLocalUnicast() {
		return nil // it is in the address
	}
	return errors.New("an interface can be chosen for multicast alone on this system")
}
