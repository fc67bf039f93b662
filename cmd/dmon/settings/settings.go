// Package settings is what the user may say to dmon: a file for each topic, with
// its type, its options, how their values are read, what they contradict and how
// --explain puts them. Options write straight into the structs of those who act
// on them. Nothing here has an effect on the process.
package settings

import (
	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// Settings is what the user said, complete: defaults, what follows from other
// options and what was looked up are in their places.
type Settings struct {
	Policy   supervise.Policy // for the machine
	Cmd, Log proc.Spec        // how COMMAND and LOGCOMMAND are made; Log.Argv is nil without one
	Running
	Stopping
	Processes
	Users
	Gate
	Conditions
	Ready
	Watch
	Names

	flags *cli.Flags
}

// Parse reads the command line, and DMON_OPTIONS before it. Its error is a
// *cli.Misuse or a *cli.Answer.
func Parse(args []string) (*Settings, error) {
	s := &Settings{flags: cli.NewFlags("dmon")}
	s.define(s.flags)
	operands, err := s.flags.Parse(args, usage, examples)
	if err != nil {
		return nil, err
	}
	if s.Cmd.Argv, s.Log.Argv, err = cli.SplitCommands(operands, s.separator); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, s.resolve()
}

// define makes the topics, in the order of --help and of --explain.
func (s *Settings) define(f *cli.Flags) {
	f.Know(cli.Fact{Name: "a log command", Holds: s.hasLogger, Hint: s.howToLog})
	s.Running.define(f, s)
	defineRespawning(f, &s.Policy)
	s.Ready.define(f, s)
	s.Stopping.define(f, s)
	defineSignals(f, &s.Policy)
	s.Processes.define(f, s)
	s.Gate.define(f)
	s.Conditions.define(f)
	s.Watch.define(f, s)
	s.Names.define(f, s)
	f.Row("missing", s.missing)
	f.Standard()
}

func (s *Settings) hasLogger() bool  { return s.Log.Argv != nil }
func (s *Settings) howToLog() string { return "the log command follows the command and " + s.separator }

// check refuses what contradicts itself. It looks at nothing but s.
func (s *Settings) check() error {
	if err := s.flags.Judge(); err != nil {
		return err
	}
	for _, check := range []func() error{s.checkWords, s.checkStop, s.checkOutput, s.checkMessages, s.checkPaths, s.checkReady, s.Gate.check} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// resolve fills in what follows from other options, and from the tables of users.
func (s *Settings) resolve() error {
	s.Policy.Log = s.hasLogger()
	s.Conditions.resolve()
	s.Policy.Conditions = s.Conditions.policy()
	s.resolveStop()
	s.resolveReady()
	s.resolveName()
	s.resolveMessages()
	if err := s.resolveUsers(); err != nil {
		return err
	}
	if err := s.checkTerminal(); err != nil {
		return err
	}
	s.resolveEnvironment()
	return nil
}

// Explanation says in words what dmon would do with these settings.
func (s *Settings) Explanation() string { return s.flags.Explanation() }

const usage = `Usage: dmon [OPTION]... COMMAND [ARG]... [-- LOGCOMMAND [ARG]...]

Look after COMMAND: start it, respawn it when it ends, and pause it while the
machine is busy. LOGCOMMAND gets its output through a pipe and is respawned too.
Without -n dmon becomes a daemon once both run.
`

const examples = `
TIME is seconds, or numbers with ms, s, m, h, d or w (1h30m). SIZE is bytes, or a
number with k, m, g or t. SIGNAL is TERM, SIGTERM, term or 15.

Examples:
  dmon -n -1 -L 4.0 rsync -az src dst
      copy until it has worked, out of the way while the machine is busy
  dmon -e -p /run/vfand.pid vfand -- dsyslog vfand
      a daemon with its output in the system log; kill $(cat /run/vfand.pid) ends it
  dmon -n -m 0 server -- dlog -t -s 16m /var/log/server.log
      the first process of a container, with a rotated log

Exit status: that of COMMAND's last run, 128+n where signal n ended it, 124 where -t
did, 125 where dmon failed, 126 and 127 where COMMAND cannot be executed or found.
`
