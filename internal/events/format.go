package events

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"dmon/supervise"
)

// Lines makes lines of JSON of events. The zero value is ready, for a dmon without
// a name.
type Lines struct {
	Name string
}

// record is an event in JSON. Numbers that an event does not have are left
// out; status is as waitpid(2) gives it, code is what it says of an exit. Times are in seconds, memory in kB.
type record struct {
	Time   string  `json:"time"`
	Seq    uint64  `json:"seq"`
	Name   string  `json:"name,omitempty"`
	Task   string  `json:"task"`
	Event  string  `json:"event"`
	Pid    int     `json:"pid,omitempty"`
	Run    int     `json:"run,omitempty"`
	Status *uint32 `json:"status,omitempty"`
	Signal int     `json:"signal,omitempty"`
	Count  int     `json:"count,omitempty"`
	Delay  float64 `json:"delay,omitempty"`
	Cause  string  `json:"cause,omitempty"`

	Ready  bool     `json:"ready,omitempty"` // the command is by this
	Code   *int     `json:"code,omitempty"`
	Lasted *float64 `json:"lasted,omitempty"`
	User   *float64 `json:"user,omitempty"`
	System *float64 `json:"system,omitempty"`
	MaxRSS int64    `json:"maxrss,omitempty"`
	Met    *bool    `json:"met,omitempty"` // with tell and reload
}

// JSON is the line of e, its newline included, with that number.
func (l *Lines) JSON(e supervise.Event, seq int64) []byte {
	r := l.record(e)
	r.Seq = uint64(seq)
	return marshal(e.Time, r)
}

// End is the line that dmon itself has ended, with that exit status.
func (l *Lines) End(now time.Time, seq int64, status int) []byte {
	return marshal(now, record{Name: l.Name, Task: "dmon", Event: "end", Seq: uint64(seq), Code: &status})
}

func (l *Lines) record(e supervise.Event) record {
	r := record{
		Name: l.Name, Task: e.Task.String(), Event: e.Kind.String(), Pid: e.Pid, Run: e.Run,
		Signal: int(e.Signal), Count: e.Count, Delay: e.Delay.Seconds(), Cause: e.Cause,
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
	case supervise.Told, supervise.Reloading:
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
			r.Lasted = seconds(e.Time.Sub(e.Began))
		}
		r.User, r.System = seconds(e.Usage.User), seconds(e.Usage.System)
		r.MaxRSS = e.Usage.MaxRSS
	}
	return r
}

// seconds rounds d to microseconds: finer than that is noise.
func seconds(d time.Duration) *float64 {
	s := d.Round(time.Microsecond).Seconds()
	return &s
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

func marshal(now time.Time, r record) []byte {
	r.Time = now.UTC().Format("2006-01-02T15:04:05.000000Z07:00")
	line, err := json.Marshal(r)
	if err != nil {
		return nil // a struct of strings and numbers always can be
	}
	return append(line, '\n')
}
