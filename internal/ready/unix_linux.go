package ready

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

var order = binary.NativeEndian

// probeUnix reports whether the tree listens on a Unix socket. One for datagrams
// listens when it is bound.
func (s *sockets) probeUnix(path func() string) func(*stretch) (bool, string) {
	return func(*stretch) (found bool, lacks string) {
		at := path()
		if err := s.gather(); err != nil {
			return false, err.Error()
		}
		info, err := os.Stat(at)
		if !strings.HasPrefix(at, "@") && (err != nil || info.Mode().Type() != os.ModeSocket) {
			return false, "there is no socket " + at
		}
		for _, pid := range s.spaces() {
			s.each(pid, "unix", func(fields [][]byte) bool {
				const flags, kind, inode, name, count = 3, 4, 6, 7, 8
				if len(fields) < count || !s.holds(fields[inode]) || string(fields[flags]) != accepts && string(fields[kind]) != datagram {
					return true
				}
				n, _ := strconv.ParseUint(string(fields[inode]), 10, 32)
				found = string(fields[name]) == at || info != nil && s.isAt(uint32(n), string(fields[name]), info)
				return !found
			})
		}
		if found {
			return true, ""
		}
		return false, s.missing(at)
	}
}

// How the table writes __SO_ACCEPTCON and SOCK_DGRAM.
const accepts, datagram = "00010000", "0002"

// isAt reports whether the socket inode, which was bound as name, is the file info. It
// may have been bound under another name and moved, or as a relative one.
func (s *sockets) isAt(inode uint32, name string, info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	if ino, dev, ok := boundTo(inode); ok {
		return ino == uint32(st.Ino) && dev == uint32(unix.Major(uint64(st.Dev))<<20|unix.Minor(uint64(st.Dev)))
	}
	// It is in another network than ours.
	pid := s.held[uint64(inode)]
	base := "/root"
	if !strings.HasPrefix(name, "/") {
		base = "/cwd/"
	}
	there, err := os.Stat(s.dir(pid) + base + name)
	return err == nil && os.SameFile(there, info)
}

// diagRequest and diagAnswer are unix_diag_req and unix_diag_msg with their header.
type diagRequest struct {
	unix.NlMsghdr
	family, protocol uint8
	_                uint16
	states, inode    uint32
	show             uint32
	cookie           [2]uint32
}

const (
	diagHead   = unix.SizeofNlMsghdr + 16
	byFamily   = 20 // SOCK_DIAG_BY_FAMILY
	showVFS    = 2  // UDIAG_SHOW_VFS
	attrVFS    = 1  // UNIX_DIAG_VFS
	attrHead   = 4
	attrVFSLen = attrHead + 8
)

// boundTo asks the kernel to which file a socket of our network is bound.
func boundTo(inode uint32) (ino, dev uint32, ok bool) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return 0, 0, false
	}
	defer unix.Close(fd)
	q := diagRequest{family: unix.AF_UNIX, states: ^uint32(0), inode: inode, show: showVFS, cookie: [2]uint32{^uint32(0), ^uint32(0)}}
	q.Len, q.Type, q.Flags = uint32(unsafe.Sizeof(q)), byFamily, unix.NLM_F_REQUEST
	if _, err := unix.Write(fd, unsafe.Slice((*byte)(unsafe.Pointer(&q)), unsafe.Sizeof(q))); err != nil {
		return 0, 0, false
	}
	var b [256]byte
	n, _, err := unix.Recvfrom(fd, b[:], unix.MSG_DONTWAIT) // it has answered in the call before
	if err != nil || n < diagHead || order.Uint16(b[4:]) != byFamily {
		return 0, 0, false
	}
	for at := b[diagHead:n]; len(at) >= attrVFSLen; {
		length := int(order.Uint16(at))
		if order.Uint16(at[2:]) == attrVFS {
			return order.Uint32(at[attrHead:]), order.Uint32(at[attrHead+4:]), true
		}
		if length = (length + 3) &^ 3; length < attrHead || length > len(at) {
			break
		}
		at = at[length:]
	}
	return 0, 0, false
}
