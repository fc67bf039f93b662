package named

import (
	"strings"
	"syscall"

	"dmon/internal/control"
	"dmon/internal/record"
	"dmon/internal/varlink"
	"dmon/supervise"
)

// Interface is the name of what a dmon answers.
const Interface = "dmon.Control"

// Description is that interface in Varlink's language.
const Description = `# What a dmon answers at its socket. A request is carried out when it is
# answered; what follows from it may take longer, and pending says that it does.
interface dmon.Control

type Process (pid: int, start: int)

type End (
  run: int,
  code: ?int,
  signal: ?string,
  cause: string,
  lasted: float,
  user: float,
  system: float,
  maxrss: int,
  at: string
)

type Status (
  name: string,
  given: bool,
  host: ?string,
  boot: ?string,
  state: string,
  since: ?string,
  text: ?string,
  gate: ?string,
  dmon: ?Process,
  command: ?Process,
  log: ?Process,
  run: int,
  respawns: int,
  ready: bool,
  healthy: ?string,
  next: ?string,
  last: ?End,
  status: ?int,
  seq: int,
  words: []string,
  argv: []string,
  cut: ?bool,
  directory: ?string,
  umask: int,
  foreground: bool
)

# Everything that is known
method GetStatus() -> (status: Status)

# With more: the state, then each event as it comes
method GetEvents() -> (status: ?Status, event: ?object)

# End dmon, as TERM does
method Stop() -> (seq: int, run: int, pending: bool)

# End the command and keep dmon; undo that
method Down() -> (seq: int, run: int, pending: bool)
method Up() -> (seq: int, run: int, pending: bool)

# A new run
method Restart() -> (seq: int, run: int, pending: bool)

# A gate of the user's own
method Pause() -> (seq: int, run: int, pending: bool)
method Resume() -> (seq: int, run: int, pending: bool)

# To the main process, or the whole tree
method Signal(signal: int, tree: ?bool) -> (seq: int, run: int, pending: bool)

# What is said beside the state
method SetText(text: string) -> (seq: int, run: int, pending: bool)

error Refused (why: string)

# It ends just now, and does nothing any more
error Ended ()
`

// Desk answers calls by asking the loop. It runs in the server's goroutine.
type Desk struct {
	Keeper *Keeper
	Asks   chan<- supervise.Ask
	Over   <-chan struct{} // closed when the loop takes no more questions

	server control.Server
	fill   func()        // what the question under way answers, in the loop's goroutine
	done   chan struct{} // it was filled in
	ask    func()
}

// Open listens at the socket of e; Close ends it.
func (d *Desk) Open(e *record.Entry, version string) error {
	d.done = make(chan struct{}, 1)
	d.ask = func() {
		d.fill()
		d.done <- struct{}{}
	}
	d.server.Service = varlink.Service{Vendor: "dmon", Product: "dmon", Version: version, Interface: Interface, Description: Description}
	d.server.Do = d.do
	dir, name := e.SocketDir()
	if err := d.server.Listen(dir, name); err != nil {
		return err
	}
	go d.server.Serve()
	return nil
}

// Close ends the socket. A nil *Desk has none.
func (d *Desk) Close() {
	if d != nil {
		d.server.Close()
	}
}

// in asks the loop to take an input, nil for none, and then to fill in the
// answer; false where it has ended.
func (d *Desk) in(input supervise.Input, fill func()) bool {
	d.fill = fill
	select {
	case d.Asks <- supervise.Ask{Input: input, Done: d.ask}:
	case <-d.Over:
		return false
	}
	select {
	case <-d.done:
		return true
	case <-d.Over: // it took the question and ended by it
		select {
		case <-d.done:
			return true
		default:
			return false
		}
	}
}

func (d *Desk) do(c varlink.Call, fd int, w *varlink.Writer) bool {
	k := d.Keeper
	method := strings.TrimPrefix(c.Method, Interface+".")
	ok, taken := true, false
	switch method {
	case "GetStatus":
		ok = d.in(nil, func() {
			varlink.Begin(w)
			k.status(w)
			varlink.End(w, false)
		})
	case "GetEvents":
		if c.Oneway {
			return false // who wants no answer wants no events
		}
		if !c.More {
			varlink.Fail(w, varlink.ExpectedMore, "", "")
			return false
		}
		taken = d.in(nil, func() { k.follow(fd) })
		ok = taken
	case "SetText":
		text, is := c.Parameters.Text("text")
		if !is {
			varlink.Fail(w, varlink.InvalidParameter, "parameter", "text")
			return false
		}
		ok = d.in(nil, func() { k.setText(text); k.reply(w, false) })
	default:
		return d.command(method, c, w)
	}
	if !ok {
		ended(w)
	}
	return taken
}

// command carries out what changes something.
func (d *Desk) command(method string, c varlink.Call, w *varlink.Writer) bool {
	k := d.Keeper
	var input supervise.Input
	pending := func() bool { return false }
	switch method {
	case "Stop":
		input = supervise.Stop{Signal: syscall.SIGTERM, Cause: "dmonctl stop"}
		pending = func() bool { return true }
	case "Down":
		input = supervise.Down{}
		pending = func() bool { return k.State != record.Down }
	case "Up":
		input = supervise.Up{}
		pending = func() bool { return k.State != record.Up && k.State != record.Paused }
	case "Restart":
		input = supervise.Restart{Why: supervise.ByRequest}
		pending = func() bool { return true }
	case "Pause":
		input = supervise.Gate{Source: supervise.UserGate, Closed: true, Reason: "by request (dmonctl resume)"}
	case "Resume":
		input = supervise.Gate{Source: supervise.UserGate, Reason: "by request"}
	case "Signal":
		n, ok := c.Parameters.Number("signal")
		if !ok || n < 1 || n > 64 {
			varlink.Fail(w, varlink.InvalidParameter, "parameter", "signal")
			return false
		}
		target := supervise.Main
		if c.Parameters.True("tree") {
			target = supervise.Tree
		}
		input = supervise.Deliver{Signal: syscall.Signal(n), Target: target}
	default:
		varlink.Fail(w, varlink.MethodNotFound, "method", c.Method)
		return false
	}
	why := ""
	ok := d.in(nil, func() { why = k.refuses(method) })
	if ok && why != "" {
		refuse(w, why)
		return false
	}
	if !ok || !d.in(input, func() { k.reply(w, pending()) }) {
		ended(w)
	}
	return false
}

func ended(w *varlink.Writer) { varlink.Fail(w, Interface+".Ended", "", "") }

func refuse(w *varlink.Writer, why string) { varlink.Fail(w, Interface+".Refused", "why", why) }

// refuses says why a request cannot be carried out, "" where it can.
func (k *Keeper) refuses(method string) string {
	switch {
	case method == "Signal" && k.Cmd.Pid == 0:
		return "nothing runs that a signal could be sent to"
	case method != "Stop" && k.leaving:
		return "it is ending"
	}
	return ""
}

func (k *Keeper) reply(w *varlink.Writer, pending bool) {
	varlink.Begin(w)
	w.Number("seq", k.Seq)
	w.Number("run", int64(k.Run))
	w.True("pending", pending)
	varlink.End(w, false)
}

// longestText is how long the text beside the state may be, in bytes.
const longestText = 200

func (k *Keeper) setText(text string) {
	// The text is a part of the server's buffer, which the next call is read into.
	k.Text, k.said = strings.Clone(text[:min(len(text), longestText)]), false
	k.tell(k.save())
}
