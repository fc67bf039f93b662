package settings

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/proc"
)

func addLimit(list *[]proc.Limit, s string) error {
	if s == "help" {
		return &cli.Answer{Text: limitHelp()}
	}
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return cli.Invalidf("%q is not NAME=VALUE (-r help lists the names)", s)
	}
	for _, l := range proc.LimitNames {
		if strings.EqualFold(l.Name, name) {
			v, err := parseLimitValue(l, value)
			if err != nil {
				return err
			}
			// The last word counts. To set both in turn would take a right that
			// is not needed: to raise what was lowered.
			*list = slices.DeleteFunc(*list, func(old proc.Limit) bool { return old.Resource == l.Resource })
			*list = append(*list, proc.Limit{Resource: l.Resource, Name: l.Name, Value: v})
			return nil
		}
	}
	return cli.Invalidf("%q is no limit (-r help lists the names)", name)
}

func parseLimitValue(l proc.LimitName, s string) (uint64, error) {
	if strings.EqualFold(s, "unlimited") || strings.EqualFold(s, "infinity") {
		return proc.Unlimited, nil
	}
	switch l.Unit {
	case proc.Bytes:
		n, err := cli.ParseSize(s)
		return uint64(n), err
	case proc.Seconds, proc.Microseconds:
		d, err := cli.ParseTime(s)
		if l.Unit == proc.Microseconds {
			return uint64(d / time.Microsecond), err
		}
		// The kernel counts whole seconds; less than one is not none.
		n := uint64(d / time.Second)
		if d%time.Second > 0 {
			n++
		}
		return n, err
	default:
		n, err := cli.ParseCount(s)
		return uint64(n), err
	}
}

func limitHelp() string {
	units := map[proc.Unit]string{proc.Count: "a number", proc.Bytes: "a SIZE", proc.Seconds: "a TIME", proc.Microseconds: "a TIME"}
	var b strings.Builder
	for _, l := range proc.LimitNames {
		b.WriteString(l.Name + strings.Repeat(" ", max(1, 12-len(l.Name))) + l.Help + ", " + units[l.Unit] + " or unlimited\n")
	}
	return b.String()
}

// limitWords says limits as a user would write them.
func limitWords(limits []proc.Limit) string {
	var list []string
	for _, limit := range limits {
		list = append(list, limit.Name+"="+limitValue(limit))
	}
	return strings.Join(list, " ")
}

func limitValue(limit proc.Limit) string {
	if limit.Value == proc.Unlimited {
		return "unlimited"
	}
	for _, l := range proc.LimitNames {
		switch {
		case l.Resource != limit.Resource:
		case l.Unit == proc.Bytes:
			return cli.FormatSize(int64(limit.Value))
		case l.Unit == proc.Seconds && limit.Value <= uint64(math.MaxInt64/time.Second):
			return cli.FormatTime(time.Duration(limit.Value) * time.Second)
		case l.Unit == proc.Microseconds:
			return cli.FormatTime(time.Duration(limit.Value) * time.Microsecond)
		}
	}
	return strconv.FormatUint(limit.Value, 10)
}
