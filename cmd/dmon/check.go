package main

import (
	"fmt"
	"os"
	"strings"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// conflicts are pairs of options that contradict each other, with the reason.
var conflicts = []struct{ one, other, why string }{
	{"interval", "once", "-i says when to run again after a success, -1 ends with it"},
	{"kill-after", "stop-sequence", "-k is short for a stop sequence"},
	{"verbose", "quiet", "one asks for more messages, the other for fewer"},
	{"stderr-redir", "stderr", "both say where standard error goes"},
	{"tty", "stdin", "the terminal is standard input"},
}

// needs are options that mean nothing without another one.
var needs = []struct{ one, other string }{
	{"load-low", "load-high"},
	{"load-window", "load-high"},
	{"load-of", "load-high"},
	{"info-format", "write-info"},
	{"tty", "no-daemon"},
}

// ofLogger are options about the log command.
var ofLogger = []string{"log-user", "log-group", "log-sigs"}

// check refuses what contradicts itself. It looks at nothing but o and the
// tables of users.
func (o *options) check() error {
	for _, c := range conflicts {
		if o.given[c.one] && o.given[c.other] {
			return cli.Misusef("--%s contradicts --%s: %s", c.one, c.other, c.why)
		}
	}
	for _, n := range needs {
		if o.given[n.one] && !o.given[n.other] {
			return cli.Misusef("--%s means nothing without --%s", n.one, n.other)
		}
	}
	for _, check := range []func() error{o.checkStop, o.checkLogger, o.checkWords, o.checkMessages, o.checkPaths, o.checkLoad, o.checkUsers} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkStop refuses what cannot be told apart when it comes to stopping.
func (o *options) checkStop() error {
	if o.killMode == "tree" {
		return nil
	}
	if o.forking {
		return cli.Misusef("--kill-mode main contradicts --forking: a program in the background is all descendants")
	}
	for _, r := range o.ladder {
		if r.Target == supervise.Children {
			return cli.Misusef("--kill-mode main contradicts a stop sequence for children")
		}
	}
	return nil
}

func (o *options) checkLogger() error {
	if o.logger != nil {
		if o.given["stdout"] {
			return cli.Misusef("--stdout contradicts a log command: both say where standard output goes")
		}
		return nil
	}
	for _, name := range ofLogger {
		if o.given[name] {
			return &cli.Misuse{
				Text: fmt.Sprintf("--%s means nothing without a log command", name),
				Hint: "the log command follows the command and " + o.separator,
			}
		}
	}
	return nil
}

// checkWords refuses what no system call can take.
func (o *options) checkWords() error {
	words := [][]string{o.command, o.logger, o.environ, o.files[:], {o.workDir, o.pidFile, o.cmdPidFile, o.infoPath}}
	for _, list := range words {
		for _, w := range list {
			if strings.IndexByte(w, 0) >= 0 {
				return cli.Misusef("%q holds a NUL byte", w)
			}
		}
	}
	if o.command[0] == "" || o.logger != nil && o.logger[0] == "" {
		return cli.Misusef("an empty word is no command")
	}
	if o.separator == "" {
		return cli.Misusef("--separator needs a word")
	}
	return nil
}

func (o *options) checkMessages() error {
	switch o.messages {
	case "stderr":
		if !o.foreground {
			return cli.Misusef("--messages stderr contradicts running as a daemon, whose standard error is /dev/null (add -n)")
		}
	case "log":
		if o.logger == nil {
			return cli.Misusef("--messages log means nothing without a log command")
		}
	case "":
		o.messages = "syslog"
		if o.foreground {
			o.messages = "stderr"
		}
	}
	return nil
}

// checkPaths refuses an option that was given an empty name, which mostly is
// an empty variable of a shell script, and one file for two purposes.
func (o *options) checkPaths() error {
	names := map[string]string{}
	for _, p := range []struct{ option, path string }{
		{"work-dir", o.workDir}, {"pid-file", o.pidFile}, {"cmd-pid-file", o.cmdPidFile}, {"write-info", o.infoPath},
	} {
		if !o.given[p.option] {
			continue
		}
		if p.path == "" {
			return cli.Misusef("--%s needs the name of a file", p.option)
		}
		if other, ok := names[p.path]; ok {
			return cli.Misusef("--%s and --%s name the same file", other, p.option)
		}
		names[p.path] = p.option
	}
	return nil
}

func (o *options) checkUsers() error {
	var err error
	if o.cmdCred, err = o.credential("cmd-user", o.cmdUser, "cmd-group", o.cmdGroup); err != nil {
		return err
	}
	o.logCred, err = o.credential("log-user", o.logUser, "log-group", o.logGroup)
	return err
}

func (o *options) credential(userOption, user, groupOption, group string) (*proc.Credential, error) {
	if o.given[userOption] && user == "" {
		return nil, cli.Misusef("--%s needs a user", userOption)
	}
	if o.given[groupOption] && group == "" {
		return nil, cli.Misusef("--%s needs a group", groupOption)
	}
	// Alone first, so that the option named is the one that is wrong.
	if _, err := proc.LookupUser("", group); err != nil {
		return nil, cli.Misusef("--%s: %v", groupOption, err)
	}
	c, err := proc.LookupUser(user, group)
	if err != nil {
		return nil, cli.Misusef("--%s: %v", userOption, err)
	}
	if c != nil && os.Geteuid() != 0 && int(c.UID) != os.Geteuid() {
		return nil, cli.Misusef("--%s: only root can become another user", userOption)
	}
	return c, nil
}
