package events

import (
	"strconv"
	"time"
	"unicode/utf8"

	"dmon/internal/varlink"
	"dmon/supervise"
)

// Lines makes lines of JSON of events. The zero value is ready, for a dmon without
// a name.
type Lines struct {
	Name string
}

// record is an event in JSON. Numbers that an event does not have are left
// out; status is as waitpid(2) gives it, code is what it says of an exit. Times are in
// seconds, memory in kB.
type record struct {
	Seq    uint64
	Name   string
	Task   string
	Event  string
	Pid    int
	Run    int
	Status *uint32
	Signal int
	Count  int
	Delay  time.Duration
	Cause  string

	Ready  bool // the command is by this
	Code   *int
	Lasted *time.Duration
	User   *time.Duration
	System *time.Duration
	MaxRSS int64
	Met    *bool // with tell and reload

	LastWords string // for hooks
}

// JSON is the line of e, its newline included, with that number.
func (l *Lines) JSON(e supervise.Event, seq int64) []byte {
	r := l.record(e)
	r.Seq = uint64(seq)
	return marshal(e.Time, r)
}

// Told is the same for a hook, with the last words of the run.
func (l *Lines) Told(e supervise.Event, words string) []byte {
	r := l.record(e)
	r.Seq, r.LastWords = e.Seq, words
	return marshal(e.Time, r)
}

// End is the line that dmon itself has ended, with that exit status.
func (l *Lines) End(now time.Time, seq int64, status int) []byte {
	return marshal(now, record{Name: l.Name, Task: "dmon", Event: "end", Seq: uint64(seq), Code: &status})
}

func (l *Lines) record(e supervise.Event) record {
	r := record{
		Name: l.Name, Task: e.Task.String(), Event: e.Kind.String(), Pid: e.Pid, Run: e.Run,
		Signal: int(e.Signal), Count: e.Count, Delay: e.Delay, Cause: e.Cause,
	}
	if e.Err != nil {
		r.Cause = e.Err.Error()
	}
	if e.Task >= supervise.FirstJob {
		return r
	}
	switch e.Kind {
	case supervise.Started:
		r.Ready = e.Ready
	case supervise.BecameReady:
		r.Ready = true
	case supervise.Told, supervise.Reloading, supervise.Checked:
		r.Met = &e.Met
	case supervise.Exited:
		status := uint32(e.Status)
		r.Status = &status
		if e.Status.Signaled() {
			r.Signal = int(e.Status.Signal())
		} else {
			code := e.Status.ExitStatus()
			r.Code = &code
		}
		if !e.Began.IsZero() {
			lasted := e.Time.Sub(e.Began)
			r.Lasted = &lasted
		}
		r.User, r.System = &e.Usage.User, &e.Usage.System
		r.MaxRSS = e.Usage.MaxRSS
	}
	return r
}

// plain are the events that have a line in the format of the C original.
var plain = map[supervise.Kind]bool{
	supervise.Started: true, supervise.Stopping: true, supervise.Exited: true, supervise.Sent: true,
	supervise.TimedOut: true, supervise.Paused: true, supervise.Resumed: true,
}

// format is the line of e, nil where the format has none for it.
func (s *Stream) format(e supervise.Event) []byte {
	if !s.o.JSON {
		if !plain[e.Kind] {
			return nil
		}
		return []byte(e.String() + "\n")
	}
	r := s.lines.record(e)
	// Every event has a number, dropped or not, so that a reader sees what is missing.
	s.seq++
	r.Seq = s.seq
	line := marshal(e.Time, r)
	for most := pipeWhole / 2; s.is(kindFIFO) && len(line) > pipeWhole; most /= 2 {
		r.Cause = cut(r.Cause, most) // a pipe takes no more in one piece
		line = marshal(e.Time, r)
	}
	return line
}

// cut is the beginning of text, of so many bytes and dots that say so.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "..."
}

// lost is the line that tells how many were dropped, the last of them numbered
// seq.
func (s *Stream) lost(now time.Time, seq uint64) []byte {
	if s.o.JSON {
		return marshal(now, record{Seq: seq, Task: "dmon", Event: "dropped", Count: int(s.dropped)})
	}
	return []byte("dmon dropped " + strconv.FormatUint(s.dropped, 10) + "\n")
}

// marshal is r as a line of JSON. What is said of it by its tags is done by hand:
// encoding/json would learn the type at each start, for as long as a hundred lines take.
func marshal(now time.Time, r record) []byte {
	var w varlink.Writer
	w.Reset(make([]byte, 0, lineRoom+6*(len(r.Cause)+len(r.Name)+len(r.LastWords)))) // a letter becomes six at most
	w.Open("", "{")
	w.Time("time", now)
	w.Number("seq", int64(r.Seq))
	text(&w, "name", r.Name)
	w.Text("task", r.Task)
	w.Text("event", r.Event)
	number(&w, "pid", int64(r.Pid))
	number(&w, "run", int64(r.Run))
	if r.Status != nil {
		w.Number("status", int64(*r.Status))
	}
	number(&w, "signal", int64(r.Signal))
	number(&w, "count", int64(r.Count))
	if r.Delay != 0 {
		w.Seconds("delay", r.Delay)
	}
	text(&w, "cause", r.Cause)
	if r.Ready {
		w.True("ready", true)
	}
	if r.Code != nil {
		w.Number("code", int64(*r.Code))
	}
	for _, m := range []struct {
		name  string
		value *time.Duration
	}{{"lasted", r.Lasted}, {"user", r.User}, {"system", r.System}} {
		if m.value != nil {
			w.Seconds(m.name, *m.value)
		}
	}
	number(&w, "maxrss", r.MaxRSS)
	if r.Met != nil {
		w.True("met", *r.Met)
	}
	text(&w, "last_words", r.LastWords)
	w.Close("}")
	return append(w.Bytes(), '\n')
}

// lineRoom is what a line takes beside its texts, in bytes, and more.
const lineRoom = 512

func text(w *varlink.Writer, name, value string) {
	if value != "" {
		w.Text(name, value)
	}
}

func number(w *varlink.Writer, name string, value int64) {
	if value != 0 {
		w.Number(name, value)
	}
}
