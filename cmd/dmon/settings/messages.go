package settings

import (
	"strings"

	"dmon/internal/cli"
	"dmon/logpipe"
)

// Place is where messages go.
type Place struct {
	Kind     PlaceKind
	Path     string           // of ToFile
	Facility logpipe.Priority // of ToSyslog
}

// PlaceKind is a kind of Place.
type PlaceKind string

// Kinds of places. The zero value is for the one that follows from the rest.
const (
	ToStderr PlaceKind = "stderr"
	ToSyslog PlaceKind = "syslog"
	ToLog    PlaceKind = "log"
	ToNobody PlaceKind = "none"
	ToFile   PlaceKind = "file"
)

// parsePlace reads a word for a place: what holds a slash is the path of a file.
func parsePlace(s string) (Place, error) {
	word, facility, given := strings.Cut(s, ":")
	p := Place{Kind: PlaceKind(strings.ToLower(word)), Facility: logpipe.FacilityDaemon}
	switch {
	case s == "help":
		return p, &cli.Answer{Text: "stderr\nsyslog[:FACILITY]\nlog\nnone\nor the path of a file, with a /\nFACILITY is one of\n" + strings.Join(logpipe.FacilityNames()[1:], " ") + "\n"}
	case strings.Contains(s, "/"):
		return Place{Kind: ToFile, Path: s}, nil
	case given && p.Kind == ToSyslog:
		var ok bool
		if p.Facility, ok = logpipe.FacilityByName(facility); !ok || p.Facility == 0 {
			return p, cli.Invalidf("%q is no facility for a program: %s", facility, strings.Join(logpipe.FacilityNames()[1:], ", "))
		}
		return p, nil
	case given:
	case p.Kind == ToStderr, p.Kind == ToSyslog, p.Kind == ToLog, p.Kind == ToNobody:
		return p, nil
	}
	return p, cli.Invalidf("%q is none of stderr, syslog[:FACILITY], log, none, and no path with a /", s)
}

func (s *Settings) checkMessages() error {
	switch {
	case s.Messages.Kind == ToStderr && !s.Foreground:
		return cli.Misusef("--messages stderr contradicts running as a daemon, whose standard error is /dev/null (add -n)")
	case s.Messages.Kind == ToLog && !s.hasLogger():
		return cli.Misusef("--messages log means nothing without a log command")
	}
	return nil
}

func (s *Settings) resolveMessages() {
	switch {
	case s.Messages.Kind != "":
	case s.Foreground:
		s.Messages.Kind = ToStderr
	default:
		s.Messages = Place{Kind: ToSyslog, Facility: logpipe.FacilityDaemon}
	}
}

func (w *Watch) messageWords() string {
	where := map[PlaceKind]string{
		ToStderr: "to standard error", ToSyslog: "to the system log", ToLog: "to the log command", ToNobody: "nowhere",
		ToFile: "to " + cli.Quote(w.Messages.Path) + ", 3 MB at most",
	}[w.Messages.Kind]
	if f := w.Messages.Facility; w.Messages.Kind == ToSyslog && f != logpipe.FacilityDaemon {
		where += " as " + facilityName(f)
	}
	switch {
	case w.Verbose:
		return where + ", all there are"
	case w.Quiet:
		return where + ", only why dmon cannot go on"
	default:
		return where
	}
}

func facilityName(f logpipe.Priority) string {
	for _, name := range logpipe.FacilityNames() {
		if got, _ := logpipe.FacilityByName(name); got == f {
			return name
		}
	}
	return ""
}
