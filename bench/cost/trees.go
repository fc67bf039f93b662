//go:build linux && amd64

package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dmon/bench/stage"
)

// grow is a command with as many processes as its argument says. All hold the
// FIFO "alive" open, so that its end of file is the end of the last of them.
const grow = `exec 9>alive
i=1
while [ $i -lt $1 ]; do
	sleep 1000 &
	i=$((i + 1))
done
echo >&9
wait
sleep 1000`

// escape is a command whose processes want to stay: sessions of their own,
// without their parents, deaf to TERM, one in two stopped.
const escape = `exec 9>alive
trap '' TERM
i=1
while [ $i -lt $1 ]; do
	(setsid sh -c 'trap "" TERM HUP; [ $0 = 0 ] || kill -STOP $$; sleep 1000' $((i % 2)) &)
	i=$((i + 1))
done
sleep 0.3
echo >&9
sleep 1000`

// treeWait is how long a supervisor may take before what is left is counted.
const treeWait = 2 * time.Second

// trees measures the end of whole trees, and counts who outlives it.
func (b *bench) trees() error {
	sizes := pick(b, []int{1, 10, 100, 1000}, []int{1, 100})
	var last []*entry
	t := &stage.Table{Title: "Stop of a tree: TERM to the supervisor until it and all processes of its command are gone, ms",
		Head: []string{"tool"}, Notes: []string{
			"In brackets: how many of the command's processes were left " + treeWait.String() + " after TERM. The command is a shell with sleeping children, who die of TERM if they get it;" +
				" deaf ones do not, and what is measured has the 10 ms in it that they were given. \"No cgroup\" is a dmon that may not make one.",
			"Where a supervisor signals its own child or group alone, what it leaves behind is measured here as it is, whatever it was made for."}}
	rows := map[string][]string{}
	var order []string
	for _, n := range sizes {
		t.Head = append(t.Head, strconv.Itoa(n))
		entries := b.enter(strconv.Itoa(n), b.treeTools()...)
		if err := b.fell(entries, n); err != nil {
			return err
		}
		for _, e := range entries {
			if rows[e.name] == nil {
				order = append(order, e.name)
				rows[e.name] = []string{e.name}
			}
			rows[e.name] = append(rows[e.name], e.treeCell())
		}
		last = entries
	}
	for _, name := range order {
		t.Add(rows[name]...)
	}
	t.Write(b.out)
	if n := sizes[len(sizes)-1]; n == 1000 {
		b.judgeTree(named(last, "dmon -n"), 20)
		b.judgeTree(named(last, "dmon -n, no cgroup"), 100)
	}
	return b.escapes()
}

const treeMS, treeLeft = "a tree of 1,000: stop, ms", "left"

// judgeTree adds a goal that is an absolute time.
func (b *bench) judgeTree(e *entry, limit float64) {
	g := stage.Goal{What: e.name + ": " + treeMS, Limit: fmt.Sprintf("%.0f ms", limit), Format: "%.0f", Most: limit, Got: e.median(treeMS)}
	switch {
	case e.err != nil:
		g.Why = e.cells()[1]
	case e.median(treeLeft) > 0:
		g.Why = "some were left"
	}
	b.goals = append(b.goals, g)
}

// treeCell is one figure, and who was left.
func (e *entry) treeCell() string {
	switch {
	case e.err != nil:
		return e.cells()[1]
	case e.median(treeLeft) > 0:
		return fmt.Sprintf("(%.0f left)", e.median(treeLeft))
	}
	return fmt.Sprintf("%.1f", e.median(treeMS))
}

// fell lets each tool grow and fell a tree of n processes, some times.
func (b *bench) fell(entries []*entry, n int) error {
	b.rounds(pick(b, 3, 1), entries, alone(func(e *entry) error {
		took, left, err := e.fellOne()
		if err != nil {
			return err
		}
		e.add(treeMS, float64(took)/1e6)
		e.add(treeLeft, float64(left))
		return nil
	}))
	return b.close(entries)
}

// fellOne is one life of e's tree.
func (e *entry) fellOne() (took time.Duration, left int, err error) {
	_ = os.Remove(e.box.path("alive"))
	if err := syscall.Mkfifo(e.box.path("alive"), 0o600); err != nil {
		return 0, 0, err
	}
	alive, err := syscall.Open(e.box.path("alive"), syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0, 0, err
	}
	defer syscall.Close(alive)
	pid, err := e.box.launch(e.line)
	if err != nil {
		return 0, 0, err
	}
	if _, err := await(2*patience, alive); err != nil {
		return 0, 0, e.box.complaint("no tree grew: " + err.Error())
	}
	var buf [16]byte
	if n, _ := syscall.Read(alive, buf[:]); n == 0 {
		return 0, 0, e.box.complaint("the tree was gone at once")
	}
	sup, err := pidfd(pid)
	if err != nil {
		return 0, 0, err
	}
	defer syscall.Close(sup)
	stage.Pause(50 * time.Millisecond) // all have come to rest
	t0 := stage.Now()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return 0, 0, fmt.Errorf("cannot stop it: %w", err)
	}
	end, err := awaitEnd(treeWait, sup, alive)
	if errors.Is(err, errLate) {
		return 0, len(livingBelow(os.Getpid(), pid)), nil
	}
	return time.Duration(end - t0), 0, err
}

