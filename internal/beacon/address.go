package beacon

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Address is where reports go.
type Address struct {
	Host      string // a name, or an address as text without its zone
	IP        netip.Addr
	Port      uint16
	Interface string // to send by, "" for the one that the system takes
}

const scheme = "udp://"

// ParseAddress reads udp://HOST:PORT[%INTERFACE]. An IPv6 address stands in
// brackets, where its zone, which is an interface, may stand too. Nothing is
// looked up.
func ParseAddress(text string) (Address, error) {
	var a Address
	if len(text) < len(scheme) || !strings.EqualFold(text[:len(scheme)], scheme) {
		return a, fmt.Errorf("%q is not udp://HOST:PORT[%%INTERFACE]", text)
	}
	rest := text[len(scheme):]
	if i := strings.LastIndexByte(rest, '%'); i > strings.LastIndexAny(rest, ":]") {
		if rest, a.Interface = rest[:i], rest[i+1:]; !isInterface(a.Interface) {
			return a, fmt.Errorf("%q is no name of an interface", a.Interface)
		}
	}
	host, port, err := net.SplitHostPort(rest)
	if err != nil {
		var why *net.AddrError
		if errors.As(err, &why) && why.Err == "too many colons in address" {
			return a, fmt.Errorf("%q: an IPv6 address stands in brackets, and a port behind it", rest)
		}
		return a, fmt.Errorf("%q is not HOST:PORT", rest)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return a, fmt.Errorf("%q is no port: it is a number from 1 to 65535", port)
	}
	a.Port = uint16(n)
	return a, a.setHost(host)
}

func (a *Address) setHost(host string) error {
	host, zone, zoned := strings.Cut(host, "%")
	switch {
	case zoned && (a.Interface != "" || !isInterface(zone)):
		return fmt.Errorf("%q names no interface, or a second one", host+"%"+zone)
	case zoned:
		a.Interface = zone
	}
	a.Host = host
	var err error
	if a.IP, err = netip.ParseAddr(host); err == nil {
		a.IP = a.IP.Unmap()
		return nil
	}
	if zoned || !isHost(host) {
		return fmt.Errorf("%q is neither an address nor the name of a host", host)
	}
	return nil
}

// isInterface reports whether an interface may be called so.
func isInterface(name string) bool {
	return len(name) > 0 && len(name) < 16 && !strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '/' || c == ':' || c == '%' })
}

// isHost reports whether a host may be called so. What ends in a number is an
// address that is wrong.
func isHost(name string) bool {
	name = strings.TrimSuffix(name, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if _, err := strconv.ParseUint(last, 0, 64); err == nil || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
				return false
			}
		}
	}
	return true
}

// String is the address as ParseAddress reads it.
func (a Address) String() string {
	text := scheme + net.JoinHostPort(a.Host, strconv.Itoa(int(a.Port)))
	if a.Interface != "" {
		text += "%" + a.Interface
	}
	return text
}
