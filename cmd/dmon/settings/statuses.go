package settings

import (
	"strconv"
	"strings"
	"syscall"

	"dmon/internal/cli"
	"dmon/supervise"
)

const (
	lastStatus = 255
	lastSignal = 64
	anyStatus  = "any"
	noStatus   = "nothing"
)

// parseStatuses reads exit statuses, ranges of them and names of signals:
// 0,3,10-19,TERM. any is all there are; the empty list is allowed.
func parseStatuses(s string) (supervise.StatusSet, error) {
	set := supervise.StatusSet{Codes: map[int]bool{}, Signals: map[syscall.Signal]bool{}}
	if s == "" {
		return set, nil
	}
	if s == "help" {
		return set, &cli.Answer{Text: "0 to 255, and ranges like 10-19\nnames of signals, like TERM\nany\n"}
	}
	for _, word := range strings.Split(s, ",") {
		if err := addStatuses(&set, word); err != nil {
			return set, err
		}
	}
	return set, nil
}

func addStatuses(set *supervise.StatusSet, word string) error {
	if strings.EqualFold(word, anyStatus) {
		addCodes(set, 0, lastStatus)
		for sig := range syscall.Signal(lastSignal) {
			set.Signals[sig+1] = true
		}
		return nil
	}
	low, high, isRange := strings.Cut(word, "-")
	if !isRange {
		high = low
	}
	from, err := strconv.ParseUint(low, 10, 8)
	to, herr := strconv.ParseUint(high, 10, 8)
	if err == nil && herr == nil {
		if from > to {
			return cli.Invalidf("%q is a range that ends before it begins", word)
		}
		addCodes(set, int(from), int(to))
		return nil
	}
	// No number comes as far as here: what is no exit status is no signal either.
	sig, err := cli.ParseSignal(word)
	if err != nil {
		return cli.Invalidf("%q is neither an exit status (0 to 255), nor a range of them, nor the name of a signal", word)
	}
	set.Signals[sig] = true
	return nil
}

func addCodes(set *supervise.StatusSet, from, to int) {
	for code := from; code <= to; code++ {
		set.Codes[code] = true
	}
}

// statusWords says a set as a user would write it.
func statusWords(s supervise.StatusSet) string {
	var list []string
	for code := 0; code <= lastStatus; code++ {
		from := code
		for s.Codes[code] && s.Codes[code+1] {
			code++
		}
		switch {
		case !s.Codes[code]:
		case code > from+1:
			list = append(list, strconv.Itoa(from)+"-"+strconv.Itoa(code))
		case code > from:
			list = append(list, strconv.Itoa(from), strconv.Itoa(code))
		default:
			list = append(list, strconv.Itoa(code))
		}
	}
	if len(s.Codes) == lastStatus+1 && len(s.Signals) == lastSignal {
		return anyStatus + " status or signal"
	}
	for sig := range syscall.Signal(lastSignal + 1) {
		if s.Signals[sig] {
			list = append(list, cli.SignalName(sig))
		}
	}
	if len(list) == 0 {
		return noStatus
	}
	return strings.Join(list, ", ")
}
