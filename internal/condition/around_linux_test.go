package condition

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dmon/supervise"

	"golang.org/x/sys/unix"
)

// ground is a place where things change, and somebody who looks, whose clock is
// moved by hand: the kernel says at once what it says.
type ground struct {
	*testing.T
	dir  string
	a    *Around
	now  time.Time
	told chan supervise.Input
	deaf bool // the kernel says nothing
}

func newGround(t *testing.T) *ground {
	return &ground{T: t, dir: t.TempDir(), now: time.Now(), told: make(chan supervise.Input, 99)}
}

func (g *ground) path(name string) string { return filepath.Join(g.dir, name) }

// around begins to look.
func (g *ground) around(names ...string) {
	g.Helper()
	var list []Placed
	for i, name := range names {
		list = append(list, Placed{i, g.dir + "/" + name})
	}
	var trouble []supervise.Input
	var err error
	g.a, trouble, err = LookAround(Surroundings{Placed: list})
	do(g.T, err)
	if len(trouble) > 0 {
		g.Fatal(trouble)
	}
	if g.deaf {
		for _, f := range g.a.files {
			f.blind = true
		}
		g.a.notes = nil
	}
	g.a.begin(g.now, g.told)
	g.pass(0)
}

// pass lets so much time pass, and returns what was told, as far as it is below
// the place.
func (g *ground) pass(d time.Duration) string {
	end := g.now.Add(d)
	for {
		g.a.look(g.now)
		next := time.Time{}
		for _, f := range g.a.files {
			next = earliest(next, f.due())
		}
		if next.IsZero() || next.After(end) {
			break
		}
		if next.After(g.now) {
			g.now = next
		}
	}
	g.now = end
	var all []string
	for {
		select {
		case in := <-g.told:
			met := in.(supervise.Met)
			if met.Trouble != nil {
				g.Error(met.Trouble)
			}
			all = append(all, fmt.Sprintf("%d %s", met.Condition, strings.TrimPrefix(met.Text, g.dir+"/")))
		default:
			slices.Sort(all)
			return strings.Join(all, "; ")
		}
	}
}

func (g *ground) run(steps string) {
	g.Helper()
	for line := range strings.Lines(steps) {
		what, want, ok := strings.Cut(strings.TrimSpace(line), " -> ")
		what = strings.TrimSuffix(what, " ->")
		if what == "" {
			continue
		}
		for one := range strings.SplitSeq(what, ", ") {
			g.do(strings.Fields(one))
		}
		if got := g.pass(2 * latest); ok && got != want || !ok && got != "" {
			g.Errorf("%s: told %q", line, got)
		}
	}
}

// do is one command, in a small language of its own.
func (g *ground) do(words []string) {
	g.Helper()
	var from, to string
	if from = g.path(words[1]); len(words) > 2 {
		to = g.path(words[2])
	}
	switch words[0] {
	case "write":
		write(g.T, from, words[2])
	case "append":
		f, err := os.OpenFile(from, os.O_APPEND|os.O_WRONLY, 0)
		do(g.T, err)
		_, err = f.WriteString(words[2])
		do(g.T, err)
		g.Cleanup(func() { f.Close() })
	case "mv":
		do(g.T, os.Rename(from, to))
	case "rm":
		do(g.T, os.RemoveAll(from))
	case "mkdir":
		do(g.T, os.MkdirAll(from, 0o755))
	case "link":
		do(g.T, os.Link(from, to))
	case "point":
		_ = os.Remove(to)
		do(g.T, os.Symlink(words[1], to))
	case "swap": // as ln -sfn does it
		do(g.T, os.Symlink(words[1], to+".new"))
		do(g.T, os.Rename(to+".new", to))
	case "hold": // that a file or a link is open keeps it from being gone
		fd, err := unix.Open(from, unix.O_PATH|unix.O_NOFOLLOW, 0)
		do(g.T, err)
		g.Cleanup(func() { unix.Close(fd) })
	case "size":
		n, err := strconv.ParseInt(words[2], 10, 64)
		do(g.T, err)
		do(g.T, os.Truncate(from, n))
	case "touch":
		do(g.T, os.Chtimes(from, time.Now(), time.Now().Add(-time.Hour)))
	case "chmod":
		do(g.T, os.Chmod(from, 0o600))
	case "pass":
		d, err := time.ParseDuration(words[1])
		do(g.T, err)
		if got := g.pass(d); got != "" {
			g.Errorf("%v: told %q", words, got)
		}
	default:
		g.Fatalf("%v: no such command", words)
	}
}

