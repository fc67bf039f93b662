package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"dmon/cmd/dmon/report"
	"dmon/cmd/dmon/settings"
	"dmon/internal/beacon"
	"dmon/internal/cli"
	"dmon/internal/condition"
	"dmon/internal/daemon"
	"dmon/internal/events"
	"dmon/internal/proc"
	"dmon/internal/ready"
	"dmon/internal/upkeep"
	"dmon/loadctl"
	"dmon/logpipe"
	"dmon/supervise"
)

// world is what run holds of the system, in the order in which it is opened by
// setUp; tearDown gives back whatever of it there is, in the other direction.
type world struct {
	ignored uint64         // signals that were ignored when we were started
	stops   chan os.Signal // those that ask us to leave, which nothing else may crowd out
	signals chan os.Signal
	deaths  chan os.Signal
	inputs  chan supervise.Input
	asks    chan supervise.Ask // questions to the loop
	over    chan struct{}      // closed when it answers no more
	first   []supervise.Input  // what is known before the loop begins

	launcher *daemon.Launcher
	opts     *settings.Settings
	voice    *report.Voice
	keys     settings.Keys // of the terminal, and whose they are
	name     *identity     // nil for who has none
	pidFile  *daemon.PidFile
	cmdPid   *daemon.CommandPid
	pipe     *logpipe.Pipe
	stream   *events.Stream
	beacon   *beacon.Beacon // nil without --report
	census   *proc.Census   // nil where nobody asks what the command does
	measured []condition.Watched
	around   *condition.Around // nil where nothing around the command matters
	watch    *loadctl.Watch
	terminal *proc.Terminal // nil without --tty
	children *proc.Children
	words    lastWords
	group    *proc.Group // nil where we may not have one
	door     *ready.Door // nil where an execution is all that makes the command ready
	service  *service    // nil where no service manager wants to know of us
	settled  bool        // what the start needed was given back

	interrupted bool   // by the terminal's ^C
	told        bool   // to leave, by anybody else
	sent        uint32 // INTs that were not the terminal's
}

// run is dmon, from its arguments to its exit status.
func (c *program) run() int {
	upkeep.Begin()
	w := &world{
		ignored: proc.Ignored(),
		stops:   make(chan os.Signal, 16),
		signals: make(chan os.Signal, 16),
		deaths:  make(chan os.Signal, 1),
		inputs:  make(chan supervise.Input, 16),
		asks:    make(chan supervise.Ask),
		over:    make(chan struct{}),
	}
	// Before anything else, so that no signal finds us without an answer.
	w.subscribe()
	w.launcher = daemon.Attached()
	var err error
	if w.opts, err = settings.Parse(c.args); err != nil {
		return cli.Tell("dmon", c.stdout, c.stderr, err)
	}
	switch {
	case w.opts.Explain:
		return c.say(w.opts.Explanation())
	case !w.opts.Foreground && w.launcher == nil:
		return c.detach(w.stops, w.opts)
	}
	return w.supervise(c.stderr)
}

func (c *program) say(text string) int {
	return cli.Tell("dmon", c.stdout, c.stderr, &cli.Answer{Text: text})
}

// detach starts the daemon. To somebody who sits at a terminal it says what runs
// now: there would be nothing to see of it otherwise.
func (c *program) detach(signals <-chan os.Signal, o *settings.Settings) int {
	say := func(text string) { fmt.Fprintln(c.stderr, "dmon: "+text) }
	news := say
	if o.Quiet || !isTerminal(os.Stderr) {
		news = func(string) {}
	}
	status, err := daemon.Detach(daemon.Detachment{Signals: signals, Say: say, News: news, PidFile: o.InWorkDir(o.PidFile), Keep: o.KeepFDs})
	if err != nil {
		return cli.Tell("dmon", c.stdout, c.stderr, err)
	}
	return status
}

// supervise sets up the world, lets the loop run in it, and takes it down.
func (w *world) supervise(stderr io.Writer) int {
	proc.RestoreLimits()
	w.voice = report.NewVoice(report.Stream(stderr), w.launcher)
	status, err := cli.ExitFailure, w.setUp()
	switch {
	case err == nil:
		status = w.loop()
	case errors.Is(err, errTaken):
		status = 0
	default:
		w.voice.Complain(err)
	}
	close(w.over)
	if err := w.tearDown(); err != nil {
		w.voice.Complain(err)
	}
	w.name.end(status)
	w.launcher.End(status)
	w.dieOfKey(status)
	return status
}

func (w *world) loop() int {
	if w.watch != nil {
		w.watch.Start()
		go w.pump()
	}
	if w.around != nil {
		w.around.Start(w.inputs)
	}
	policy := w.opts.Policy
	if w.keys != settings.NoKeys {
		policy.KeyWait = keyWait
	}
	machine := supervise.NewMachine(policy, time.Now())
	l := &supervise.Loop{
		Machine: machine, System: w.children, Observer: w.observer(),
		Deaths: w.deaths, Stops: w.stops, Signals: w.signals, Meaning: w.meaning, Inputs: w.inputs, Asks: w.asks,
	}
	if w.door != nil {
		l.Herald = w.door
	}
	return l.Run(w.first...)
}

