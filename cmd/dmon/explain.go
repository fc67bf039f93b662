package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/supervise"
)

// explanation says in words what dmon would do with these options.
func (o *options) explanation() string {
	var b strings.Builder
	row := func(name, format string, a ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, a...))
	}
	row("command", "%s", words(o.command))
	if o.logger != nil {
		row("log command", "%s", words(o.logger))
	}
	row("output", "%s", o.output())
	row("runs", "%s", o.where())
	row("restart", "%s", o.schedule())
	row("end", "%s", o.ends())
	if o.timeout > 0 {
		row("timeout", "a run is stopped after %s, and has failed", cli.FormatTime(o.timeout))
	}
	if o.forking {
		row("forking", "a run lasts as long as any process of the command")
	}
	row("stop", "%s", ladderWords(o.stopSequence(), o.killMode == "main"))
	row("tree", "%s", o.groupWords())
	for _, words := range o.gateWords() {
		row("gate", "%s", words)
	}
	if len(o.limits) > 0 {
		row("limits", "%s", o.limitWords())
	}
	row("user", "%s", credentialWords(o.cmdCred))
	if o.logger != nil {
		row("log user", "%s", credentialWords(o.logCred))
	}
	for _, f := range []struct{ name, path string }{
		{"directory", o.workDir}, {"pid file", o.pidFile}, {"cmd pid file", o.cmdPidFile}, {"events", o.infoPath},
	} {
		if f.path != "" {
			row(f.name, "%s", f.path)
		}
	}
	row("messages", "%s", o.messages)
	return b.String()
}

// words says a command so that a shell would take it back.
func words(argv []string) string {
	quoted := make([]string, len(argv))
	for i, w := range argv {
		quoted[i] = w
		if w == "" || strings.ContainsFunc(w, needsQuotes) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

func needsQuotes(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./_-", r))
}

func (o *options) output() string {
	switch {
	case o.logger != nil && o.joinStderr:
		return "standard output and error go to the log command"
	case o.logger != nil:
		return "standard output goes to the log command"
	case o.joinStderr:
		return "standard error goes where standard output goes"
	case o.files[1] != "":
		return "standard output is appended to " + words(o.files[1:2])
	case !o.foreground:
		return "goes to /dev/null"
	default:
		return "goes where dmon's goes"
	}
}

func (o *options) where() string {
	if o.foreground {
		return "in the foreground"
	}
	return "as a daemon"
}

func (o *options) schedule() string {
	var parts []string
	if o.maxRespawns == 0 {
		return "never"
	}
	if o.once {
		parts = append(parts, "until it succeeds")
	}
	if o.maxRespawns > 0 {
		parts = append(parts, "at most "+strconv.Itoa(o.maxRespawns)+" times")
	}
	if o.interval > 0 {
		parts = append(parts, cli.FormatTime(o.interval)+" after a success")
	}
	if o.minUptime == 0 || o.backoff.Min == 0 {
		parts = append(parts, "at once")
	} else {
		parts = append(parts, fmt.Sprintf("at once after a run of %s or more, else after %s, doubling up to %s",
			cli.FormatTime(o.minUptime), cli.FormatTime(o.backoff.Min), cli.FormatTime(o.backoff.Max)))
	}
	return strings.Join(parts, "; ")
}

func (o *options) ends() string {
	parts := []string{"on TERM or INT"}
	if o.once {
		parts = append(parts, "when the command ends with "+statusWords(o.success))
	}
	if len(o.noRespawnOn.Codes)+len(o.noRespawnOn.Signals) > 0 {
		parts = append(parts, "when it ends with "+statusWords(o.noRespawnOn))
	}
	if g := o.giveUp; g.Failures > 0 {
		parts = append(parts, fmt.Sprintf("after %d failures within %s", g.Failures, cli.FormatTime(g.Window)))
	}
	return strings.Join(parts, "; ")
}

func statusWords(s supervise.StatusSet) string {
	var list []string
	for _, code := range slices.Sorted(maps.Keys(s.Codes)) {
		list = append(list, strconv.Itoa(code))
	}
	for _, sig := range slices.Sorted(maps.Keys(s.Signals)) {
		list = append(list, cli.SignalName(sig))
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

func ladderWords(l supervise.Ladder, mainOnly bool) string {
	var parts []string
	for i, r := range l {
		if mainOnly {
			r.Target = supervise.Main
		}
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
	return map[supervise.Target]string{
		supervise.Tree: "whole tree", supervise.Main: "main process", supervise.Children: "descendants",
	}[t]
}

func (o *options) limitWords() string {
	var list []string
	for _, l := range o.limits {
		value := strconv.FormatUint(l.Value, 10)
		if l.Value == proc.Unlimited {
			value = "unlimited"
		}
		list = append(list, l.Name+"="+value)
	}
	return strings.Join(list, " ")
}

func credentialWords(c *proc.Credential) string {
	if c == nil {
		return "the one that dmon has"
	}
	return fmt.Sprintf("%s (uid %d, gid %d, groups %s)", c.Text, c.UID, c.GID, strings.Trim(fmt.Sprint(c.Groups), "[]"))
}
