package beacon

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// socket makes one that waits for nothing and is for no child.
func socket(family int) (int, error) {
	return unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}

// sendBy chooses the interface. Since Linux 5.7 everybody may.
func sendBy(fd int, ip netip.Addr, name string, index int) error {
	if ip.IsMulticast() {
		return sendMulticastBy(fd, ip, index)
	}
	return unix.BindToDevice(fd, name)
}
