package settings

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"syscall"
	"time"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// drainTime is how long LOGCOMMAND may read on at the end.
const drainTime = 10 * time.Second

// Stopping is what the stop sequence is made of. It ends up in the Policy.
type Stopping struct {
	killAfter time.Duration
}

func (t *Stopping) define(f *cli.Flags, s *Settings) {
	s.Cmd.OnOurDeath = syscall.SIGTERM
	f.Group("Stopping", func() {
		f.Add(cli.Time(&t.killAfter), "kill-after", "k", "send KILL when TERM has not helped for TIME").Default("10s").
			Not("stop-sequence", "-k is short for a stop sequence").Unless("stop-command")
		f.Add(cli.Value(&s.Policy.Ladder, "SEQUENCE", parseLadder), "stop-sequence", "", "SIG[:TARGET][/TIME/SIG[:TARGET]]...\nwith TARGET tree, main or children")
		f.Add(cli.Value(&s.Policy.StopCommand, "COMMAND", cli.CommandWords), "stop-command", "", "run COMMAND before the stop sequence, for the TIME of -k")
		f.Add(cli.Choice(&s.Policy.MainOnly, "MODE", cli.Word[bool]{Text: "tree"}, cli.Word[bool]{Text: "main", Value: true}),
			"kill-mode", "", "stop the whole tree, or the main process alone").Default("tree")
		f.Add(cli.Choice(&s.Cmd.OnOurDeath, "WHAT", cli.Word[syscall.Signal]{Text: "stop", Value: syscall.SIGTERM}, cli.Word[syscall.Signal]{Text: "keep"}),
			"orphan", "", "what becomes of COMMAND when dmon is killed").Default("stop")
	})
	f.Line("stop", s.stopWords)
	f.Line("tree", s.groupWords)
	f.Line("if killed", s.orphanWords)
}

var targets = []supervise.Target{supervise.Tree, supervise.Main, supervise.Children}

// parseLadder reads SIG[:TARGET][/TIME/SIG[:TARGET]]...
func parseLadder(s string) (supervise.Ladder, error) {
	if s == "help" {
		return nil, &cli.Answer{Text: "SIG[:TARGET][/TIME/SIG[:TARGET]]..., like INT/3s/QUIT:main/3s/KILL\nTARGET is tree, main or children; SIG is one of\n" + cli.SignalNames()}
	}
	var ladder supervise.Ladder
	words := strings.Split(s, "/")
	for i, word := range words {
		if i%2 == 1 {
			d, err := cli.ParseTime(word)
			if err != nil {
				return nil, err
			}
			ladder[len(ladder)-1].Wait = d
			continue
		}
		rung, err := parseRung(word)
		if err != nil {
			return nil, err
		}
		ladder = append(ladder, rung)
	}
	if len(words)%2 == 0 {
		return nil, cli.Invalidf("%q ends with a TIME, and no signal after it", s)
	}
	return ladder, nil
}

func parseRung(word string) (supervise.Rung, error) {
	name, target, given := strings.Cut(word, ":")
	sig, err := cli.ParseSignal(name)
	if err != nil {
		return supervise.Rung{}, cli.Invalidf("%v (a sequence is SIG/TIME/SIG..., like INT/3s/QUIT/3s/KILL)", err)
	}
	if sig == syscall.SIGSTOP {
		return supervise.Rung{}, cli.Invalidf("STOP would be undone by the CONT that follows each step")
	}
	if !given {
		return supervise.Rung{Signal: sig}, nil
	}
	for _, t := range targets {
		if strings.EqualFold(t.String(), target) {
			return supervise.Rung{Signal: sig, Target: t}, nil
		}
	}
	return supervise.Rung{}, cli.Invalidf("%q is none of tree, main, children", target)
}

// checkStop refuses what cannot be told apart when it comes to stopping.
func (s *Settings) checkStop() error {
	if s.Policy.StopCommand != nil && s.killAfter == 0 {
		return cli.Misusef("--stop-command means nothing with -k 0, which gives it no time")
	}
	if !s.Policy.MainOnly {
		return nil
	}
	if s.Cmd.Forking {
		return cli.Misusef("--kill-mode main contradicts --forking: a program in the background is all descendants")
	}
	for _, r := range s.Policy.Ladder {
		if r.Target == supervise.Children {
			return cli.Misusef("--kill-mode main contradicts a stop sequence for children")
		}
	}
	return nil
}

func (s *Settings) resolveStop() {
	s.Policy.Drain = drainTime
	s.Policy.StopLimit = s.killAfter
	if s.Policy.Ladder == nil {
		s.Policy.Ladder = supervise.Ladder{{Signal: syscall.SIGTERM, Wait: s.killAfter}, {Signal: syscall.SIGKILL}}
	}
}

// Grace is the time that the stop sequence leaves the command, what is added to
// it included.
func (s *Settings) Grace() time.Duration {
	var sum time.Duration
	for _, r := range s.Policy.Sequence() {
		if r.Wait > math.MaxInt64-sum {
			return math.MaxInt64
		}
		sum += r.Wait
	}
	return sum
}

// Grouped reports whether the command's tree may have a cgroup: not where parts
// of it are to be left alone in the end.
func (s *Settings) Grouped() bool { return !s.Policy.MainOnly }

// GroupOwner is the file by which a later dmon knows what we leave behind when
// we are killed: the pid file, or else lock, that of a name given by hand. With
// --orphan keep it is left on purpose.
func (s *Settings) GroupOwner(lock string) string {
	if s.Cmd.OnOurDeath == 0 {
		return ""
	}
	return cmp.Or(s.PidFile, lock)
}

func (s *Settings) groupWords() string {
	if !s.Grouped() {
		return "only the main process is stopped"
	}
	place, err := proc.GroupPlace()
	if err != nil {
		return "found by a walk of /proc"
	}
	return "in a cgroup of its own below " + cli.Quote(place)
}

func (s *Settings) orphanWords() string {
	switch {
	case s.Cmd.OnOurDeath == 0:
		return "the command is left alone when dmon is killed"
	case s.PidFile != "":
		return "the main process gets TERM when dmon is killed, the next start on this pid file ends the rest"
	case s.Names.Name != "":
		return "the main process gets TERM when dmon is killed, the next start of this name ends the rest"
	default:
		return "the main process gets TERM when dmon is killed"
	}
}

func (s *Settings) stopWords() string {
	words := ladderWords(s.Policy.Sequence())
	if s.Policy.StopCommand == nil {
		return words
	}
	return fmt.Sprintf("%s for up to %s, then %s", cli.Quote(s.Policy.StopCommand...), cli.FormatTime(s.Policy.StopLimit), words)
}

func ladderWords(l supervise.Ladder) string {
	var parts []string
	for i, r := range l {
		text := cli.SignalName(r.Signal) + " to the " + targetWords(r.Target)
		if r.Signal != syscall.SIGKILL {
			text += " and CONT"
		}
		if i+1 < len(l) {
			text += ", " + cli.FormatTime(r.Wait) + " later"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func targetWords(t supervise.Target) string {
	switch t {
	case supervise.Main:
		return "main process"
	case supervise.Children:
		return "descendants"
	default:
		return "whole tree"
	}
}