// livingBelow lists the descendants of pid that are no zombies, without but and
// what is called like a supervisor's helper.
func livingBelow(pid, but int) (list []int) {
	for _, d := range stage.Descendants(pid) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d))
		if err != nil || d == but {
			continue
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X") {
			list = append(list, d)
		}
	}
	return list
}

// treeTools are those who are asked to fell trees.
func (b *bench) treeTools() []tool {
	return []tool{
		planted("dmon -n", b.dmon, "", grow, "-n"),
		planted("dmon -n, no cgroup", "unshare", "", grow, b.noCgroup("-n")...),
		planted("dmon -n -k 10ms, deaf", b.dmon, "trap '' TERM; ", grow, "-n", "-k", "10ms"),
		planted("the same, no cgroup", "unshare", "trap '' TERM; ", grow, b.noCgroup("-n", "-k", "10ms")...),
		planted("tini -s -g", "tini", "", grow, "-s", "-g", "--"),
		planted("dumb-init", "dumb-init", "", grow, "--"),
		service("runsv", "runsv", runScript(grow)),
		service("s6-supervise", "s6-supervise", runScript(grow)),
		supervisord(grow),
	}
}

// noCgroup executes dmon where the hierarchy of control groups is read-only.
func (b *bench) noCgroup(words ...string) []string {
	const mount = `for d in /sys/fs/cgroup/unified /sys/fs/cgroup; do
	[ ! -e $d/cgroup.procs ] || { mount --bind $d $d && mount -o remount,bind,ro $d; } || exit 1; done; exec "$@"`
	return append([]string{"-m", "sh", "-c", mount, "sh", b.dmon}, words...)
}

// planted is a tool whose command is a script, its size in the box's mode.
func planted(name, program, before, text string, words ...string) tool {
	return tool{name: name, program: program, argv: func(x *box) []string {
		return append(append([]string(nil), words...), "sh", "-c", before+text, "sh", x.mode)
	}}
}

func runScript(text string) func(x *box) error {
	return func(x *box) error {
		if err := script(x.path("tree"), text); err != nil {
			return err
		}
		return script(x.path("run"), "#!/bin/sh", "exec sh ./tree "+x.mode)
	}
}

// supervisord is told to stop the group of its program, as few do.
func supervisord(text string) tool {
	return tool{name: "supervisord", program: "supervisord",
		prepare: func(x *box) error {
			if err := script(x.path("tree"), text); err != nil {
				return err
			}
			return script(x.path("conf"), "[supervisord]", "nodaemon=true", "logfile=/dev/null", "logfile_maxbytes=0",
				"pidfile="+x.path("pid"), "[program:tree]", "command=sh tree "+x.mode, "directory="+x.dir,
				"stopasgroup=true", "killasgroup=true", "stopwaitsecs=1", "autorestart=true")
		},
		argv: func(x *box) []string { return []string{"-c", x.path("conf")} },
	}
}

// escapes counts who outlives a supervisor although it wants nobody to.
func (b *bench) escapes() error {
	const n = 21
	entries := b.enter(strconv.Itoa(n),
		planted("dmon -n -k 100ms", b.dmon, "", escape, "-n", "-k", "100ms"),
		planted("dmon -n -k 100ms, no cgroup", "unshare", "", escape, b.noCgroup("-n", "-k", "100ms")...),
		planted("tini -s -g", "tini", "", escape, "-s", "-g", "--"),
		planted("dumb-init", "dumb-init", "", escape, "--"),
		service("runsv", "runsv", runScript(escape)),
		service("s6-supervise", "s6-supervise", runScript(escape)),
		supervisord(escape),
	)
	if err := b.fell(entries, n); err != nil {
		return err
	}
	t := &stage.Table{Title: "Processes that want to stay", Head: []string{"tool", "left", "stop, ms"},
		Notes: []string{fmt.Sprintf("A shell and %d others in sessions of their own, their parents gone, deaf to TERM, half of them stopped. Left: those alive %v after TERM.", n-1, treeWait)}}
	for _, e := range entries {
		ms := ""
		if e.median(treeLeft) == 0 {
			ms = whole(e.median(treeMS))
		}
		t.Add(e.cells(whole(e.median(treeLeft)), ms)...)
	}
	t.Write(b.out)
	return nil
}
