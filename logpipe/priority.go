package logpipe

import "strings"

// Priority is a facility and a severity as syslog packs them into one number.
type Priority int

// The facility and the severities that the programs here use by themselves.
const (
	FacilityUser   Priority = 1 << 3
	FacilityDaemon Priority = 3 << 3

	SeverityErr     Priority = 3
	SeverityWarning Priority = 4
	SeverityNotice  Priority = 5
	SeverityInfo    Priority = 6
)

type priorityName struct {
	name  string
	value Priority
}

// severities and facilities in the order of their numbers; other names for the
// same number come last.
var (
	severities = []priorityName{
		{"emerg", 0}, {"alert", 1}, {"crit", 2}, {"err", 3}, {"warning", 4},
		{"notice", 5}, {"info", 6}, {"debug", 7},
		{"panic", 0}, {"error", 3}, {"warn", 4},
	}
	facilities = []priorityName{
		{"kern", 0 << 3}, {"user", 1 << 3}, {"mail", 2 << 3}, {"daemon", 3 << 3},
		{"auth", 4 << 3}, {"syslog", 5 << 3}, {"lpr", 6 << 3}, {"news", 7 << 3},
		{"uucp", 8 << 3}, {"cron", 9 << 3}, {"authpriv", 10 << 3}, {"ftp", 11 << 3},
		{"local0", 16 << 3}, {"local1", 17 << 3}, {"local2", 18 << 3}, {"local3", 19 << 3},
		{"local4", 20 << 3}, {"local5", 21 << 3}, {"local6", 22 << 3}, {"local7", 23 << 3},
		{"security", 4 << 3},
	}
)

// SeverityByName returns the severity called name, in any case.
func SeverityByName(name string) (Priority, bool) { return priorityByName(severities, name) }

// FacilityByName returns the facility called name, in any case.
func FacilityByName(name string) (Priority, bool) { return priorityByName(facilities, name) }

func priorityByName(table []priorityName, name string) (Priority, bool) {
	for _, e := range table {
		if strings.EqualFold(e.name, name) {
			return e.value, true
		}
	}
	return 0, false
}

// SeverityNames lists what SeverityByName knows, the gravest first.
func SeverityNames() []string { return priorityNames(severities) }

// FacilityNames lists what FacilityByName knows.
func FacilityNames() []string { return priorityNames(facilities) }

func priorityNames(table []priorityName) []string {
	names := make([]string, len(table))
	for i, e := range table {
		names[i] = e.name
	}
	return names
}
