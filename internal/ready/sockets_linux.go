package ready

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// sockets finds those of a tree. A connection would be a simpler question, and a
// wrong one: who answers may be an old instance or another program altogether, and
// the command would have a stranger in its log.
type sockets struct {
	tree func() ([]int, error) // the processes of the command
	root string                // "/proc", but in tests

	held   map[uint64]int // the sockets that they have open, by inode: one who has it
	hidden int            // one of them does not let us see its files; 0: none
}

// probeOf is how a wish is looked for.
func probeOf(w *Wish, m Means) (func(*stretch) (bool, string), error) {
	s := &sockets{tree: m.Tree, root: "/proc"}
	switch w.Kind {
	case File:
		return probeFile(m.Path), nil
	case Port:
		return s.probePort(w), nil
	default:
		return s.probeUnix(m.Path), nil
	}
}

// gather lists the sockets that the tree has open.
func (s *sockets) gather() error {
	pids, err := s.tree()
	if err != nil {
		return err
	}
	s.held, s.hidden = map[uint64]int{}, 0
	for _, pid := range pids {
		dir := s.dir(pid) + "/fd"
		names, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrPermission) {
			s.hidden = pid
		}
		for _, n := range names {
			link, _ := os.Readlink(dir + "/" + n.Name())
			if inode, ok := strings.CutPrefix(link, "socket:["); ok {
				if n, err := strconv.ParseUint(strings.TrimSuffix(inode, "]"), 10, 64); err == nil {
					s.held[n] = pid
				}
			}
		}
	}
	return nil
}

func (s *sockets) dir(pid int) string { return s.root + "/" + strconv.Itoa(pid) }

// spaces are processes of the tree that see different networks, one for each.
func (s *sockets) spaces() (pids []int) {
	seen := map[string]bool{}
	for _, pid := range s.held {
		space, _ := os.Readlink(s.dir(pid) + "/ns/net")
		if !seen[space] {
			seen[space] = true
			pids = append(pids, pid)
		}
	}
	return pids
}

// each calls see with the fields of each line of a table of the network, until it
// returns false.
func (s *sockets) each(pid int, table string, see func(fields [][]byte) bool) {
	f, err := os.Open(s.dir(pid) + "/net/" + table)
	if err != nil {
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Scan() // the heading
	for lines.Scan() && see(bytes.Fields(lines.Bytes())) {
	}
}

// missing says what a tree lacks that does not listen at what.
func (s *sockets) missing(what string) string {
	if s.hidden != 0 {
		return "process " + itoa(s.hidden) + " of it does not let dmon see whether it listens on " + what
	}
	return "none of its processes listens on " + what
}

// probePort reports whether the tree listens on a TCP port.
func (s *sockets) probePort(w *Wish) func(*stretch) (bool, string) {
	what := w.Text
	if _, port, ok := strings.Cut(what, ":"); ok {
		what = "port " + port
	}
	return func(*stretch) (found bool, lacks string) {
		if err := s.gather(); err != nil {
			return false, err.Error()
		}
		for _, pid := range s.spaces() {
			for _, table := range [...]string{"tcp", "tcp6"} {
				s.each(pid, table, func(fields [][]byte) bool {
					const local, state, inode, count = 1, 3, 9, 10
					if len(fields) < count || string(fields[state]) != listening {
						return false // those that listen come first
					}
					found = found || w.at(fields[local]) && s.holds(fields[inode])
					return !found
				})
			}
		}
		if found {
			return true, ""
		}
		return false, s.missing(what)
	}
}

// listening is TCP_LISTEN in these tables.
const listening = "0A"

func (s *sockets) holds(inode []byte) bool {
	n, err := strconv.ParseUint(string(inode), 10, 64)
	return err == nil && s.held[n] != 0
}

// at reports whether who listens at ADDRESS:PORT, as the kernel writes it, can be
// reached at what is wished for.
func (w *Wish) at(text []byte) bool {
	host, port, _ := strings.Cut(string(text), ":")
	if n, err := strconv.ParseUint(port, 16, 16); err != nil || uint16(n) != w.Port {
		return false
	}
	if !w.Local && !w.Host.IsValid() {
		return true
	}
	addr, ok := kernelAddr(host)
	switch {
	case !ok:
		return false
	case addr.IsUnspecified():
		return addr.Is6() || w.Local || w.Host.Is4()
	case w.Local:
		return addr.IsLoopback()
	default:
		return addr == w.Host.Unmap()
	}
}

// kernelAddr reads an address in which each 32 bits are a number of this machine.
func kernelAddr(text string) (addr netip.Addr, ok bool) {
	var b []byte
	for ; len(text) >= 8; text = text[8:] {
		n, err := strconv.ParseUint(text[:8], 16, 32)
		if err != nil {
			return addr, false
		}
		b = order.AppendUint32(b, uint32(n))
	}
	addr, ok = netip.AddrFromSlice(b)
	return addr.Unmap(), ok
}
