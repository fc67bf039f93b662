package main

import (
	"dmon/internal/proc"
	"dmon/internal/ready"
)

// openDoor prepares for what shows that the command is ready.
func (w *world) openDoor() error {
	wish := w.opts.Wish
	if !w.opts.Policy.Ready.Told {
		return nil
	}
	means := ready.Means{Path: w.opts.ReadyPath, Tell: w.inputs}
	if wish.Looks() && wish.Kind != ready.File {
		census := proc.NewCensus()
		w.children.Inform(census)
		means.Tree = census.Pids
	}
	var err error
	if w.door, err = ready.Open(wish, means); err == nil {
		w.children.Receive(w.door)
	}
	return err
}
