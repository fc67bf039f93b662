package report

import (
	"bytes"
	"fmt"
	"mime"
	"strings"

	"dmon/internal/cli"
	"dmon/supervise"
)

// Letter is a mail about what has gone wrong.
type Letter struct {
	To      []string // addresses that were checked
	Host    string
	Name    string // of dmon, or of the command's program
	Command string // in one line
	Digest  *supervise.Digest
	Words   string // the last words of the run; "": there are none
	Pid     int    // of dmon
}

// lineMax is how many bytes a line of a mail may have and pass everywhere.
const lineMax = 900

// Text is the mail as sendmail(1) takes it, with headers. Nothing in it that came from
// elsewhere can be a header of its own.
func (l *Letter) Text() []byte {
	d := l.Digest
	var b bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) }
	header("To", strings.Join(l.To, ",\n "))
	header("Subject", mime.QEncoding.Encode("utf-8", clip(cli.OneLine(l.subject()), 200)))
	header("Date", d.Event.Time.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	header("Auto-Submitted", "auto-generated")
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "8bit")
	b.WriteByte('\n')
	line := func(format string, a ...any) {
		b.WriteString(clip(cli.OneLine(fmt.Sprintf(format, a...)), lineMax) + "\n")
	}
	line("%s on %s: %s at %s.", l.Name, l.Host, l.what(), d.Event.Time.Format("2006-01-02 15:04:05 -0700"))
	if d.Count > 1 || d.Well && d.Count > 0 {
		b.WriteString("\nSince the mail before this:\n")
		for _, t := range d.Kinds {
			line("%6s  %s", fmt.Sprintf("%d x", t.Count), trouble(t.Event, false))
		}
		if d.Others > 0 {
			line("%6s  something else", fmt.Sprintf("%d x", d.Others))
		}
	}
	b.WriteByte('\n')
	line("Command: %s", clip(l.Command, lineMax))
	line("Looked after by process %d. The next mail comes in 15 minutes at the earliest.", l.Pid)
	if l.Words != "" {
		b.WriteString("\nLast words:\n")
		for words := range strings.Lines(l.Words) {
			for words = cli.OneLine(strings.TrimSuffix(words, "\n")); len(words) > lineMax; words = words[lineMax:] {
				b.WriteString("    " + strings.ToValidUTF8(words[:lineMax], "") + "\n")
			}
			b.WriteString("    " + strings.ToValidUTF8(words, "") + "\n")
		}
	}
	return b.Bytes()
}

func (l *Letter) subject() string { return fmt.Sprintf("[%s] %s: %s", l.Host, l.Name, l.what()) }

// what has happened, in a few words.
func (l *Letter) what() string {
	d := l.Digest
	within := since(d.Since, d.Event.Time)
	switch {
	case d.Well:
		return fmt.Sprintf("well again, after %s in %s", count(d.Total, "trouble"), within)
	case d.Total > 1:
		return fmt.Sprintf("%s (%s in %s)", trouble(d.Event, true), ordinal(d.Total), within)
	default:
		return trouble(d.Event, true)
	}
}

// trouble says what e is to who does not see it in its place; timed, and how long it
// took.
func trouble(e supervise.Event, timed bool) string {
	switch e.Kind {
	case supervise.Exited:
		text := ending(e)
		if e.Why != supervise.ByExit && e.Why != supervise.BySignal && e.Why != supervise.ByOOM {
			text += " (" + e.Why.String() + ")"
		}
		if timed && !e.Began.IsZero() {
			text += " after " + since(e.Began, e.Time)
		}
		return text
	case supervise.GaveUp:
		return "given up: " + e.Err.Error()
	case supervise.Failed:
		return e.Err.Error()
	case supervise.Told:
		if !e.Met {
			return "no longer: " + e.Cause
		}
		return e.Cause
	default:
		return "stopped: " + e.Cause
	}
}

// clip is text of at most so many bytes.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
