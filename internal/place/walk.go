// Package place opens what a user names by a path without letting anybody else
// choose what that is.
//
// Whoever owns a directory can put what he likes at the names in it: a link to
// another file, a FIFO, a file of his own; and he can do so between two calls of
// ours. So the way to a file is walked step by step, each directory opened in
// the one before, and a step is refused where it leads out of what somebody
// else owns into what he does not. What is then done to a name is done in that
// one directory, follows no link, and judges what was opened and not what the
// name meant a moment ago. Directories of others are not refused: what root
// keeps in /run/service, which is the service's, can be taken from it but not
// led elsewhere.
package place

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Dir is a directory that was walked to. Its descriptor stays on it wherever its
// name leads by now. Close it.
type Dir struct {
	fd   int
	text string // as the user wrote it, "" or with a slash at its end
	info Info
	own  owners
	// magic is the name of a link that only the kernel can follow, "" for none.
	magic string
}

// Led says that a way was not gone, because somebody could lead it elsewhere.
type Led struct {
	Path string // the step that was refused
	Uid  uint32 // who could
}

func (e *Led) Error() string {
	return fmt.Sprintf("%s: user %d owns the way there and could lead it elsewhere", e.Path, e.Uid)
}

// maxLinks is how many links the way may have, as for the kernel.
const maxLinks = 40

// owners are the users who are trusted to choose where a way leads: root, this
// process, and the owner of the root directory, who has it all in his hands (in
// a user namespace that is nobody that the namespace knows).
type owners struct{ us, root uint32 }

func (o owners) trust(uid uint32) bool { return uid == 0 || uid == o.us || uid == o.root }

// step is a part of the way that is still to be gone, and who wrote it.
type step struct {
	name string
	by   uint32
}

type walk struct {
	own   owners
	at    int // directory we are in
	info  Info
	links int
	steps []step
	path  string // the way asked for
	magic string // the last part, where only the kernel can follow it
	// dirMode is that of directories that are made where there are none, 0 to make none.
	dirMode uint32
}

// Of walks to the directory that holds path and returns it with path's last
// part, which may be a link or not be there: it was not looked at. It fails with
// a *Led where somebody could lead the way elsewhere. What is relative starts in
// the working directory.
func Of(path string) (*Dir, string, error) { return find(path, false, 0) }

// Follow is Of, but where path's last part is a link that its owner may choose
// it goes on to what that names. A link of /proc, which has no name to go on to,
// ends the way: Open opens what it stands for.
func Follow(path string) (*Dir, string, error) { return find(path, true, 0) }

// FollowMaking is Follow, but makes the directories on the way that are not there,
// with that mode, before the umask. Where somebody else could lead the way
// elsewhere it makes none.
func FollowMaking(path string, mode uint32) (*Dir, string, error) { return find(path, true, mode) }

func find(path string, follow bool, dirMode uint32) (*Dir, string, error) {
	w := &walk{own: owners{us: uint32(os.Geteuid())}, at: -1, path: path, dirMode: dirMode}
	if path == "" {
		return nil, "", &os.PathError{Op: "open", Path: path, Err: unix.ENOENT}
	}
	if info, err := infoAt(unix.AT_FDCWD, "/", 0); err == nil {
		w.own.root = info.Uid
	}
	name, err := w.run(follow)
	if err != nil {
		w.leave()
		return nil, "", err
	}
	text, _ := splitPath(path)
	return &Dir{fd: w.at, text: text, info: w.info, own: w.own, magic: w.magic}, name, nil
}

// splitPath divides path before its last part.
func splitPath(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/') + 1
	return path[:i], path[i:]
}

func (w *walk) leave() {
	if w.at >= 0 {
		unix.Close(w.at)
		w.at = -1
	}
}

// run goes the way but for its last part.
func (w *walk) run(follow bool) (string, error) {
	if err := w.begin(w.path, 0); err != nil {
		return "", err
	}
	for {
		s := w.steps[0]
		w.steps = w.steps[1:]
		last := len(w.steps) == 0
		switch {
		case last && (s.name == "" || s.name == "." || s.name == ".."):
			return "", &os.PathError{Op: "open", Path: w.path, Err: unix.EISDIR}
		case s.name == "" || s.name == ".":
		case last:
			more, err := false, error(nil)
			if follow {
				more, err = w.link(s, true)
			}
			if err == nil && !more {
				err = w.judgeLast(s)
			}
			if err != nil || !more {
				return s.name, err
			}
		default:
			if err := w.enter(s); err != nil {
				return "", err
			}
		}
	}
}

