// Package named is what a dmon does because it has a name: it keeps a record of
// what happens, and answers at its socket.
package named

import (
	"errors"
	"os"
	"time"
	"unicode/utf8"

	"dmon/internal/cli"
	"dmon/internal/control"
	"dmon/internal/events"
	"dmon/internal/record"
	"dmon/internal/varlink"
	"dmon/supervise"
)

// Keeper keeps the record, and is a listener of events. Everything but New is
// for the loop's goroutine.
type Keeper struct {
	record.Record
	Trouble func(error) // hears once that the record cannot be kept; nil: nobody does

	entry   *record.Entry // nil until Keep
	startOf func(pid int) uint64
	lines   events.Lines
	early   []supervise.Event // before there was a place for them
	began   time.Time
	ill     bool
	leaving bool // dmon is to end
	said    bool // Text is the command's own

	text      [16 << 10]byte
	followers [mostFollowers]int // connections that hear each event; 0: none
}

// mostFollowers bounds the connections that follow; one more makes room for
// itself, since nobody says that he has gone before the next event.
const mostFollowers = 8

// mostEarly bounds the events that are kept for the record while a start is
// under way.
const mostEarly = 32

// New returns a keeper of about, in whose record all is that does not change;
// startOf tells when a process began, in clock ticks since boot.
func New(about record.Record, startOf func(pid int) uint64) *Keeper {
	k := &Keeper{Record: about, startOf: startOf}
	k.State, k.Since = record.Starting, time.Now()
	return k
}

// Keep has everything from now on kept at e, which the keeper owns, and what
// has happened already.
func (k *Keeper) Keep(e *record.Entry) {
	k.entry = e
	k.Name, k.lines.Name = e.Name, e.Name
	k.Seq += e.Seq
	var err error
	for i, event := range k.early {
		err = errors.Join(err, e.Append(k.lines.JSON(event, e.Seq+int64(i)+1)))
	}
	k.early = nil
	for _, p := range []*record.Process{&k.Dmon, &k.Cmd, &k.Log} {
		if p.Pid != 0 {
			p.Start = k.startOf(p.Pid)
		}
	}
	k.Host, _ = os.Hostname()
	k.Boot = record.BootID()
	k.tell(errors.Join(err, k.save()))
}

// Event implements the listener.
func (k *Keeper) Event(e supervise.Event) {
	k.Seq++
	if e.Task < supervise.FirstJob {
		k.note(e)
	}
	if k.entry == nil {
		if len(k.early) < mostEarly {
			k.early = append(k.early, e)
		}
		return
	}
	line := k.lines.JSON(e, k.Seq)
	k.write(line)
	k.publish(line)
}

// write keeps an event and what is so after it.
func (k *Keeper) write(line []byte) {
	err := k.entry.Append(line)
	if err == nil {
		err = k.save()
	}
	k.tell(err)
}

// note changes the record by what has happened.
func (k *Keeper) note(e supervise.Event) {
	if e.Task == supervise.Log {
		switch e.Kind {
		case supervise.Started:
			k.Log = k.process(e.Pid)
		case supervise.Exited:
			k.Log = record.Process{}
		}
		return
	}
	switch e.Kind { // what follows from a check is over with what it was about
	case supervise.Started, supervise.Exited, supervise.Paused, supervise.Stopping:
		k.Healthy = ""
	case supervise.Checked:
		k.Healthy = map[bool]string{true: "yes", false: "no"}[e.Met]
	}
	switch e.Kind {
	case supervise.Started:
		k.Ready = e.Ready
		k.enter(k.upOrStarting(), e.Time)
		k.Cmd = k.process(e.Pid)
		k.Run, k.Respawns, k.began = e.Run, max(e.Run-1, 0), e.Time
	case supervise.BecameReady:
		k.Ready = true
		if k.State == record.Starting { // else it is paused
			k.enter(record.Up, e.Time)
		}
	case supervise.Said:
		k.Text, k.said = e.Cause, true
	case supervise.Exited:
		k.enter(record.Waiting, e.Time)
		k.Cmd, k.Ready = record.Process{}, false
		if k.said {
			k.Text, k.said = "", false
		}
		k.Last = k.ended(e)
	case supervise.Delayed:
		k.enter(record.Waiting, e.Time)
		k.Next = e.Time.Add(e.Delay)
	case supervise.Held:
		k.enter(record.Held, e.Time)
		k.Gate = e.Cause
	case supervise.Paused:
		k.enter(record.Paused, e.Time)
		k.Gate = e.Cause
	case supervise.Resumed:
		k.enter(k.upOrStarting(), e.Time)
	case supervise.Stopping, supervise.Strays:
		k.enter(record.Stopping, e.Time)
	case supervise.Downed:
		k.enter(record.Down, e.Time)
	case supervise.Leaving:
		k.leaving = true
		if k.State != record.Stopping {
			k.enter(record.Stopping, e.Time)
		}
	}
}

