package cli

import (
	"strings"

	"github.com/spf13/pflag"
)

// guess is the hint about a long option that is unknown: the one that was meant,
// if any is near.
func (f *Flags) guess(e *pflag.NotExistError) string {
	name := strings.ToLower(e.GetSpecifiedName())
	if e.GetSpecifiedShortnames() != "" || name == "" {
		return ""
	}
	var known []string
	f.VisitAll(func(p *pflag.Flag) { known = append(known, p.Name) })
	best := Nearest(name, known)
	if best == "" {
		return ""
	}
	return "did you mean --" + best + "? "
}

// Nearest is the one of several words that was meant by name, "" where none is near.
func Nearest(name string, known []string) string {
	best, least := "", len(name)/3+1
	for _, k := range known {
		d := distance(name, k)
		if len(name) > 2 && strings.HasPrefix(k, name) || len(k) > 4 && strings.HasPrefix(name, k) {
			d = 0 // cut short, or spelled out
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters have to be put in, left out, changed or swapped
// with the next to make b of a.
func distance(a, b string) int {
	older, old, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range old {
		old[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(old[j-1]+change, old[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], older[j-2]+1)
			}
		}
		older, old, row = old, row, older
	}
	return old[len(b)]
}
