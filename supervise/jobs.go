package supervise

import (
	"fmt"
	"syscall"
	"time"
)

// Job is a short command that is run beside the command and the log command,
// on dmon's own behalf: to tell somebody of an event, to check, to stop.
type Job struct {
	Argv  []string
	Limit time.Duration // it is ended when it has run so long; zero: jobLimit
	Lane  int           // which of the lanes it is in
	Word  string        // what it is about, one of Occasions
	Event *Event        // in full; nil: nothing has happened
	Last  *End          // how the command's last run has ended; nil: none has
}

// Lanes is how many jobs may be under way at the same time.
const Lanes = 1

const (
	jobLimit = 30 * time.Second
	queueMax = 16 // jobs that wait
)

// jobLadder ends a job that has had its time, and what one leaves behind.
var jobLadder = Ladder{{Signal: syscall.SIGTERM, Wait: time.Second}, {Signal: syscall.SIGKILL}}

// lane runs jobs, one after the other. The zero value has none.
type lane struct {
	task    // the job that is under way, while it is not down
	job     Job
	queue   []Job
	dropped int // for want of room in the queue, and not told
}

func (l *lane) busy() bool { return l.state != down || len(l.queue) > 0 }

// of is the job that t stands for; nil where it is one of the two tasks.
func (l *lane) of(t *task) *Job {
	if t.id < FirstJob {
		return nil
	}
	job := l.job
	return &job
}

// queueJob starts j when its turn has come. One too many is dropped and counted:
// what is told late is worth less than a dmon that remembers without end.
func (m *Machine) queueJob(j Job) {
	l := &m.jobs
	if len(l.queue) == queueMax {
		l.dropped++
		return
	}
	l.queue = append(l.queue, j)
	m.nextJob()
}

func (m *Machine) nextJob() {
	l := &m.jobs
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
	l.task = task{id: l.id + 1}
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
	switch {
	case t.why == ByTimeout:
		m.emit(t, Event{Kind: JobFailed, Why: t.why, Err: fmt.Errorf("%s: not done within %v", m.jobs.job.Argv[0], m.jobs.job.Limit)})
	case t.failure != nil:
		m.emit(t, Event{Kind: JobFailed, Why: t.why, Err: t.failure})
	case t.end != 0:
		m.emit(t, Event{Kind: JobFailed, Why: t.why, Status: t.end, Err: fmt.Errorf("%s: ended with status %d", m.jobs.job.Argv[0], exitStatus(t.end))})
	}
	m.nextJob()
	m.close()
}

// dropJobs is for a dmon that is told to be quick about its end.
func (m *Machine) dropJobs() {
	l := &m.jobs
	l.dropped += len(l.queue)
	l.queue = nil
	switch l.state {
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