// process says which process that is. While a start is under way its caller waits:
// when it began is asked later.
func (k *Keeper) process(pid int) record.Process {
	if k.entry == nil {
		return record.Process{Pid: pid}
	}
	return record.Process{Pid: pid, Start: k.startOf(pid)}
}

// upOrStarting is the state of a run that goes on.
func (k *Keeper) upOrStarting() string {
	if k.Ready {
		return record.Up
	}
	return record.Starting
}

func (k *Keeper) enter(state string, at time.Time) {
	k.State, k.Since, k.Gate, k.Next = state, at, "", time.Time{}
}

// ended is how the run of an Exited event did.
func (k *Keeper) ended(e supervise.Event) record.End {
	end := record.End{
		Run: e.Run, Cause: e.Why.String(), Lasted: e.Time.Sub(k.began), At: e.Time,
		User: e.Usage.User, System: e.Usage.System, MaxRSS: e.Usage.MaxRSS,
	}
	if e.Status.Signaled() {
		end.Signal = cli.SignalName(e.Status.Signal())
	} else {
		end.Code = e.Status.ExitStatus()
	}
	return end
}

// save writes the record.
func (k *Keeper) save() error {
	var w varlink.Writer
	w.Reset(k.text[:0])
	w.Open("", "{")
	k.Record.Write(&w)
	w.Close("}")
	if w.Full() {
		return errors.New("it is too long")
	}
	return k.entry.Save(w.Bytes())
}

// tell says once that the record cannot be kept, and again after it could be.
func (k *Keeper) tell(err error) {
	if err != nil && !k.ill && k.Trouble != nil {
		k.Trouble(err)
	}
	k.ill = err != nil
}

// publish tells an event to who follows. Who does not read it is let go.
func (k *Keeper) publish(line []byte) {
	for i, fd := range k.followers {
		if fd == 0 {
			continue
		}
		var w varlink.Writer
		w.Reset(k.text[:0])
		varlink.Begin(&w)
		w.Raw("event", string(line[:len(line)-1]))
		varlink.End(&w, true)
		if w.Full() || !control.Send(fd, w.Bytes()) {
			control.Hang(fd)
			k.followers[i] = 0
		}
	}
}

// follow tells a connection, which it owns from then on, the state and each
// event after it.
func (k *Keeper) follow(fd int) {
	var w varlink.Writer
	w.Reset(k.text[:0])
	varlink.Begin(&w)
	k.status(&w)
	varlink.End(&w, true)
	if w.Full() || !control.Send(fd, w.Bytes()) {
		control.Hang(fd)
		return
	}
	if last := k.followers[mostFollowers-1]; last != 0 {
		control.Hang(last)
	}
	copy(k.followers[1:], k.followers[:mostFollowers-1])
	k.followers[0] = fd
	for i := range k.followers[:mostFollowers-1] { // the first free place is at the end
		if k.followers[i] == 0 {
			k.followers[i], k.followers[i+1] = k.followers[i+1], 0
		}
	}
}

func (k *Keeper) status(w *varlink.Writer) {
	w.Open("status", "{")
	k.Record.Write(w)
	w.Close("}")
}

// End writes that dmon ends, with that status, and gives the name back. A nil
// *Keeper keeps nothing.
func (k *Keeper) End(status int) {
	if k == nil || k.entry == nil {
		return
	}
	now := time.Now()
	k.Seq++
	k.State, k.Since, k.Status, k.Gate, k.Next = record.Ended, now, status, "", time.Time{}
	k.Cmd, k.Log, k.Ready = record.Process{}, record.Process{}, false
	line := k.lines.End(now, k.Seq, status)
	if k.Given {
		k.write(line)
	} else { // nobody keeps the record, but who waits has the events open
		k.tell(k.entry.Append(line))
	}
	k.publish(line)
	for _, fd := range k.followers {
		if fd != 0 {
			control.Hang(fd)
		}
	}
	k.entry.Release(true)
	k.entry = nil
}

// About is a record of this process: what does not change in it.
func About(argv, command []string, given, foreground bool, umask int) record.Record {
	r := record.Record{Given: given, Foreground: foreground, Umask: umask, Dmon: record.Process{Pid: os.Getpid()}}
	r.Argv, r.Cut = record.CutWords(argv)
	r.Command, _ = record.CutWords(command)
	r.Dir, _ = os.Getwd()
	r.Cut = r.Cut || !utf8.ValidString(r.Dir)
	return r
}
