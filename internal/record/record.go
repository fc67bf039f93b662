package record

import (
	"strings"
	"time"
	"unicode/utf8"

	"dmon/internal/place"
	"dmon/internal/varlink"
)

// Process is one process, by its number and what tells it from a later one with
// the same: when it started, in clock ticks since boot. Zero is none.
type Process struct {
	Pid   int
	Start uint64
}

// End is how a run ended.
type End struct {
	Run    int
	Code   int    // exit status; meaningless where Signal is set
	Signal string // that ended it, "" where none did
	Cause  string // one of the list of causes
	Lasted time.Duration
	User   time.Duration // processor time of the main process and what it waited for
	System time.Duration
	MaxRSS int64 // peak memory, kB
	At     time.Time
}

// Record is what is known of a dmon. Times and texts that are empty, numbers that
// are zero, stand for what there is not.
type Record struct {
	Name    string
	Given   bool // by hand: the record outlives its dmon
	Host    string
	Boot    string   // the kernel's id of this boot
	Argv    []string // dmon's own words, those of DMON_OPTIONS in front
	Cut     bool     // Argv is not all
	Command []string // of those COMMAND's
	Dir     string   // working directory
	Umask   int
	// Foreground says that it was not a daemon.
	Foreground bool

	Dmon, Cmd, Log Process
	State          string // one of States
	Text           string // what the command or the user says of it
	Gate           string // why it is held or paused
	Run            int
	Respawns       int
	Ready          bool
	Healthy        string // "", "yes" or "no"
	Status         int    // dmon's own exit status, once it has ended
	Last           End    // of the last run that ended; Run 0 is none
	Seq            int64  // of the last event
	Since          time.Time
	Next           time.Time // the next start, where one is due
}

// States of a dmon, as users know them. Lost is never written: it is a record
// that says otherwise and whose lock is free.
const (
	Held     = "held"
	Starting = "starting"
	Up       = "up"
	Paused   = "paused"
	Waiting  = "waiting"
	Stopping = "stopping"
	Down     = "down"
	Ended    = "ended"
	Lost     = "lost"
)

// maxWords is how many bytes of a command line are kept.
const maxWords = 4 << 10

// CutWords returns what of words is kept, and whether that is not all: a record is
// text, which bytes of no character are not.
func CutWords(words []string) (kept []string, cut bool) {
	left := maxWords
	for i, w := range words {
		if left -= len(w) + 1; left < 0 {
			return words[:i], true
		}
		cut = cut || !utf8.ValidString(w)
	}
	return words, cut
}

// Write adds the members of the record to the object that w is in.
func (r *Record) Write(w *varlink.Writer) {
	text := func(name, value string) {
		if value != "" {
			w.Text(name, value)
		}
	}
	w.Text("name", r.Name)
	w.True("given", r.Given)
	text("host", r.Host)
	text("boot", r.Boot)
	w.Text("state", r.State)
	moment(w, "since", r.Since)
	text("text", r.Text)
	text("gate", r.Gate)
	process(w, "dmon", r.Dmon)
	process(w, "command", r.Cmd)
	process(w, "log", r.Log)
	w.Number("run", int64(r.Run))
	w.Number("respawns", int64(r.Respawns))
	w.True("ready", r.Ready)
	text("healthy", r.Healthy)
	moment(w, "next", r.Next)
	if r.Last.Run > 0 {
		r.Last.write(w)
	}
	if r.State == Ended {
		w.Number("status", int64(r.Status))
	}
	w.Number("seq", r.Seq)
	list(w, "words", r.Command)
	list(w, "argv", r.Argv)
	if r.Cut {
		w.True("cut", true)
	}
	text("directory", r.Dir)
	w.Number("umask", int64(r.Umask))
	w.True("foreground", r.Foreground)
}

func (e *End) write(w *varlink.Writer) {
	w.Open("last", "{")
	w.Number("run", int64(e.Run))
	if e.Signal != "" {
		w.Text("signal", e.Signal)
	} else {
		w.Number("code", int64(e.Code))
	}
	w.Text("cause", e.Cause)
	w.Seconds("lasted", e.Lasted)
	w.Seconds("user", e.User)
	w.Seconds("system", e.System)
	w.Number("maxrss", e.MaxRSS)
	moment(w, "at", e.At)
	w.Close("}")
}

func moment(w *varlink.Writer, name string, t time.Time) {
	if !t.IsZero() {
		w.Time(name, t)
	}
}

func process(w *varlink.Writer, name string, p Process) {
	if p.Pid == 0 {
		return
	}
	w.Open(name, "{")
	w.Number("pid", int64(p.Pid))
	w.Number("start", int64(p.Start))
	w.Close("}")
}

func list(w *varlink.Writer, name string, words []string) {
	w.Open(name, "[")
	for _, word := range words {
		w.Text("", word)
	}
	w.Close("]")
}

// Read makes a record of the members of an object. What it lacks is empty: the
// object may be a stranger's.
func Read(o varlink.Object) (r Record) {
	text := func(name string) string { s, _ := o.Text(name); return s }
	number := func(name string) int { n, _ := o.Number(name); return int(n) }
	r = Record{
		Name: text("name"), Given: o.True("given"), Host: text("host"), Boot: text("boot"),
		State: text("state"), Text: text("text"), Gate: text("gate"), Healthy: text("healthy"), Dir: text("directory"),
		Since: when(o, "since"), Next: when(o, "next"), Ready: o.True("ready"), Cut: o.True("cut"), Foreground: o.True("foreground"),
		Run: number("run"), Respawns: number("respawns"), Status: number("status"), Umask: number("umask"), Seq: int64(number("seq")),
		Dmon: processOf(o.Object("dmon")), Cmd: processOf(o.Object("command")), Log: processOf(o.Object("log")),
		Argv: words(o, "argv"), Command: words(o, "words"),
	}
	if last := o.Object("last"); last != "" {
		r.Last = endOf(last)
	}
	return r
}

func endOf(o varlink.Object) (e End) {
	number := func(name string) int64 { n, _ := o.Number(name); return n }
	e.Run, e.Code, e.MaxRSS = int(number("run")), int(number("code")), number("maxrss")
	e.Signal, _ = o.Text("signal")
	e.Cause, _ = o.Text("cause")
	e.Lasted, e.User, e.System, e.At = o.Seconds("lasted"), o.Seconds("user"), o.Seconds("system"), when(o, "at")
	return e
}

func when(o varlink.Object, name string) time.Time {
	s, _ := o.Text(name)
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t
}

func processOf(o varlink.Object) Process {
	if o == "" {
		return Process{}
	}
	pid, _ := o.Number("pid")
	start, _ := o.Number("start")
	return Process{Pid: int(pid), Start: uint64(start)}
}

func words(o varlink.Object, name string) (list []string) {
	o.Each(name, func(v string) {
		if s, ok := varlink.Unquote(v); ok {
			list = append(list, s)
		}
	})
	return list
}

// Kept reports whether the record in dir is one of a name given by hand, of this boot.
func Kept(dir *place.Dir) bool {
	text, err := readFile(dir, recordFile)
	if err != nil {
		return false
	}
	o, err := varlink.ParseObject(strings.TrimSpace(string(text)))
	return err == nil && o.True("given") && ofThisBoot(o)
}

// ofThisBoot reports whether a record was written since the machine was started, or
// does not say.
func ofThisBoot(o varlink.Object) bool {
	boot, ok := o.Text("boot")
	return !ok || boot == BootID()
}
