package logfile

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// rights are who may do what with a file.
type rights struct {
	uid, gid uint32
	mode     uint32
	acl      []byte // nil for none
}

// rightsOf returns those of an open file.
func rightsOf(fd int) (*rights, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	return &rights{uid: st.Uid, gid: st.Gid, mode: uint32(st.Mode) & 0o777, acl: readACL(fd)}, nil
}

// give lets a new file of ours, which nobody else may read yet, have the
// rights. What cannot be given is left out: at no moment may anybody read the
// new file who could not read the old one.
func (r *rights) give(fd int) {
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil {
		return
	}
	uid, gid := st.Uid, st.Gid
	if uid != r.uid || gid != r.gid {
		// Who may not give a file away may still choose among his groups.
		if unix.Fchown(fd, int(r.uid), int(r.gid)) == nil {
			uid, gid = r.uid, r.gid
		} else if unix.Fchown(fd, -1, int(r.gid)) == nil {
			gid = r.gid
		}
	}
	mode, acl := r.mode, r.acl
	if uid != r.uid {
		acl = nil // it means another owner
	}
	if gid != r.gid {
		mode, acl = r.without(), nil
	}
	if writeACL(fd, acl) == nil && acl != nil {
		return // its entries are the mode
	}
	if r.acl != nil {
		// The group's bits were the most that anybody in the list may do.
		mode = mode&^0o70 | r.group()&mode
	}
	if mode != uint32(st.Mode)&0o777 {
		_ = unix.Fchmod(fd, mode)
	}
}

// without is the mode for a file of another group. Who was in the old one is
// one of the others now; they and the new group may do what all of them could.
func (r *rights) without() uint32 {
	both := r.group() >> 3 & r.mode & 0o7
	return r.mode&^0o77 | both<<3 | both
}

// group is what the owning group may do, as bits of a mode.
func (r *rights) group() uint32 {
	const head, entry, tagGroup, tagMask = 4, 8, 0x04, 0x10
	group, mask := r.mode&0o70, uint32(0o70)
	for at := head; at+entry <= len(r.acl); at += entry {
		bits := uint32(binary.LittleEndian.Uint16(r.acl[at+2:])) & 0o7 << 3
		switch binary.LittleEndian.Uint16(r.acl[at:]) {
		case tagGroup:
			group = bits
		case tagMask:
			mask = bits
		}
	}
	return group & mask
}
