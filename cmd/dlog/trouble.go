package main

import (
	"slices"
	"sync"

	"dmon/internal/logfile"
	"dmon/internal/sinks"
)

// What troubles are about, beside what the file tells.
const (
	aboutWriting = "writing"
	aboutSyncing = "syncing"
)

// ofTheFile are those that keep lines from it.
var ofTheFile = []string{aboutWriting, aboutSyncing, logfile.AboutOpening, logfile.AboutRotation}

// troubles tell each failure once for as long as it is the same, and when it
// is over. Failures of different things know nothing of each other: one that
// ends does not end another, and two do not take turns. It is safe for use by
// several goroutines.
type troubles struct {
	program *sinks.Program
	name    string // of the output

	mu   sync.Mutex
	last map[string]string // by what it is about
}

// tell tells err, which is about a thing, or that there is no trouble with that
// any more if it is nil. That the file works again is said when nothing about
// it is left.
func (t *troubles) tell(about string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	was, known := t.last[about]
	switch {
	case err != nil && was != err.Error():
		if t.last == nil {
			t.last = map[string]string{}
		}
		t.last[about] = err.Error()
		t.program.Tell(err)
	case err == nil && known:
		delete(t.last, about)
		for _, other := range ofTheFile {
			if _, still := t.last[other]; still {
				return
			}
		}
		if slices.Contains(ofTheFile, about) {
			t.program.Say(t.name + " works again")
		}
	}
}
