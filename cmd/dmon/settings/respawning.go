package settings

import (
	"fmt"
	"strconv"
	"strings"

	"dmon/internal/cli"
	"dmon/supervise"
)

// longestBackoff is what the delay grows to unless the user says something else.
const longestBackoff = "30s"

func defineRespawning(f *cli.Flags, p *supervise.Policy) {
	f.Group("Respawning", func() {
		f.Add(cli.Time(&p.MinUptime), "min-uptime", "", "a shorter run is followed by a delay").Default("1s")
		f.Add(cli.Value(&p.Backoff, "MIN[:MAX]", parseBackoff), "backoff", "", "the delay: from MIN, doubling up to MAX").Default("1s:" + longestBackoff)
		f.Add(cli.Value(&p.GiveUp, "N/TIME", parseGiveUp), "give-up", "", "end after N failed runs within TIME")
		f.Add(cli.Value(&p.AfterGiveUp, "WHAT", parseAfterGiveUp), "after-give-up", "", "instead: exit, hold until dmonctl start, or try\nagain after a TIME").Needs("give-up")
		f.Add(cli.Value(&p.Success, "LIST", parseStatuses), "success", "", "ends that are a success: statuses, ranges, signals, any").Default("0")
		f.Add(cli.Value(&p.NoRespawnOn, "LIST", parseStatuses), "no-respawn-on", "", "ends of COMMAND that end dmon too")
	})
}

func parseBackoff(s string) (supervise.Backoff, error) {
	low, high, two := strings.Cut(s, ":")
	b := supervise.Backoff{}
	var err error
	if b.Min, err = cli.ParseTime(low); err != nil {
		return b, err
	}
	if !two {
		// One value is the delay to begin with; the bound stays, unless it is less.
		longest, err := cli.ParseTime(longestBackoff)
		b.Max = max(b.Min, longest)
		return b, err
	}
	if b.Max, err = cli.ParseTime(high); err != nil {
		return b, err
	}
	if b.Max < b.Min {
		return b, cli.Invalidf("%q: MAX is less than MIN", s)
	}
	return b, nil
}

func parseGiveUp(s string) (supervise.GiveUp, error) {
	count, window, ok := strings.Cut(s, "/")
	if !ok {
		return supervise.GiveUp{}, cli.Invalidf("%q is not N/TIME, like 5/1m", s)
	}
	n, err := cli.ParseCount(count)
	if err != nil {
		return supervise.GiveUp{}, err
	}
	d, err := cli.ParseTime(window)
	if err != nil {
		return supervise.GiveUp{}, err
	}
	if n == 0 || d == 0 {
		return supervise.GiveUp{}, cli.Invalidf("%q: neither N nor TIME may be 0", s)
	}
	return supervise.GiveUp{Failures: n, Window: d}, nil
}

// parseAfterGiveUp reads exit, hold or a TIME.
func parseAfterGiveUp(s string) (supervise.Rest, error) {
	switch strings.ToLower(s) {
	case "help":
		return supervise.Rest{}, &cli.Answer{Text: "exit\nhold\nor a TIME\n"}
	case "exit":
		return supervise.Rest{}, nil
	case "hold":
		return supervise.Rest{Hold: true}, nil
	}
	d, err := cli.ParseTime(s)
	switch {
	case err != nil:
		return supervise.Rest{}, cli.Invalidf("%q is neither exit nor hold nor a TIME", s)
	case d == 0:
		return supervise.Rest{}, cli.Invalidf("after no TIME at all it would not be given up: say exit or hold")
	}
	return supervise.Rest{Again: d}, nil
}

// surrender says what follows too many failures where dmon stays.
func (s *Settings) surrender() string {
	g, rest := s.Policy.GiveUp, s.Policy.AfterGiveUp
	when := fmt.Sprintf("after %s within %s ", failures(g.Failures), cli.FormatTime(g.Window))
	switch {
	case rest.Hold:
		return when + "it stays down until somebody starts it"
	case rest.Again > 0:
		return when + "it rests for " + cli.FormatTime(rest.Again)
	default:
		return ""
	}
}

// schedule says when COMMAND is started again.
func (s *Settings) schedule() string {
	p := &s.Policy
	if p.MaxRespawns == 0 {
		return "never"
	}
	var parts []string
	if p.Once {
		parts = append(parts, "until it succeeds")
	}
	if n := p.MaxRespawns; n > 0 {
		parts = append(parts, "at most "+times(n)+" ("+strconv.Itoa(n+1)+" runs)")
	}
	if p.Interval > 0 {
		parts = append(parts, cli.FormatTime(p.Interval)+" after a success")
	}
	if p.MinUptime == 0 || p.Backoff.Min == 0 {
		parts = append(parts, "at once")
	} else {
		parts = append(parts, fmt.Sprintf("at once after a run of %s or more, else after %s, doubling up to %s",
			cli.FormatTime(p.MinUptime), cli.FormatTime(p.Backoff.Min), cli.FormatTime(p.Backoff.Max)))
	}
	return strings.Join(parts, "; ")
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

// ends says what ends dmon.
func (s *Settings) ends() string {
	p := &s.Policy
	parts := []string{"on " + s.stopSignals()}
	if p.Terminal {
		parts = append(parts, "when the terminal is gone")
	}
	switch n := p.MaxRespawns; {
	case n == 0:
		parts = append(parts, "when the command ends")
	case n > 0:
		parts = append(parts, fmt.Sprintf("after %d runs", n+1))
	}
	if p.Once && p.MaxRespawns != 0 {
		parts = append(parts, "when the command ends with "+statusWords(p.Success))
	}
	if words := statusWords(p.NoRespawnOn); words != noStatus {
		parts = append(parts, "when it ends with "+words)
	}
	if g := p.GiveUp; g.Failures > 0 && p.AfterGiveUp == (supervise.Rest{}) {
		parts = append(parts, fmt.Sprintf("after %s within %s", failures(g.Failures), cli.FormatTime(g.Window)))
	}
	return strings.Join(parts, "; ")
}

func failures(n int) string {
	if n == 1 {
		return "1 failure"
	}
	return strconv.Itoa(n) + " failures"
}
