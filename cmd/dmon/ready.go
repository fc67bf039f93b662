package main

import (
	"os"

	"dmon/internal/proc"
	"dmon/internal/ready"
	"dmon/internal/record"
)

// openDoor prepares for what shows that the command is ready.
func (w *world) openDoor() error {
	wish, watchdog := w.opts.Wish, w.opts.Policy.Watchdog
	if byMachine := !w.opts.Policy.Ready.Told || wish.Kind == ready.Command; byMachine && watchdog == 0 {
		return nil
	}
	means := ready.Means{Path: w.opts.ReadyPath, Tell: w.inputs, Watchdog: watchdog, Kin: w.children}
	if means.Hears = wish.Kind == ready.Notify || watchdog > 0; means.Hears {
		w.placeSocket(&means)
	}
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

// placeSocket says where the command's runs tell how they are. What root starts may
// become anybody on its way, and has to get to the socket still.
func (w *world) placeSocket(m *ready.Means) {
	us := uint32(os.Geteuid())
	m.Users = [2]uint32{us, us}
	if u := w.opts.Cmd.User; u != nil {
		m.Users[1] = u.UID
	}
	m.Dir, m.Everyone = record.SocketDir(os.Geteuid())
	m.Trouble = w.voice.Notice
}
