package proc

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"dmon/supervise"
)

// kin says whose a process is that came to us when its parent died. It is not
// changed once somebody else has it.
type kin struct {
	cmd       int // main process of the command, 0: there is none
	log       int // of the log command
	cmdLeader int // of the group or session that the command was given, 0: none
	logLeader int
	groupPath string   // of the command's cgroup, "": there is none
	jobs      []kinJob // one for each lane

	// older are the children that were here before dmon was: by number, when each
	// began. A shell that executes dmon in its own place leaves such.
	older map[int]uint64
	// mixed means that others than descendants of the two can come to us: of the
	// older ones, and as PID 1 whatever somebody left who entered our namespace.
	mixed bool
}

// kinJob is a job; nobody's is one that is over.
type kinJob struct {
	id     supervise.Task
	main   int // its main process, 0 when that is gone
	leader int
}

func (j kinJob) lives() bool { return j.id >= supervise.FirstJob }

// isMain reports whether pid is the main process of a task.
func (k *kin) isMain(pid int) bool {
	if pid == k.cmd || pid == k.log {
		return true
	}
	for _, j := range k.jobs {
		if j.lives() && pid == j.main {
			return true
		}
	}
	return false
}

// jobOf is the job that left m behind, of which there are only such whose own dmon
// was killed; nobody where it is none's.
func (k *kin) jobOf(t *tree, m member) supervise.Task {
	last := nobody
	for _, j := range k.jobs {
		if !j.lives() {
			continue
		}
		if m.sid == j.leader || m.pgrp == j.leader {
			return j.id
		}
		last = j.id
	}
	if last != nobody && t.birthmark(m.pid) == markJob {
		return last
	}
	return nobody
}

// owner is the task of m. Most are told by what the kernel says; what has moved
// to a session of its own may have to be asked for its environment.
func (k *kin) owner(t *tree, m member) supervise.Task {
	if start, old := k.older[m.pid]; old && (start == m.start || m.hidden()) {
		return nobody
	}
	if job := k.jobOf(t, m); job != nobody {
		return job
	}
	leads := func(leader int) bool { return leader != 0 && (m.pgrp == leader || m.sid == leader) }
	switch {
	case leads(k.logLeader):
		return supervise.Log
	case leads(k.cmdLeader), !k.mixed && k.logLeader == 0:
		return supervise.Cmd
	case k.groupPath != "" && t.inGroup(m.pid, filepath.Base(k.groupPath)):
		return supervise.Cmd
	}
	switch t.birthmark(m.pid) {
	case markCmd:
		return supervise.Cmd
	case markLog:
		return supervise.Log
	case markOther:
		if k.mixed {
			return nobody
		}
	}
	return supervise.Cmd
}

// inGroup reports whether a process is in the cgroup of this name, or below it.
func (t *tree) inGroup(pid int, name string) bool {
	text, err := t.read("/proc/" + strconv.Itoa(pid) + "/cgroup")
	return err == nil && within(text, name)
}

// within is inGroup for the text of a file /proc/PID/cgroup.
func within(text []byte, name string) bool {
	path, ok := unifiedPath(text)
	return ok && bytes.Contains([]byte(path+"/"), []byte("/"+name+"/"))
}

// mark is what the environment says that a process was started with.
type mark int

const (
	markUnknown mark = iota // it cannot be read, or was overwritten
	markOther               // it is not what any of ours is given
	markCmd
	markLog
	markJob
)

func (t *tree) birthmark(pid int) mark {
	text, err := t.read("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil || len(text) == 0 {
		return markUnknown
	}
	return markIn(text, os.Getpid())
}

// markIn is what an environment says about a child of the dmon with the number
// ours. Programs write titles over theirs, which then is none any more.
func markIn(environ []byte, ours int) mark {
	pid, run, job := false, false, false
	want := strconv.Itoa(ours)
	for v := range bytes.SplitSeq(bytes.TrimRight(environ, "\x00"), []byte{0}) {
		name, value, ok := bytes.Cut(v, []byte{'='})
		switch {
		case !ok:
			return markUnknown
		case string(name) == pidVariable:
			pid = string(value) == want
		case string(name) == runVariable:
			run = true
		case string(name) == jobVariable:
			job = true
		}
	}
	switch {
	case !pid:
		return markOther
	case job:
		return markJob
	case run:
		return markCmd
	default:
		return markLog
	}
}

// kin is whose is whose now.
func (c *Children) kin() kin {
	k := kin{older: c.older, mixed: len(c.older) > 0 || os.Getpid() == 1}
	cmd, log := &c.tasks[supervise.Cmd], &c.tasks[supervise.Log]
	k.cmd, k.log, k.cmdLeader, k.logLeader = cmd.pid, log.pid, cmd.leader, log.leader
	if c.group != nil {
		k.groupPath = c.group.path
	}
	for _, j := range c.tasks[supervise.FirstJob:] {
		k.jobs = append(k.jobs, kinJob{id: j.id, main: j.pid, leader: j.leader})
	}
	return k
}

// equal leaves older and mixed out, which never change.
func (k *kin) equal(o *kin) bool {
	return k.cmd == o.cmd && k.log == o.log && k.cmdLeader == o.cmdLeader && k.logLeader == o.logLeader && k.groupPath == o.groupPath && slices.Equal(k.jobs, o.jobs)
}

// noteOlder keeps in mind what are our children already.
func (c *Children) noteOlder() error {
	pids, err := c.tree.orphans(nil)
	for _, pid := range pids {
		if m, ok := c.tree.lookChild(pid); ok {
			if c.older == nil {
				c.older = map[int]uint64{}
			}
			c.older[pid] = m.start
		}
	}
	return err
}

// orphans are the processes of a task whose parent is gone and that came to
// us. When a task has none, and no main process, nothing of it is left: every
// descendant has a parent that is one of these, or came to us itself.
func (c *Children) orphans(t supervise.Task) []member {
	pids, _ := c.tree.orphans(nil) // it worked when we began
	k := c.kin()
	var known map[ident]supervise.Task
	var list []member
	for _, pid := range pids {
		if k.isMain(pid) {
			continue
		}
		m, ok := c.tree.lookChild(pid)
		if !ok {
			continue
		}
		// What is found out once stays so: a program may change its environment.
		owner, ok := c.known[m.ident()]
		if !ok {
			owner = k.owner(&c.tree, m)
		}
		if known == nil {
			known = make(map[ident]supervise.Task, len(pids))
		}
		known[m.ident()] = owner
		if owner == t {
			list = append(list, m)
		}
	}
	c.known = known
	return list
}

// ownerOfReaped is the task of a child that has just been reaped, as far as it
// was looked at while it lived.
func (c *Children) ownerOfReaped(pid int) supervise.Task {
	if t, main := c.taskOf(pid); main {
		return t
	}
	if _, old := c.older[pid]; old {
		return nobody
	}
	for id, t := range c.known {
		if id.pid == pid {
			return t
		}
	}
	return supervise.Cmd
}
