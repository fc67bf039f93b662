package condition

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Schedule is a set of times of the day, by days of the week: those of the local
// clock. The zero Schedule holds no time.
type Schedule struct{ spans []span }

// span is a time on some days, in minutes since midnight; one that ends before
// it begins goes on into the next day.
type span struct {
	days     [7]bool // by time.Weekday
	from, to int
}

const dayLong = 24 * 60

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseSchedule reads a LIST of times, "22:00-06:00", "mon-fri 08:00-18:00,sat":
// each element has days, a time, or both; what it lacks is any.
func ParseSchedule(text string) (Schedule, error) {
	var s Schedule
	for element := range strings.SplitSeq(text, ",") {
		one := span{to: dayLong}
		words := strings.Fields(strings.ToLower(element))
		if len(words) == 0 || len(words) > 2 {
			return Schedule{}, badElement(element)
		}
		hours := words[len(words)-1]
		if !strings.Contains(hours, ":") {
			if len(words) == 2 {
				return Schedule{}, badElement(element)
			}
			hours = ""
		}
		days := words[0]
		if hours != "" && len(words) == 1 {
			days = "sun-sat"
		}
		var err error
		if one.days, err = parseDays(days); err != nil {
			return Schedule{}, err
		}
		if hours != "" {
			if one.from, one.to, err = parseHours(hours); err != nil {
				return Schedule{}, err
			}
		}
		s.spans = append(s.spans, one)
	}
	return s, nil
}

func badElement(element string) error {
	return fmt.Errorf("%q is not [DAYS] [HH:MM-HH:MM], like mon-fri 08:00-18:00", strings.TrimSpace(element))
}

// parseDays reads "sat" or "mon-fri"; a range may go over the end of the week.
func parseDays(text string) (days [7]bool, err error) {
	first, last, isRange := strings.Cut(text, "-")
	from := slices.Index(dayNames, first)
	to := from
	if isRange {
		to = slices.Index(dayNames, last)
	}
	if from < 0 || to < 0 {
		return days, fmt.Errorf("%q names no days: they are mon tue wed thu fri sat sun, or a range of them", text)
	}
	for d := from; ; d = (d + 1) % 7 {
		days[d] = true
		if d == to {
			return days, nil
		}
	}
}

func parseHours(text string) (from, to int, err error) {
	first, last, ok := strings.Cut(text, "-")
	if ok {
		if from, err = parseClock(first); err == nil {
			to, err = parseClock(last)
		}
	}
	switch {
	case !ok || err != nil:
		return 0, 0, fmt.Errorf("%q is not HH:MM-HH:MM", text)
	case from == to:
		return 0, 0, fmt.Errorf("%q begins when it ends: leave it out for the whole day", text)
	case from == dayLong:
		return 0, 0, fmt.Errorf("%q begins at 24:00", text)
	}
	return from, to, nil
}

func parseClock(text string) (int, error) {
	hour, minute, _ := strings.Cut(text, ":")
	h, herr := parseTwo(hour)
	m, merr := parseTwo(minute)
	if herr != nil || merr != nil || len(minute) != 2 || m > 59 || 60*h+m > dayLong {
		return 0, errors.New("no time of the day")
	}
	return h*60 + m, nil
}

// parseTwo reads one digit or two.
func parseTwo(text string) (int, error) {
	if len(text) > 2 || strings.Trim(text, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(text)
}

// Holds reports whether t, by its own location's clock, is in the schedule. Where
// that clock is put forward or back, what it shows is what counts.
func (s Schedule) Holds(t time.Time) bool {
	at, day := t.Hour()*60+t.Minute(), t.Weekday()
	before := (day + 6) % 7
	for i := range s.spans {
		sp := &s.spans[i]
		switch {
		case sp.from < sp.to:
			if sp.days[day] && at >= sp.from && at < sp.to {
				return true
			}
		case sp.days[day] && at >= sp.from, sp.days[before] && at < sp.to:
			return true
		}
	}
	return false
}

// Next returns the first moment after t at which Holds answers otherwise, by the
// clock of t's location; false where it does not within the next days.
func (s Schedule) Next(t time.Time) (time.Time, bool) {
	now, limit := s.Holds(t), t.AddDate(0, 0, 9)
	for t.Before(limit) {
		// As long as its clock is neither put forward nor back, a location is a fixed zone.
		name, offset := t.Zone()
		_, change := t.ZoneBounds()
		first := time.Time{}
		for _, edge := range s.edges(t.In(time.FixedZone(name, offset))) {
			if edge.After(t) && (change.IsZero() || edge.Before(change)) && s.Holds(edge) != now {
				first = earliest(first, edge)
			}
		}
		switch {
		case !first.IsZero():
			return first.In(t.Location()), true
		case change.IsZero():
			return time.Time{}, false
		case s.Holds(change) != now:
			return change, true
		}
		t = change
	}
	return time.Time{}, false
}

// edges are the moments of the days around t at which something begins or ends, in
// no order.
func (s Schedule) edges(t time.Time) (list []time.Time) {
	for day := -1; day <= 8; day++ {
		for _, one := range s.spans {
			for _, minute := range []int{one.from, one.to} {
				list = append(list, time.Date(t.Year(), t.Month(), t.Day()+day, 0, minute, 0, 0, t.Location()))
			}
		}
	}
	return list
}
