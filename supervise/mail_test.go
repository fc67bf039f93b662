package supervise

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// mailed plays a machine and returns what its mails are about: when, the kind of the
// event, how many troubles since the mail before and in all, and of how many kinds.
type mailed struct {
	t     *testing.T
	m     *Machine
	mails []string
	pid   int
	kinds []Tally
}

func newMailed(t *testing.T, options string) *mailed {
	p := &mailed{t: t, m: NewMachine(parsePolicy(t, options), epoch), pid: 10}
	p.at(0, Begin{})
	return p
}

// at plays ticks until then, and the input; the command starts as often as it is asked
// to, and sendmail takes each mail at once.
func (p *mailed) at(d time.Duration, ins ...Input) {
	p.t.Helper()
	end := epoch.Add(d)
	for {
		when, ok := p.m.Deadline()
		if !ok || !when.Before(end) {
			break
		}
		p.step(when, Tick{})
	}
	for _, in := range ins {
		p.step(end, in)
	}
}

func (p *mailed) step(now time.Time, in Input) {
	p.t.Helper()
	queue := []Input{in}
	for len(queue) > 0 {
		in, queue = queue[0], queue[1:]
		if e, ok := in.(Exit); ok && e.Pid == 0 {
			e.Pid = p.pid
			in = e
		}
		for _, a := range checkedStep(p.t, p.m, now, in) {
			a, starts := a.(Start)
			switch {
			case !starts:
			case a.Task == Cmd:
				p.pid++
				queue = append(queue, Forked{Cmd, p.pid}, Executed{Cmd, a.Run})
			case a.Job.Digest != nil:
				d := a.Job.Digest
				word := d.Event.Kind.String()
				if d.Well {
					word = "well"
				}
				p.kinds = d.Kinds
				p.mails = append(p.mails, fmt.Sprintf("%v %s %d/%d %d+%d", now.Sub(epoch), word, d.Count, d.Total, len(d.Kinds), d.Others))
				queue = append(queue, Forked{a.Task, 30}, Exit{Task: a.Task, Pid: 30})
			}
		}
	}
}

func (p *mailed) fails(status int) Input {
	return Exit{Task: Cmd, Status: exited(status)} // of the process that there is by then
}

func (p *mailed) want(mails ...string) {
	p.t.Helper()
	if got, want := strings.Join(p.mails, "\n"), strings.Join(mails, "\n"); got != want {
		p.t.Errorf("mails:\n%s\nnot:\n%s", got, want)
	}
}

// A storm gives one mail at once, and one more in 15 minutes, with the counts.
func TestMailStorm(t *testing.T) {
	p := newMailed(t, "--mail --min-uptime 0s")
	for i := range 1000 {
		p.at(time.Duration(i+1)*time.Second, p.fails(3+i%2))
	}
	p.want("1s exit 1/1 1+0", "15m1s exit 900/901 2+0")
	if p.kinds[0].Count+p.kinds[1].Count != 900 {
		t.Errorf("%+v", p.kinds)
	}
	p.at(2 * time.Hour)
	p.want("1s exit 1/1 1+0", "15m1s exit 900/901 2+0", "17m40s well 99/1000 2+0")
}

func TestMail(t *testing.T) {
	second, minute := time.Second, time.Minute
	p := newMailed(t, "--mail --min-uptime 0s -i 1s")
	p.at(5*minute, p.fails(1))
	p.at(5*minute+9*second, p.fails(0)) // a success is well at once
	p.want("5m0s exit 1/1 1+0", "5m9s well 0/1 0+0")
	p.at(6*minute, p.fails(1)) // not before its time
	p.at(10*minute, p.fails(0))
	p.at(19*minute+30*second, p.fails(2))
	p.want("5m0s exit 1/1 1+0", "5m9s well 0/1 0+0")
	p.at(20*minute + second)
	p.want("5m0s exit 1/1 1+0", "5m9s well 0/1 0+0", "20m0s exit 2/2 2+0")
	p.at(60*minute, Stop{Signal: 15}, p.fails(0))
	p.want("5m0s exit 1/1 1+0", "5m9s well 0/1 0+0", "20m0s exit 2/2 2+0", "20m30s well 0/2 0+0")

	p = newMailed(t, "--mail --min-uptime 0s --give-up 3/1h --after-give-up hold")
	for i := range 3 {
		p.at(time.Duration(i+1)*minute, p.fails(9))
	}
	p.want("1m0s exit 1/1 1+0", "3m0s give-up 3/4 2+0") // that one is told at once
	p.at(4*minute, Up{})
	p.at(20 * minute)
	p.want("1m0s exit 1/1 1+0", "3m0s give-up 3/4 2+0", "5m0s well 0/4 0+0")

	p = newMailed(t, "--mail -m 2 --min-uptime 0s")
	for i := range 3 {
		p.at(time.Duration(i+1)*second, p.fails(i+1))
	}
	p.want("1s exit 1/1 1+0", "3s exit 2/3 2+0") // there is no later mail

	p = newMailed(t, "--mail --if tell:memory --if stop:")
	p.at(second, Met{Condition: 0, Run: 1, Now: true, Text: "so"})
	p.at(2*second, Met{Condition: 0, Run: 1, Text: "not so"})
	p.at(3*second, Met{Condition: 1, Now: true, Text: "it is so"})
	p.at(3*second, Exit{Task: Cmd, Pid: p.pid, Status: 15})
	p.want("1s tell 1/1 1+0", "3s reach 2/3 2+0")

	p = newMailed(t, "--mail")
	p.at(second, Stop{Signal: 15}, Exit{Task: Cmd, Pid: p.pid, Status: 15})
	p.want() // who is asked to leave has done nothing wrong

	p = newMailed(t, "--mail --min-uptime 0s")
	for i := range 20 {
		p.at(time.Duration(i+1)*second, p.fails(i+1))
	}
	p.at(30*minute, Stop{Signal: 15}, Exit{Task: Cmd, Pid: p.pid, Status: 15})
	p.want("1s exit 1/1 1+0", "1m20s well 19/20 8+11") // the number of kinds has a bound
}
