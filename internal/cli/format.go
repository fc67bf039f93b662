package cli

import (
	"strconv"
	"strings"
	"time"
)

// FormatTime says d as users write a TIME: "1h30m", "1.5s", "250ms", "0s".
// It is rounded to milliseconds, save that what is shorter than one is told in
// full, since it must not look like zero. ParseTime reads it back.
func FormatTime(d time.Duration) string {
	switch {
	case d < 0:
		// Minus the least duration is itself, hence the unsigned way round.
		return "-" + formatTime(-uint64(d))
	case d == 0:
		return "0s"
	}
	return formatTime(uint64(d))
}

func formatTime(ns uint64) string {
	if ns < uint64(time.Millisecond) {
		return decimal(float64(ns)/1e6) + "ms"
	}
	ms := (ns + 500_000) / 1_000_000
	if ms < 1000 {
		return strconv.FormatUint(ms, 10) + "ms"
	}
	var b strings.Builder
	// Weeks are left out: 30d is easier to read than 4w2d.
	for _, u := range []struct {
		name string
		ms   uint64
	}{{"d", 86_400_000}, {"h", 3_600_000}, {"m", 60_000}} {
		if n := ms / u.ms; n > 0 {
			b.WriteString(strconv.FormatUint(n, 10) + u.name)
			ms %= u.ms
		}
	}
	if ms > 0 {
		b.WriteString(decimal(float64(ms)/1000) + "s")
	}
	return b.String()
}

// FormatSize says n, a number of bytes, as users write a SIZE: "16m", "1.5g",
// "4096" where no unit holds it in quarters. It is exact: ParseSize reads back
// the same n.
func FormatSize(n int64) string {
	for i := len(sizeLetters) - 1; i >= 0; i-- {
		unit := int64(1) << (10 * (i + 1))
		// Above 2^53 a quotient with decimals is no longer exact.
		if n >= unit && n%(unit/4) == 0 {
			if n%unit == 0 {
				return strconv.FormatInt(n/unit, 10) + sizeLetters[i]
			}
			if n < 1<<53 {
				return decimal(float64(n)/float64(unit)) + sizeLetters[i]
			}
		}
	}
	return strconv.FormatInt(n, 10)
}

// decimal is the shortest text that reads back as n, without an exponent.
func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
