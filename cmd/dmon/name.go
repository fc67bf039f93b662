package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"dmon/cmd/dmon/named"
	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/internal/record"
	"dmon/supervise"
)

// errTaken ends dmon without a word and without a failure: --if-absent.
var errTaken = errors.New("the name is taken")

// identity is a dmon's name, with what hangs on it.
type identity struct {
	home   *record.Home
	entry  *record.Entry // nil before the name is taken; the keeper's
	keeper *named.Keeper
	desk   *named.Desk
	tried  bool // to take an automatic one
}

// openName takes the name that the user gave. One that is made of the command's
// has time until the start is over.
func (w *world) openName() error {
	if !w.opts.Named {
		return nil
	}
	words, _ := cli.SplitWords(os.Getenv("DMON_OPTIONS"))
	argv := append(append(os.Args[:1:1], words...), os.Args[1:]...)
	about := named.About(argv, w.opts.Cmd.Argv, w.opts.Name != "", w.opts.Foreground, umask())
	w.name = &identity{keeper: named.New(about, proc.StartOf)}
	w.name.keeper.Trouble = func(err error) { w.tellOfName("cannot keep the record: " + err.Error()) }
	if w.opts.Down {
		w.first = append(w.first, supervise.Down{})
	}
	if w.opts.Name == "" {
		return nil
	}
	err := w.takeName(func(h *record.Home) (*record.Entry, error) { return h.Claim(w.opts.Name) })
	var taken *record.Taken
	switch {
	case errors.As(err, &taken) && w.opts.IfAbsent:
		return errTaken
	case errors.As(err, &taken):
		return err
	case err != nil:
		return fmt.Errorf("cannot take the name %s: %w", w.opts.Name, err)
	}
	return nil
}

// takeName claims a name and answers at it.
func (w *world) takeName(claim func(*record.Home) (*record.Entry, error)) error {
	n := w.name
	var err error
	if n.home, err = record.OpenHome(os.Geteuid(), true); err != nil {
		return err
	}
	e, err := claim(n.home)
	if err != nil {
		return err
	}
	n.entry = e
	n.keeper.Keep(e)
	if w.stream != nil {
		w.stream.Call(e.Name)
	}
	if w.beacon != nil {
		w.beacon.Call(e.Name)
	}
	n.desk = &named.Desk{Keeper: n.keeper, Asks: w.asks, Over: w.over}
	if err := n.desk.Open(e, cli.Version()); err != nil {
		n.desk = nil
		return err
	}
	return nil
}

// ask asks the loop, as long as there is one.
func (w *world) ask(a supervise.Ask) {
	select {
	case w.asks <- a:
	case <-w.over:
	}
}

// nameItself takes a name that is made of the command's, where that is to be. That
// this cannot be is told to who asked for all. Done again it does nothing.
func (w *world) nameItself() {
	if w.name == nil || w.name.tried || w.opts.Name != "" {
		return
	}
	w.name.tried = true
	err := w.takeName(func(h *record.Home) (*record.Entry, error) { return h.ClaimFree(w.opts.Base()) })
	if err != nil {
		w.tellOfName("no name: " + err.Error())
	}
}

// tellOfName says what is wrong with the name: to who gave it, and otherwise to who
// asked for all.
func (w *world) tellOfName(text string) {
	if w.opts.Name != "" {
		w.voice.Notice(text)
		return
	}
	w.voice.Detail(text)
}

// tidy removes what killed dmons have left at names like ours, where that is automatic.
func (n *identity) tidy(base string) {
	if n != nil && n.entry != nil && !n.keeper.Given {
		n.home.Tidy(base)
	}
}

// given is, of a name given by hand, the path of its lock, and the number of the dmon
// that was killed there.
func (n *identity) given() (lock string, former int) {
	if n == nil || n.entry == nil || !n.keeper.Given {
		return "", 0
	}
	return n.entry.LockPath(), n.entry.Former
}

// end gives the name back, with what became of us.
func (n *identity) end(status int) {
	if n == nil {
		return
	}
	n.desk.Close()
	n.keeper.End(status)
	n.home.Close()
}

// umask is ours, which can only be read by setting it. Nobody makes a file
// meanwhile: this is before anything is opened.
func umask() int {
	mask := syscall.Umask(0)
	syscall.Umask(mask)
	return mask
}