// setUp opens everything that can fail, so that it fails before anything is
// started, and in a daemon's case while the launcher still listens.
func (w *world) setUp() error {
	o := w.opts
	w.keys = o.PlaceOn(o.Foreground && onTerminal())
	w.subscribeMore()
	if err := w.openName(); err != nil {
		return err
	}
	if err := w.enterWorkDir(); err != nil {
		return err
	}
	for _, step := range []func() error{w.openPidFiles, w.openPipe, w.openVoice, w.openMail, w.openService, w.openStream, w.openGate, w.openConditions, w.makeChildren, w.openDoor, w.openGroup} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// enterWorkDir makes every relative path one below the work directory. The
// children enter it for themselves, each time anew, since it may be a link that is
// moved; what it is relative to is kept for them.
func (w *world) enterWorkDir() error {
	o := w.opts
	if o.WorkDir == "" {
		return nil
	}
	from := 0
	if !filepath.IsAbs(o.WorkDir) {
		var err error
		if from, err = proc.OpenHere(); err != nil {
			return fmt.Errorf("cannot use work directory: %w", err)
		}
	}
	o.Cmd.Dir, o.Cmd.DirFrom = o.WorkDir, from
	o.Log.Dir, o.Log.DirFrom = o.WorkDir, from
	if err := os.Chdir(o.WorkDir); err != nil {
		return fmt.Errorf("cannot use work directory: %w", err)
	}
	return nil
}

func (w *world) openPidFiles() error {
	var err error
	if w.opts.PidFile != "" {
		if w.pidFile, err = daemon.LockPidFile(w.opts.PidFile); err != nil {
			return err
		}
	}
	if w.opts.CmdPidFile != "" {
		w.cmdPid, err = daemon.OpenCommandPid(w.opts.CmdPidFile, w.pidFile)
	}
	return err
}

func (w *world) openPipe() error {
	if w.opts.Log.Argv == nil {
		return nil
	}
	var err error
	if w.pipe, err = logpipe.NewPipe(); err != nil {
		return err
	}
	if cmd, log := w.opts.Cmd.User, w.opts.Log.User; cmd != nil || log != nil {
		w.pipe.Share(owner(cmd), owner(log))
	}
	return nil
}

// owner is who a task with the user c belongs to.
func owner(c *proc.Credential) logpipe.Owner {
	if c == nil {
		return logpipe.Owner{UID: os.Geteuid(), GID: os.Getegid()}
	}
	return logpipe.Owner{UID: int(c.UID), GID: int(c.GID)}
}

func (w *world) openStream() error {
	if w.opts.InfoPath == "" {
		return nil
	}
	var err error
	o := events.Options{
		JSON: w.opts.JSON, MaxSize: w.opts.InfoSize, Files: w.opts.InfoFiles,
		Trouble: func(err error) { w.voice.Notice(err.Error()) },
	}
	if w.stream, err = events.Open(w.opts.InfoPath, o); err == nil {
		w.stream.Call(w.opts.Name)
	}
	return err
}

func (w *world) makeChildren() error {
	var pipe proc.Pipe
	if w.pipe != nil {
		pipe = w.pipe
	}
	err := w.openTerminal()
	if err != nil {
		return err
	}
	w.children, err = proc.New(w.opts.Cmd, w.opts.Log, pipe, w.terminal, w.ignored, w.inputs)
	if err != nil {
		return err
	}
	w.employ()
	if w.census != nil {
		w.children.Inform(w.census)
	}
	return nil
}

// openTerminal gets hold of the terminal that COMMAND shall have.
func (w *world) openTerminal() error {
	if !w.opts.Policy.Terminal {
		return nil
	}
	t, err := proc.OpenTerminal()
	if err != nil || w.keys != settings.KeysHanded {
		t.Close()
		return err
	}
	w.terminal = t
	if w.ignores(syscall.SIGHUP) {
		return nil // as nohup(1) wants it, the end of the terminal is none of ours
	}
	return t.Watch(w.inputs)
}

// tearDown gives everything back; the pid file last, because when it is gone
// nothing of us may be left but our exit.
func (w *world) tearDown() error {
	if w.watch != nil {
		w.watch.Stop()
	}
	if w.stream != nil {
		w.stream.Close()
	}
	w.terminal.Close()
	w.door.Close()
	w.service.close()
	var err error
	if w.pipe != nil {
		err = w.pipe.Close()
	}
	return errors.Join(err, w.group.Remove(), w.cmdPid.Remove(), w.pidFile.Remove())
}
