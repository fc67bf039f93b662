//go:build linux

package stage

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Noise watches what else the machine does while a section runs: a busy core
// makes everything slower, and programs with several threads, as Go's are,
// more than others.
type Noise struct {
	busy time.Duration // of all processors together
	ours time.Duration // our own part, and that of all we have waited for
	at   int64

	measured func() time.Duration
}

// Listen begins to watch. Ours adds up the processor time of what is measured; nil
// is this process and the children that it has waited for.
func Listen(ours func() time.Duration) Noise {
	if ours == nil {
		ours = ownCPU
	}
	return Noise{measured: ours, busy: machineBusy(), ours: ours(), at: Now()}
}

// Others returns which part of the machine, 0 to 1, other work took since q.
func (q Noise) Others() float64 {
	n := Listen(q.measured)
	spent := (n.busy - q.busy) - (n.ours - q.ours)
	return max(0, float64(spent)/float64(n.at-q.at)/float64(runtime.NumCPU()))
}

// Tolerable is the part of the machine, in percent, that other work may take
// before figures are called doubtful.
const Tolerable = 10

// WaitForCalm returns when other work took a tolerable part of the machine
// for two seconds, or after limit.
func WaitForCalm(limit time.Duration) {
	for end := Now() + int64(limit); Now() < end; {
		q := Listen(nil)
		Pause(2 * time.Second)
		if 100*q.Others() <= Tolerable {
			return
		}
	}
}

// Report prints a line below a section's table: part is in percent.
func Report(out io.Writer, part float64) {
	warning := ""
	if part > Tolerable {
		warning = " **Too much: measure again when it is quiet.**"
	}
	fmt.Fprintf(out, "Other work took %.0f %% of the processors meanwhile.%s\n\n", part, warning)
}

// machineBusy adds up what all processors did since boot, time that the
// hypervisor gave to others included.
func machineBusy() time.Duration {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return busyTime(line)
}

// busyTime reads the line "cpu user nice system idle iowait irq softirq steal
// ..." in hundredths of a second; guests' time is in user's already.
func busyTime(line string) time.Duration {
	var ticks int64
	for i, word := range strings.Fields(line) {
		if i == 0 || i == 4 || i == 5 || i > 8 {
			continue
		}
		n, _ := strconv.ParseInt(word, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func ownCPU() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if err := syscall.Getrusage(who, &r); err == nil {
			sum += time.Duration(r.Utime.Nano() + r.Stime.Nano())
		}
	}
	return sum
}
