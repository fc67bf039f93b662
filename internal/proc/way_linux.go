package proc

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The way to COMMAND's files is walked in the child, since a dead network file
// system on it must not hold up dmon, and by the rules of internal/place, which
// says why: nobody but root and dmon's user may lead dmon's rights elsewhere. What
// somebody else could lead elsewhere is opened later with COMMAND's rights,
// which are his to use, and refused where those are dmon's own. As for all that
// runs in the child: raw calls, no allocation, no pointer written.

const wayRoom = 2 * unix.PathMax

// way is where a walk is. A child has it to itself: there is one child of a plan
// at a time.
type way struct {
	was struct { // the file at the end, before it was opened; here, because a child's stack is small
		ino          uint64
		major, minor uint32
	}
	us, root uint32    // who is trusted beside root
	proc     [2]uint32 // the device of /proc, whose links only the kernel can follow
	strict   bool      // COMMAND has dmon's own rights

	at     uintptr // the directory
	owner  uint32  // of the directory
	mode   uint32
	led    bool   // a stranger's link was followed
	by     uint32 // whose
	links  int
	text   [2][wayRoom]byte // what is still to be gone, and room for what comes after a link
	side   int              // which of the two it is
	pos    int
	end    int
	fd     uintptr // between two steps: what was opened
	up     bool    // it is the directory above
	st     unix.Statx_t
	letter [2]byte // a name of one letter and its end, or of none
}

// newWay is for a plan whose files are opened by name.
func newWay(us int, strict bool) *way {
	w := &way{us: uint32(us), strict: strict}
	var st unix.Stat_t
	if unix.Stat("/", &st) == nil {
		w.root = st.Uid
	}
	if unix.Stat("/proc", &st) == nil {
		w.proc = [2]uint32{unix.Major(uint64(st.Dev)), unix.Minor(uint64(st.Dev))} //nolint:unconvert // other types elsewhere
	}
	return w
}

// What a walk can come to beside an errno.
const (
	wayLed  = syscall.Errno(1 << 12) // somebody else could lead it elsewhere
	wayHere = syscall.Errno(2 << 12) // the last part is in w.at: not there yet
	wayFile = syscall.Errno(3 << 12) // the last part is in w.at: w.st says what it is
	wayLink = syscall.Errno(4 << 12) // the last part is in w.at: a link of /proc
)

// What is next: the stack of a child has no room for deep calls.
const (
	nextOther  = syscall.Errno(5 << 12)
	nextMagic  = syscall.Errno(6 << 12)
	nextShared = syscall.Errno(10 << 12)
	nextFollow = syscall.Errno(7 << 12)
	nextStart  = syscall.Errno(8 << 12)
	nextEnter  = syscall.Errno(9 << 12)
)

//go:norace
//go:nosplit
func (w *way) trust(uid uint32) bool { return uid == 0 || uid == w.us || uid == w.root }

//go:norace
//go:nosplit
func (w *way) openat(name *byte, flags uintptr) (uintptr, syscall.Errno) {
	fd, _, errno := syscall.RawSyscall6(unix.SYS_OPENAT, w.at, uintptr(unsafe.Pointer(name)), flags|unix.O_CLOEXEC, 0o666, 0, 0)
	return fd, errno
}

//go:norace
//go:nosplit
func (w *way) stat(fd uintptr) syscall.Errno {
	_, _, errno := syscall.RawSyscall6(unix.SYS_STATX, fd, uintptr(unsafe.Pointer(&w.letter)), unix.AT_EMPTY_PATH,
		unix.STATX_BASIC_STATS, uintptr(unsafe.Pointer(&w.st)), 0)
	return errno
}

//go:norace
//go:nosplit
func closeRaw(fd uintptr) { syscall.RawSyscall6(unix.SYS_CLOSE, fd, 0, 0, 0, 0, 0) }

// walk goes to the directory of path, which ends with a NUL.
//
//go:norace
//go:nosplit
func (w *way) walk(path *byte) syscall.Errno {
	if !w.take(path) {
		return unix.ENAMETOOLONG
	}
	for next, e := nextStart, 0; ; {
		switch next {
		case 0:
			if e = w.name(); e < 0 {
				return unix.EISDIR
			}
			next = w.step(e)
		case nextStart:
			next = w.start()
		case nextOther:
			next = w.other(e)
		case nextMagic:
			next = w.magic(e)
		case nextFollow:
			next = w.follow(e)
		case nextEnter:
			next = w.enter()
			w.pos = e + 1
		default:
			return next
		}
	}
}

// char is where character i of a text is. It is not checked: positions never leave
// the texts, and the code for a failed check would need more stack than a child may
// take (the linker says so where the fuzzer has its own code in between).
//
//go:norace
//go:nosplit
func (w *way) char(side, i int) *byte {
	return (*byte)(unsafe.Add(unsafe.Pointer(&w.text), side*int(unsafe.Sizeof(w.text[0]))+i))
}

// take begins with path; false where that is too long.
//
//go:norace
//go:nosplit
func (w *way) take(path *byte) bool {
	w.at, w.led, w.links, w.side, w.pos, w.end = cwd, false, 0, 0, 0, 0
	for p := path; *p != 0; p = (*byte)(unsafe.Add(unsafe.Pointer(p), 1)) {
		if w.end == unix.PathMax {
			return false
		}
		*w.char(0, w.end) = *p
		w.end++
	}
	return true
}

