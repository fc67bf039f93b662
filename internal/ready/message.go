package ready

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dmon/supervise"
)

// longestStatus is how much of a text is kept, in bytes.
const longestStatus = 200

// parse reads a message in the manner of sd_notify(3): assignments, a line each, in any
// order; what is unknown is left to those who know it. main is the process that is to be
// the main one, 0 for none.
func parse(text string) (n supervise.Notice, main int) {
	for line := range strings.SplitSeq(text, "\n") {
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		switch name {
		case "READY":
			n.Ready = n.Ready || value == "1"
		case "RELOADING":
			n.Reloading = n.Reloading || value == "1"
		case "STOPPING":
			n.Stopping = n.Stopping || value == "1"
		case "WATCHDOG":
			n.Alive = n.Alive || value == "1"
			n.Ill = n.Ill || value == "trigger"
		case "STATUS":
			status := tidy(value)
			n.Text = &status
		case "EXTEND_TIMEOUT_USEC":
			n.Extend = microseconds(value)
		case "WATCHDOG_USEC":
			n.Watchdog = microseconds(value)
		case "MAINPID":
			main, _ = strconv.Atoi(value)
		}
	}
	return n, main
}

// microseconds is 0 for what is no such number. The longest is what a Duration holds,
// less than what is added to a time.
func microseconds(value string) time.Duration {
	const most = uint64(100*365*24*time.Hour) / 1000
	n, err := strconv.ParseUint(value, 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(min(n, most)) * time.Microsecond
}

// tidy is text as it can be shown: whole characters, none that moves a cursor.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
	if len(text) > longestStatus {
		text = text[:longestStatus]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
	}
	return text
}
