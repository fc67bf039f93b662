package record

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// TestARecordIsNeverHalf: whoever reads while it is replaced, by whatever way, sees
// one that was saved, whole, and no older one than before.
func TestARecordIsNeverHalf(t *testing.T) {
	h := home(t)
	e := claim(t, h, "a")
	defer e.Release(true)
	// Of lengths that differ, so that a mixture would show.
	record := func(n int) Record {
		return Record{Name: "a", Given: true, State: Up, Run: n, Text: strings.Repeat("x", n%97), Dmon: Process{Pid: os.Getpid()}}
	}
	save(t, e, record(1))
	var saved atomic.Int64
	var done atomic.Bool
	fault := make(chan error, 2)
	read := func(look func() (string, error)) {
		last := 1
		for !done.Load() {
			before := int(saved.Load())
			text, err := look()
			r := Record{}
			if err == nil {
				var v View
				v, err = h.Look("a")
				r = v.Record
			}
			n := r.Run
			if err != nil || r.Text != strings.Repeat("x", n%97) || n < last || n < before || !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
				fault <- fmt.Errorf("run %d with %d bytes of text after %d and %d: %q, %v", n, len(r.Text), last, before, text, err)
				return
			}
			last = n
		}
		fault <- nil
	}
	go read(func() (string, error) {
		text, err := os.ReadFile(h.Path() + "a/record.json")
		return string(text), err
	})
	go read(func() (string, error) { return "{}", nil })
	for n := 2; n < 3000; n++ {
		save(t, e, record(n))
		saved.Store(int64(n))
	}
	done.Store(true)
	for range 2 {
		if err := <-fault; err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(h.Path() + "a/record.json.new"); err == nil {
		t.Error("the old one is there still")
	}
}