// name ends the next name with a NUL and returns where that is; -1 where there
// is none.
//
//go:norace
//go:nosplit
func (w *way) name() int {
	for w.pos < w.end && *w.char(w.side, w.pos) == '/' {
		w.pos++
	}
	if w.pos >= w.end {
		return -1
	}
	e := w.pos
	for e < w.end && *w.char(w.side, e) != '/' {
		e++
	}
	*w.char(w.side, e) = 0
	return e
}

// start goes to where the text begins; after a link that may be where it is.
//
//go:norace
//go:nosplit
func (w *way) start() syscall.Errno {
	w.letter[0] = '/'
	if *w.char(w.side, 0) != '/' {
		w.letter[0] = '.'
		if w.at != cwd {
			w.letter[0] = 0
			return 0
		}
	}
	fd, errno := w.openat(&w.letter[0], unix.O_PATH|unix.O_DIRECTORY)
	w.letter[0] = 0
	if errno == 0 {
		errno = w.stat(fd)
	}
	if errno != 0 {
		return errno
	}
	if w.led && w.st.Uid != w.by {
		return wayLed
	}
	if w.at != cwd {
		closeRaw(w.at)
	}
	w.at, w.owner, w.mode = fd, w.st.Uid, uint32(w.st.Mode)
	return 0
}

// step opens the name that ends at e.
//
//go:norace
//go:nosplit
func (w *way) step(e int) (next syscall.Errno) {
	name := w.char(w.side, w.pos)
	if e < w.end {
		w.fd, next = w.openat(name, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW)
		if next == 0 {
			w.up = e == w.pos+2 && *name == '.' && *w.char(w.side, w.pos+1) == '.'
			return nextEnter
		}
		if next != unix.ENOTDIR && next != unix.ELOOP {
			return next
		}
	}
	w.fd, next = w.openat(name, unix.O_PATH|unix.O_NOFOLLOW)
	if next == unix.ENOENT && e == w.end {
		return wayHere
	}
	if next == 0 {
		next = nextOther
	}
	return next
}

// enter goes into the directory that was opened, unless somebody could have led
// there.
//
//go:norace
//go:nosplit
func (w *way) enter() syscall.Errno {
	if errno := w.stat(w.fd); errno != 0 {
		return errno
	}
	if !w.may(w.up) {
		return wayLed
	}
	if w.at != cwd {
		closeRaw(w.at)
	}
	w.at, w.owner, w.mode = w.fd, w.st.Uid, uint32(w.st.Mode)
	return 0
}

// may judges the step to what w.st says, as place does.
//
//go:norace
//go:nosplit
func (w *way) may(up bool) bool {
	if w.led && w.st.Uid != w.by {
		return false
	}
	return w.trust(w.owner) || w.st.Uid == w.owner || up && w.trust(w.st.Uid) && w.st.Mode&0o022 == 0
}

// other looks at what is no directory: a link, or the file at the end.
//
//go:norace
//go:nosplit
func (w *way) other(e int) syscall.Errno {
	errno := w.stat(w.fd)
	if errno != 0 {
		return errno
	}
	if w.st.Mode&unix.S_IFMT != unix.S_IFLNK {
		closeRaw(w.fd)
		if e == w.end {
			return wayFile
		}
		return unix.ENOTDIR
	}
	if !w.may(false) {
		return wayLed
	}
	if !w.trust(w.st.Uid) {
		w.led, w.by = true, w.st.Uid
	}
	if w.st.Dev_major == w.proc[0] && w.st.Dev_minor == w.proc[1] {
		closeRaw(w.fd)
		return nextMagic
	}
	if w.links++; w.links > 40 {
		return unix.ELOOP
	}
	return nextFollow
}

// magic goes through a link of /proc.
//
//go:norace
//go:nosplit
func (w *way) magic(e int) (next syscall.Errno) {
	if e == w.end {
		return wayLink
	}
	w.up = false
	w.fd, next = w.openat(w.char(w.side, w.pos), unix.O_PATH|unix.O_DIRECTORY)
	if next == 0 {
		next = nextEnter
	}
	return next
}

// follow puts what the link says in front of the text.
//
//go:norace
//go:nosplit
func (w *way) follow(e int) syscall.Errno {
	got, _, errno := syscall.RawSyscall6(unix.SYS_READLINKAT, w.fd, uintptr(unsafe.Pointer(&w.letter)), uintptr(unsafe.Pointer(w.char(1-w.side, 0))), unix.PathMax, 0, 0)
	closeRaw(w.fd)
	if errno != 0 {
		return errno
	}
	n := int(got)
	if n == 0 || n+1+w.end-e >= wayRoom {
		return unix.ENAMETOOLONG
	}
	if e < w.end {
		*w.char(w.side, e) = '/'
	}
	for ; e < w.end; e++ {
		*w.char(1-w.side, n) = *w.char(w.side, e)
		n++
	}
	w.side, w.pos, w.end = 1-w.side, 0, n
	return nextStart
}
