package settings

import (
	"syscall"

	"dmon/internal/cli"
	"dmon/internal/proc"
)

// Keys says what becomes of what a terminal sends to dmon.
type Keys int

// Ways of the keys.
const (
	NoKeys     Keys = iota // dmon is a daemon, or has no terminal
	KeysShared             // COMMAND is in dmon's process group and gets them too
	KeysHanded             // COMMAND gets them alone, in a group of its own (--tty)
	KeysPassed             // COMMAND, another user's, has no terminal: it gets what dmon passes on
)

// PlaceOn sets COMMAND and LOGCOMMAND apart from dmon and returns where the keys
// go; terminal says whether dmon is in the foreground of one. LOGCOMMAND is kept
// away from them, since it ends by itself when COMMAND has ended and everything
// is read.
//
// Who has our terminal can type into it, change it and stop who uses it, so
// that another user does not get it.
func (s *Settings) PlaceOn(terminal bool) Keys {
	s.Cmd.Session, s.Log.Session = proc.OwnSession, proc.OwnSession
	if !terminal {
		return NoKeys
	}
	if !s.Log.User.Another() {
		s.Log.Session = proc.OwnGroup
	}
	switch {
	case s.Cmd.User.Another():
		s.Cmd.Keys = true
		return KeysPassed
	case s.Policy.Terminal && syscall.Getpgrp() != 0:
		s.Cmd.Session = proc.Foreground
		return KeysHanded
	default:
		// A group from outside our pid namespace has no number here: the terminal
		// could not be given back to it.
		s.Cmd.Session = proc.Shared
		return KeysShared
	}
}

// checkTerminal refuses to give our terminal to another user.
func (s *Settings) checkTerminal() error {
	if s.Policy.Terminal && s.Cmd.User.Another() {
		return &cli.Misuse{
			Text: "--tty contradicts --cmd-user: another user who has your terminal can type into your shell",
			Hint: "give him one of his own, as in: su --pty -c 'dmon -n --tty COMMAND' USER",
		}
	}
	return nil
}
