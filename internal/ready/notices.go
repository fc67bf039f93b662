package ready

import (
	"fmt"
	"os"
	"strings"

	"dmon/supervise"
)

// Kin tells whose a process is. It is asked in the loop's goroutine.
type Kin interface {
	// Owns reports whether a process is of the command's tree; known is false where
	// there is no such process any more.
	Owns(pid int) (owns, known bool)
	// Owned reports whether the process of a pidfd, which has ended, was; known is
	// false where that cannot be told.
	Owned(pidfd int) (was, known bool)
	// Follow makes pid the main process of the command when the one that is has ended.
	Follow(pid int)
}

// mostLetters bounds what is heard at once: other things happen too.
const mostLetters = 64

// notices are what the command has said since the last time.
func (d *Door) notices() (heard []supervise.Input) {
	text := -1 // the last one that says how it is
	for range mostLetters {
		l, ok := d.socket.next()
		if !ok {
			break
		}
		mine := d.trusts(&l)
		closeFD(l.pidfd)
		if !mine {
			continue
		}
		n := d.read(l.text)
		if n.Text != nil && text >= 0 { // of what is said in one breath the last counts
			old := heard[text].(supervise.Notice)
			old.Text = nil
			heard[text] = old
		}
		if n.Text != nil {
			text = len(heard)
		}
		heard = append(heard, n)
	}
	return heard
}

// trusts reports whether l is from a process of the command. Who is quick to end after
// his word, as small programs in scripts are, may be gone: then his cgroup tells, and
// where there is none his user has to do.
func (d *Door) trusts(l *letter) bool {
	if l.pid == os.Getpid() {
		return true // root's systemd-notify says it in the name of its parent, who is us where it is COMMAND
	}
	mine, known := d.kin.Owns(l.pid)
	if !known {
		if mine, known = d.kin.Owned(l.pidfd); !known {
			mine = l.uid == d.users[0] || l.uid == d.users[1]
		}
	}
	if mine {
		return true
	}
	if !strings.HasPrefix(l.text, "BARRIER=") {
		d.complain(fmt.Sprintf("process %d is none of the command's: what it says of that is not heeded", l.pid))
	}
	return false
}

// read makes of a message what it means for the latest run.
func (d *Door) read(text string) supervise.Notice {
	n, main := parse(text)
	n.Run = d.run
	if n.Reloading {
		d.reloading = true
	}
	if d.wish.Kind != Notify {
		n.Ready = n.Ready && d.reloading // it is ready by something else
	}
	if main == 0 {
		return n
	}
	if owns, _ := d.kin.Owns(main); owns {
		d.kin.Follow(main)
	} else {
		d.complain(fmt.Sprintf("the command names process %d as its main process, which is none of its own", main))
	}
	return n
}

// complain tells what is not as it should be, once as long as it stays the same.
func (d *Door) complain(text string) {
	if text != d.complaint {
		d.complaint = text
		d.trouble(text)
	}
}