const changesOfFile = `
	touch conf ->
	chmod conf ->
	write conf one ->
	write conf two -> 0 conf has changed
	append conf more -> 0 conf has changed
	write new three, mv new conf -> 0 conf has changed
	write new three, mv new conf ->
	append conf x -> 0 conf has changed
	mv conf conf~, write conf four -> 0 conf has changed
	rm conf, pass 1s, write conf four ->
	rm conf ->
	write conf four ->
	rm conf, write conf five -> 0 conf has changed
	link conf other, append other by-its-other-name -> 0 conf has changed
	size conf 3000000 -> 0 conf has changed
	touch conf ->
	hold conf, write new six, mv new conf -> 0 conf has changed
	mv conf away, pass 30s, mv away conf ->
	rm conf, mkdir conf -> 0 conf has changed
	write conf/x 1 -> 0 conf/x is new
	rm conf, write conf five -> 0 conf has changed`

func TestFileChanges(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		t.Run(fmt.Sprint("deaf ", deaf), func(t *testing.T) {
			g := newGround(t)
			g.deaf = deaf
			write(t, g.path("conf"), "one")
			g.around("conf")
			g.run(changesOfFile)
		})
	}
}

// What a path leads through may be put in another's place, by names and by links.
func TestWaysChange(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		t.Run(fmt.Sprint("deaf ", deaf), func(t *testing.T) { waysChange(t, deaf) })
	}
}

func waysChange(t *testing.T, deaf bool) {
	g := newGround(t)
	g.deaf = deaf
	g.do([]string{"mkdir", "v1/etc"})
	g.do([]string{"mkdir", "v2/etc"})
	write(t, g.path("v1/etc/conf"), "one")
	write(t, g.path("v2/etc/conf"), "two")
	g.do([]string{"point", "v1", "now"})
	g.do([]string{"point", "../now/etc/conf", "v1/x"})
	g.do([]string{"point", g.path("v1/x"), "far"})
	g.around("now/etc/conf", "far", "later/etc/conf", "v1/../v1/etc//conf")
	g.run(`
		swap v2 now -> 0 now/etc/conf has changed; 1 far has changed
		append v2/etc/conf more -> 0 now/etc/conf has changed; 1 far has changed
		hold now, swap v1 now -> 0 now/etc/conf has changed; 1 far has changed
		append v1/etc/conf more -> 0 now/etc/conf has changed; 1 far has changed; 3 v1/../v1/etc//conf has changed
		mkdir v3/etc, write v3/etc/conf three, mv v1 old, mv v3 v1 -> 0 now/etc/conf has changed; 3 v1/../v1/etc//conf has changed
		append v1/etc/conf more -> 0 now/etc/conf has changed; 3 v1/../v1/etc//conf has changed
		point ../now/etc/conf v1/x -> 1 far has changed
		mv v1 v0 ->
		mv v0 v1 ->
		append v1/etc/conf more -> 0 now/etc/conf has changed; 1 far has changed; 3 v1/../v1/etc//conf has changed
		rm now ->
		mkdir later ->
		mkdir later/etc ->
		write later/etc/conf.new 1 ->
		write later/etc/conf 1 -> 2 later/etc/conf is there now
		write later/etc/conf 2 -> 2 later/etc/conf has changed
		rm later ->
		mkdir later/etc, write later/etc/conf 3 -> 2 later/etc/conf has changed
		swap v2 now -> 0 now/etc/conf has changed; 1 far has changed
		rm v2/etc ->
		mkdir v2/etc, write v2/etc/conf six -> 0 now/etc/conf has changed; 1 far has changed`)
}

