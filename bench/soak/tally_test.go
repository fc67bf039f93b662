//go:build linux

package soak

import "fmt"

// tally is what was done, and what came of it.
type tally struct {
	count    int
	killLog  int // KILL to the log command
	termLog  int
	killCmd  int // KILL or TERM to the generator
	full     int // times that the disk was full
	moved    int // times that the file was renamed
	pokes    int // HUP, ALRM, STOP with CONT
	restarts int // of the syslog daemon
	lines    uint64
	bytes    uint64
	files    int
	rewinds  int
	repeats  uint64
	cuts     int
}

func (t *tally) add(u *tally) {
	t.count += u.count
	t.killLog += u.killLog
	t.termLog += u.termLog
	t.killCmd += u.killCmd
	t.full += u.full
	t.moved += u.moved
	t.pokes += u.pokes
	t.restarts += u.restarts
	t.lines += u.lines
	t.bytes += u.bytes
	t.files += u.files
	t.rewinds += u.rewinds
	t.repeats += u.repeats
	t.cuts += u.cuts
}

// report prints the table; good says that nothing was amiss.
func report(totals map[string]*tally, good bool) {
	missing, left := "0", "nothing left"
	if !good {
		missing, left = "see below", "see below"
	}
	fmt.Println("| log command | rounds | lines | MB | files | its KILLs | its TERMs | command killed | disk full | renamed | HUP ALRM STOP | daemon restarted | missing | began again | lines twice |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, kind := range []string{"dlog", "dsyslog"} {
		if t := totals[kind]; t != nil && t.count > 0 {
			fmt.Printf("| %s | %d | %d | %.0f | %d | %d | %d | %d | %d | %d | %d | %d | %s | %d | %d |\n", kind, t.count, t.lines, float64(t.bytes)/1e6,
				t.files, t.killLog, t.termLog, t.killCmd, t.full, t.moved, t.pokes, t.restarts, missing, t.rewinds, t.repeats)
		}
	}
	fmt.Println()
	if t := totals["tree"]; t != nil {
		fmt.Printf("Trees: %d dmons ended or killed, after %d kills of their processes and %d other signals; %d others on the same pid file; %s.\n\n",
			t.count, t.killCmd, t.pokes, t.restarts, left)
	}
}

// judge checks what came of the round against what was done in it.
func (t *tally) judge(c *checker, written uint64) error {
	t.lines, t.bytes = c.lines, c.bytes
	t.rewinds, t.repeats, t.cuts = c.rewinds, c.repeats, c.cuts
	if err := c.end(); err != nil {
		return fmt.Errorf("%d lines were written: %w", written, err)
	}
	switch {
	case c.next != written:
		return fmt.Errorf("%d lines were written, and %d stored", written, c.next)
	case c.rewinds > t.killLog+t.killCmd+t.restarts:
		return fmt.Errorf("lines came again %d times, which %d kills and %d restarts do not account for", c.rewinds, t.killLog+t.killCmd, t.restarts)
	case c.cuts > t.killCmd:
		return fmt.Errorf("%d lines are cut, but the command was killed only %d times", c.cuts, t.killCmd)
	}
	return nil
}
