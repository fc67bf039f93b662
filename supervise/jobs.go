package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// Job is a short command that is run beside the command and the log command,
// on dmon's own behalf: to tell somebody of an event, to check, to stop.
type Job struct {
	Argv   []string
	Limit  time.Duration // it is ended when it has run so long; zero: jobLimit
	Lane   int           // which of the lanes it is in
	Word   string        // what it is about, one of Occasions, or a check
	Event  *Event        // in full; nil: nothing has happened
	Last   *End          // how the command's last run has ended; nil: none has
	Run    int           // of the command, where there is no Event to say it
	Pid    int           // of its main process; 0: there is none
	Digest *Digest       // of a mail; nil: it is none
	Kept   bool          // what it writes is not shown: its last line comes with its Exit
}

// Lanes: in each of them one job is under way at a time, and waits for none of
// another's. Those of the checks follow.
const (
	HookLane   = iota // what tells of events, in their order
	StopLane          // the stop command
	MailLane          // mail
	fixedLanes        // how many there are beside those of the checks
)

var laneWords = [...]string{HookLane: "hook", StopLane: "stop command", MailLane: "mail by", fixedLanes: onCheck}

// String is what j is to the user, who wrote its command in one word.
func (j *Job) String() string {
	command := j.Argv[0]
	if len(j.Argv) == 3 && j.Argv[1] == "-c" {
		command = j.Argv[2]
	}
	const most = 60
	if len(command) > most {
		command = command[:most] + "..."
	}
	return laneWords[min(j.Lane, fixedLanes)] + " " + command
}

const (
	jobLimit = 30 * time.Second
	queueMax = 16 // jobs that wait

	soon = 20 * time.Millisecond // how long one waits for what it wants to know
)

// jobLadder ends a job that has had its time, and what one leaves behind.
var jobLadder = Ladder{{Signal: syscall.SIGTERM, Wait: time.Second}, {Signal: syscall.SIGKILL}}

// lane runs jobs, one after the other. The zero value has none.
type lane struct {
	task    // the job that is under way, while it is not down
	job     Job
	queue   []Job
	dropped int    // for want of room in the queue, and not told
	stale   bool   // what is under way is no longer asked for
	rests   bool   // nothing is under way: the state clock is that of the next try
	words   string // the last line of what the job wrote, if it is kept
}

func (l *lane) busy() bool { return l.state != down || len(l.queue) > 0 }

// task is the task of that number; of a job that is over there is none, and what
// is still said of it goes to a blank.
func (m *Machine) task(id Task) *task {
	if id < FirstJob {
		return &m.tasks[id]
	}
	if l := m.laneOf(id); l != nil {
		return &l.task
	}
	return &task{id: id}
}

// laneOf is the lane in which the job of that number is, or was last; nil where
// there is none.
func (m *Machine) laneOf(id Task) *lane {
	for i := range m.lanes {
		if l := &m.lanes[i]; id >= FirstJob && l.id == id {
			return l
		}
	}
	return nil
}

// jobOf is the job that t stands for; nil where it is one of the two tasks.
func (m *Machine) jobOf(t *task) *Job {
	l := m.laneOf(t.id)
	if l == nil {
		return nil
	}
	job := l.job
	return &job
}

// employed reports whether there is a job in any lane.
func (m *Machine) employed() bool {
	for i := range m.lanes {
		if m.lanes[i].busy() {
			return true
		}
	}
	return false
}

// queueJob starts j when its turn has come. One too many is dropped and counted:
// what is told late is worth less than a dmon that remembers without end.
func (m *Machine) queueJob(j Job) {
	l := &m.lanes[j.Lane]
	if len(l.queue) == queueMax {
		l.dropped++
		return
	}
	l.queue = append(l.queue, j)
	m.nextJob(l)
}

func (m *Machine) nextJob(l *lane) {
	if l.state != down {
		return
	}
	if l.dropped > 0 {
		m.emit(&l.task, Event{Kind: Dropped, Count: l.dropped})
		l.dropped = 0
	}
	if len(l.queue) == 0 {
		return
	}
	l.job, l.queue = l.queue[0], append([]Job(nil), l.queue[1:]...)
	if l.job.Limit == 0 {
		l.job.Limit = jobLimit
	}
	m.employ(l)
}

// employ begins the job of l.
func (m *Machine) employ(l *lane) {
	l.task = task{id: FirstJob + Task(m.employments)}
	m.employments++
	l.stale, l.rests, l.words = false, false, ""
	l.clocks.set(limitClock, m.now.Add(l.job.Limit))
	m.launch(&l.task)
}

// jobOver is called when a job has had its time.
func (m *Machine) jobOver(t *task) {
	switch t.state {
	case up:
		m.end(t, ByTimeout)
	case waiting: // there was never room for it
		t.why = ByTimeout
		m.settle(t)
	default: // it is being ended
	}
}

// jobEnded is called when nothing is left of a job.
func (m *Machine) jobEnded(t *task) {
	t.clocks = clocks{}
	l := m.laneOf(t.id)
	if k := m.checkIn(l); k != nil {
		m.tried(k, t)
		m.close()
		return
	}
	if err := l.failure(t); err != nil {
		m.emit(t, Event{Kind: JobFailed, Why: t.why, Status: t.end, Err: err})
	}
	m.nextJob(l)
	if l == &m.lanes[StopLane] {
		m.stopCommandEnded()
	}
	m.close()
}

// failure says what has gone wrong with a job that is over; nil: nothing has.
func (l *lane) failure(t *task) error {
	how := l.ending(t)
	switch {
	case how == "":
		return nil
	case t.failure != nil:
		return t.failure
	default:
		return fmt.Errorf("%s: %s", &l.job, how)
	}
}

// ending says how a job failed that is over; "": it did not.
func (l *lane) ending(t *task) string {
	how := ""
	switch status := exitStatus(t.end); {
	case t.why == ByTimeout:
		how = "was not done within " + brief(l.job.Limit)
	case t.failure != nil:
		return t.failure.Error()
	case status == 0:
		return ""
	default:
		how = fmt.Sprintf("ended with status %d", status)
		if note := map[int]string{statusNotExec: " (cannot be executed)", statusNotFound: " (not found)"}[status]; l.words == "" {
			how += note
		}
	}
	if l.words != "" {
		how += ": " + l.words
	}
	return how
}

// dropJobs is for a dmon that is told to be quick about its end.
func (m *Machine) dropJobs() {
	for i := range m.lanes {
		m.dropJob(&m.lanes[i])
	}
}

// dropJob forgets what waits in a lane, and kills what is under way.
func (m *Machine) dropJob(l *lane) {
	l.dropped += len(l.queue)
	l.queue = nil
	switch l.state {
	case down:
	case up:
		l.why = ByStop
		m.mount(&l.task)
		m.hurry(&l.task)
	case stopping:
		m.hurry(&l.task)
	default:
		m.settle(&l.task)
	}
}