// A directory's entries, and what their links lead to.
func TestDirectoryChanges(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		t.Run(fmt.Sprint("deaf ", deaf), func(t *testing.T) {
			g := newGround(t)
			g.deaf = deaf
			g.do([]string{"mkdir", "d/sub"})
			g.do([]string{"mkdir", "d/..1"})
			g.do([]string{"mkdir", "d/..2"})
			g.do([]string{"mkdir", "all"})
			write(t, g.path("d/a"), "1")
			write(t, g.path("d/b"), "2")
			write(t, g.path("d/..1/c"), "3")
			write(t, g.path("d/..2/c"), "4")
			write(t, g.path("all/site"), "5")
			g.do([]string{"point", "..1", "d/..data"})
			g.do([]string{"point", "..data/c", "d/c"})
			g.do([]string{"point", "../all/site", "d/site"})
			g.do([]string{"point", "../all/nowhere", "d/bad"})
			g.around("d")
			g.run(`
				touch d/a ->
				write d/a x -> 0 d/a has changed
				write d/new x -> 0 d/new is new
				mv d/new d/other -> 0 d/other is new
				rm d/other -> 0 d/other is gone
				rm d/b, pass 1s, write d/b 2 ->
				write d/.a.swp x, write d/a~ x, write d/4913 x, rm d/4913 ->
				mv d/a d/a~, write d/a x ->
				swap ..2 d/..data -> 0 d/c has changed
				write d/..2/c x -> 0 d/c has changed
				write all/site x -> 0 d/site has changed
				write all/new y, mv all/new all/site -> 0 d/site has changed
				write d/sub/x y ->
				write all/nowhere x -> 0 d/bad is new
				mv d away ->
				mv away d ->
				mv d away, mkdir d -> 0 d/a is gone
				write d/a 1 -> 0 d/a is new
				rm d, write d x -> 0 d has changed`)
		})
	}
}

// More than the kernel keeps for us, and more files than anybody has.
func TestTenThousandFiles(t *testing.T) {
	g := newGround(t)
	g.do([]string{"mkdir", "d"})
	name := func(n int) string { return fmt.Sprintf("d/%05d", n) }
	for n := range 10_000 {
		write(t, g.path(name(n)), "x")
	}
	g.around("d", name(5000))
	if n := len(g.a.files[0].watches); n > 10 {
		t.Errorf("%d watches", n)
	}
	g.run("write " + name(5000) + " y -> 0 " + name(5000) + " has changed; 1 " + name(5000) + " has changed")
	for n := range 10_000 {
		write(t, g.path(name(n)), "z")
	}
	if got := g.pass(10 * time.Second); got != "0 "+name(0)+" has changed; 1 "+name(5000)+" has changed" {
		t.Error(got)
	}
}

// The goroutines tell what the hand-moved clock told above.
func TestAroundTells(t *testing.T) {
	g := newGround(t)
	write(t, g.path("conf"), "one")
	a, _, err := LookAround(Surroundings{Placed: []Placed{{3, g.path("conf")}}})
	do(t, err)
	a.Start(g.told)
	for n := range 3 {
		write(t, g.path("new"), fmt.Sprint(n))
		do(t, os.Rename(g.path("new"), g.path("conf")))
		if met := (<-g.told).(supervise.Met); met.Condition != 3 || !met.Now || met.Ago < quietFor {
			t.Errorf("%+v", met)
		}
	}
}

// What changes and nobody says so is looked at.
func TestSilentPlaces(t *testing.T) {
	for path, want := range map[string]bool{"/proc/self/comm": true, "/sys/kernel": true, "/etc/passwd": false, "/nowhere/x": false} {
		a, trouble, err := LookAround(Surroundings{Placed: []Placed{{0, path}}})
		if err != nil || len(trouble) > 0 {
			t.Fatal(err, trouble)
		}
		if a.files[0].blind != want {
			t.Errorf("%s: blind is %v", path, !want)
		}
	}
}
