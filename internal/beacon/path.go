package beacon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// path is the way to the receiver: a socket that is connected to it.
type path struct {
	made  bool
	fd    int
	found time.Time // when the host's address was found out
}

const (
	// renew is how long the address of a host is believed, since a datagram to where
	// nobody is any more mostly fails without a word.
	renew = 10 * time.Minute
	// patience bounds the search for the address of a host.
	patience = 5 * time.Second
)

// open makes the way, where it is not there or its address is an old one.
func (p *path) open(to Address, now time.Time) error {
	if p.made && (to.IP.IsValid() || now.Sub(p.found) < renew) {
		return nil
	}
	list, err := lookUp(to)
	if err != nil {
		if p.made {
			p.found = now // the old one is the best there is
			return nil
		}
		return fmt.Errorf("cannot report to %s: %w", to, err)
	}
	p.close()
	for _, ip := range list {
		if p.fd, err = connect(ip, to); err == nil {
			p.made, p.found = true, now
			return nil
		}
	}
	return fmt.Errorf("cannot report to %s: %w", to, err)
}

func (p *path) close() {
	if p.made {
		unix.Close(p.fd)
		p.made = false
	}
}

// send sends a datagram, if that can be done at once. That nobody receives there
// just now is no failure.
func (p *path) send(text []byte) error {
	_, err := unix.Write(p.fd, text)
	if errors.Is(err, unix.ECONNREFUSED) { // the answer to the last one
		_, err = unix.Write(p.fd, text)
	}
	switch {
	case err == nil, errors.Is(err, unix.ECONNREFUSED), errors.Is(err, unix.EAGAIN), errors.Is(err, unix.ENOBUFS), errors.Is(err, unix.EINTR):
		return nil
	}
	p.close() // another interface, another address: the next attempt begins anew
	return fmt.Errorf("cannot report: %w", err)
}

// lookUp finds the addresses of the receiver.
func lookUp(to Address) ([]netip.Addr, error) {
	if to.IP.IsValid() {
		return []netip.Addr{to.IP}, nil
	}
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", to.Host)
	var dns *net.DNSError
	if errors.As(err, &dns) {
		err = errors.New(dns.Err)
	}
	return list, err
}

// connect makes a socket to one address, which waits for nothing.
func connect(ip netip.Addr, to Address) (int, error) {
	ip = ip.Unmap()
	index := 0
	if to.Interface != "" {
		i, err := net.InterfaceByName(to.Interface)
		if err != nil {
			return -1, fmt.Errorf("there is no interface %s", to.Interface)
		}
		index = i.Index
	}
	family := unix.AF_INET
	var addr unix.Sockaddr = &unix.SockaddrInet4{Port: int(to.Port), Addr: v4(ip)}
	if ip.Is6() {
		family = unix.AF_INET6
		addr = &unix.SockaddrInet6{Port: int(to.Port), Addr: ip.As16(), ZoneId: uint32(index)}
	}
	fd, err := socket(family)
	if err != nil {
		return -1, err
	}
	if index != 0 {
		err = sendBy(fd, ip, to.Interface, index)
	}
	if err == nil {
		// Who may be meant by a broadcast address is for the user to know.
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1)
		err = unix.Connect(fd, addr)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func v4(ip netip.Addr) (b [4]byte) {
	if ip.Is4() {
		b = ip.As4()
	}
	return b
}

// sendMulticastBy chooses the interface for a group.
func sendMulticastBy(fd int, ip netip.Addr, index int) error {
	if ip.Is6() {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, index)
	}
	return unix.SetsockoptIPMreqn(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_IF, &unix.IPMreqn{Ifindex: int32(index)})
}