// begin adds text in front of the steps, and goes to where it starts.
func (w *walk) begin(text string, by uint32) error {
	var more []step
	for _, name := range strings.Split(text, "/") {
		more = append(more, step{name, by})
	}
	w.steps = append(more, w.steps...)
	start := "/"
	if text == "" || text[0] != '/' {
		if w.at >= 0 {
			return nil
		}
		start = "."
	}
	fd, info, err := openDir(unix.AT_FDCWD, start, 0)
	if err != nil {
		return w.failed(step{name: start}, err)
	}
	if !w.own.trust(by) && info.Uid != by {
		unix.Close(fd)
		return &Led{w.path, by}
	}
	w.leave()
	w.at, w.info = fd, info
	return nil
}

// enter goes into the directory that s names.
func (w *walk) enter(s step) error {
	fd, info, err := openDir(w.at, s.name, unix.O_NOFOLLOW)
	if isLinkError(err) {
		if more, lerr := w.link(s, false); more || lerr != nil {
			return lerr
		}
	}
	if err == unix.ENOENT && w.dirMode != 0 {
		if err := w.makeDir(s); err != nil {
			return err
		}
		fd, info, err = openDir(w.at, s.name, unix.O_NOFOLLOW)
	}
	if err != nil {
		return w.failed(s, err)
	}
	if err := w.judge(s, info); err != nil {
		unix.Close(fd)
		return err
	}
	w.leave()
	w.at, w.info = fd, info
	return nil
}

// judge refuses a step that somebody could lead elsewhere: the owner of the
// directory, who can put another thing at the name, and the owner of the link
// that holds the step. They may lead to what is theirs.
func (w *walk) judge(s step, to Info) error {
	if !w.own.trust(s.by) && to.Uid != s.by {
		return &Led{w.shown(s), s.by}
	}
	if w.own.trust(w.info.Uid) || to.Uid == w.info.Uid {
		return nil
	}
	// The directory above cannot be chosen by whom it does not let in.
	if s.name == ".." && w.own.trust(to.Uid) && to.Mode&0o022 == 0 {
		return nil
	}
	return &Led{w.shown(s), w.info.Uid}
}

// judgeLast refuses a name that somebody's link chose in a directory that is not
// his: what he may do to a file there is for the kernel to say, and not for us.
func (w *walk) judgeLast(s step) error {
	if w.own.trust(s.by) || w.info.Uid == s.by {
		return nil
	}
	return &Led{w.shown(s), s.by}
}

// link puts what the link at s says in front of the steps; false where s is
// none, or one that only the kernel can follow and that is the last.
func (w *walk) link(s step, last bool) (bool, error) {
	text, info, magic, err := readLink(w.at, s.name)
	if err != nil || text == "" {
		if last {
			err = nil // whoever opens it will hear
		}
		return false, err
	}
	if w.links++; w.links > maxLinks {
		return false, w.failed(s, unix.ELOOP)
	}
	if err := w.judge(s, info); err != nil {
		return false, err
	}
	if !magic {
		// What a link says is its owner's word, and no more than that of who wrote the way to it.
		return true, w.begin(text, info.Uid)
	}
	if last {
		w.magic = s.name
		return false, nil
	}
	fd, to, err := openDir(w.at, s.name, 0)
	if err != nil {
		return false, w.failed(s, err)
	}
	if !w.own.trust(info.Uid) && to.Uid != info.Uid {
		unix.Close(fd)
		return false, &Led{w.shown(s), info.Uid}
	}
	w.leave()
	w.at, w.info = fd, to
	return true, nil
}

func (w *walk) failed(s step, err error) error {
	return &os.PathError{Op: "open", Path: w.shown(s), Err: err}
}

// shown names the step in words of the user, who wrote path and no link.
func (w *walk) shown(s step) string {
	if w.links > 0 && !strings.Contains(w.path, s.name) {
		return fmt.Sprintf("%s (at %s)", w.path, s.name)
	}
	return w.path
}

// isLinkError reports whether err is what opening a link as a directory gives.
func isLinkError(err error) bool {
	return errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) || errors.Is(err, unix.EMLINK)
}

func openDir(at int, name string, flags int) (int, Info, error) {
	fd, err := again(func() (int, error) {
		return unix.Openat(at, name, dirFlags|unix.O_DIRECTORY|unix.O_CLOEXEC|flags, 0)
	})
	if err != nil {
		return -1, Info{}, err
	}
	info, err := infoOf(fd)
	if err != nil {
		unix.Close(fd)
		return -1, Info{}, err
	}
	return fd, info, nil
}
