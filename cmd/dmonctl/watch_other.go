//go:build !linux

package main

import (
	"time"

	"dmon/internal/place"
)

// watch cannot be told of changes here, so it looks several times a second.
type watch struct{}

const lookEvery = 100 * time.Millisecond

func watchDir(*place.Dir) (watch, error) { return watch{}, nil }

func watchReader(any) watch { return watch{} }

func (w *watch) mind(int) {}
func (w *watch) close()   {}

func waitAny(_ []*watch, deadline time.Time) error {
	d := lookEvery
	if !deadline.IsZero() {
		d = min(d, max(time.Until(deadline), 0))
	}
	<-time.After(d)
	return nil
}
