package settings

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"dmon/internal/cli"
	"dmon/internal/ready"
	"dmon/supervise"
)

// Ready is when a run of COMMAND is ready, beside what of it is in the Policy.
type Ready struct{ Wish ready.Wish }

// defaultReadyTime is how long a run has to become ready unless the user says.
const defaultReadyTime = "90s"

// anyCheck is what --check-timeout is about.
const anyCheck = "a check of any kind"

func (r *Ready) define(f *cli.Flags, s *Settings) {
	f.Know(cli.Fact{Name: anyCheck, Holds: func() bool { return s.checked() || r.Wish.Kind == ready.Command }, Hint: func() string { return "fails=COMMAND, works=COMMAND and --ready command:COMMAND are such" }})
	p := &s.Policy
	f.Group("Readiness", func() {
		f.Add(cli.Value(&r.Wish, "WHEN", parseReady), "ready", "", "when COMMAND is ready, which is what the caller of a\ndaemon waits for: exec unless said otherwise; help\nlists WHEN")
		f.Add(cli.Time(&p.Watchdog), "watchdog", "", "restart a run that has not said for TIME that it is well\n(WATCHDOG=1, see sd_watchdog_enabled(3))").
			Says("watchdog", "a run that has not said WATCHDOG=1 for %s has failed, and the next one follows")
		f.Add(cli.Time(&p.Ready.Limit), "ready-timeout", "", "a run that is not ready after TIME has failed; 0 waits\nfor ever").Default(defaultReadyTime)
	})
	f.Line("ready", s.readyWords)
}

// wayToBeReady is one row of what --ready help lists.
type wayToBeReady struct {
	word, value, help string
	read              func(w *ready.Wish, value string) error
}

var waysToBeReady = []wayToBeReady{
	{"exec", "", "its program was executed (this is the default)", readExec},
	{"after", "TIME", "it has lived for TIME", readAfter},
	{"notify", "", "it has said READY=1, as sd_notify(3) has it", readNotify},
	{"fd", "N", "it has written a line to descriptor N, as programs for\ns6 do", readFD},
	{"file", "PATH", "the file is there; one from before its start is none", readFile},
	{"port", "[HOST:]N", "a process of its own listens on TCP port N", readPort},
	{"unix", "PATH", "a process of its own listens on the Unix socket; @NAME\nis an abstract one", readUnix},
	{"command", "COMMAND", "COMMAND exits with 0; it is asked each second at least,\nand a try has --check-timeout", readCommand},
}

func parseReady(s string) (w ready.Wish, err error) {
	if s == "help" {
		return w, &cli.Answer{Text: readyHelp()}
	}
	word, value, given := strings.Cut(s, ":")
	for _, way := range waysToBeReady {
		switch {
		case way.word != word:
			continue
		case given != (way.value != ""):
			return w, cli.Invalidf("%q is not %s", s, way.form())
		}
		w.Text = s
		return w, way.read(&w, value)
	}
	return w, cli.Invalidf("%q is none of %s", s, strings.Join(readyForms(), ", "))
}

func (w *wayToBeReady) form() string {
	if w.value == "" {
		return w.word
	}
	return w.word + ":" + w.value
}

func readyForms() (list []string) {
	for _, way := range waysToBeReady {
		list = append(list, way.form())
	}
	return list
}

func readyHelp() string {
	var b strings.Builder
	b.WriteString("--ready WHEN with one of these for WHEN:\n")
	for _, way := range waysToBeReady {
		head := way.form()
		for line := range strings.SplitSeq(way.help, "\n") {
			b.WriteString("  " + head + strings.Repeat(" ", 16-len(head)) + line + "\n")
			head = ""
		}
	}
	return b.String()
}

func readExec(w *ready.Wish, _ string) error {
	*w = ready.Wish{} // what there is unless another way is wished for
	return nil
}

func readAfter(w *ready.Wish, value string) (err error) {
	w.Kind = ready.After
	w.After, err = cli.ParseTime(value)
	if err == nil && w.After == 0 {
		err = cli.Invalidf("%q: after no time at all is exec", w.Text)
	}
	return err
}

func readNotify(w *ready.Wish, _ string) error {
	w.Kind = ready.Notify
	return nil
}

func readFD(w *ready.Wish, value string) error {
	w.Kind = ready.FD
	list, err := cli.ParseDescriptors(value)
	if err != nil || len(list) != 1 || strings.Trim(value, "0123456789") != "" {
		return cli.Invalidf("%q is not fd:N with a descriptor of 3 or more", w.Text)
	}
	w.FD = list[0]
	return nil
}

func readFile(w *ready.Wish, value string) error {
	w.Kind, w.Path = ready.File, value
	if value == "" {
		return cli.Invalidf("%q names no file", w.Text)
	}
	return nil
}

func readUnix(w *ready.Wish, value string) error {
	w.Kind, w.Path = ready.Unix, value
	const longest = 107 // what fits into an address
	if value == "" || value == "@" || len(value) > longest {
		return cli.Invalidf("%q names no socket", w.Text)
	}
	return nil
}

func readCommand(w *ready.Wish, value string) (err error) {
	w.Kind = ready.Command
	w.Argv, err = cli.CommandWords(value)
	return err
}

func readPort(w *ready.Wish, value string) error {
	w.Kind = ready.Port
	host, port := "", value
	if i := strings.LastIndexByte(value, ':'); i >= 0 {
		host, port = value[:i], value[i+1:]
		if host == "" {
			return cli.Invalidf("%q is not port:[HOST:]N", w.Text)
		}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || strings.Trim(port, "0123456789") != "" {
		return cli.Invalidf("%q: %q is no port", w.Text, port)
	}
	w.Port = uint16(n)
	switch {
	case host == "":
	case strings.EqualFold(host, "localhost"):
		w.Local = true
	default:
		bare, bracketed := strings.CutPrefix(host, "[")
		w.Host, err = netip.ParseAddr(strings.TrimSuffix(bare, "]"))
		if err != nil || w.Host.Zone() != "" || bracketed != strings.HasSuffix(host, "]") || w.Host.Is4() == bracketed {
			return cli.Invalidf("%q: %q is no address, which is localhost, 127.0.0.1 or [::1]", w.Text, host)
		}
	}
	return nil
}

// checkReady refuses a time limit for what is not awaited, and a descriptor that is
// another's already.
func (s *Settings) checkReady() error {
	r := &s.Wish
	if s.flags.On("ready-timeout") && (r.Kind == ready.Exec || r.Kind == ready.After) {
		return cli.Misusef("--ready-timeout needs a --ready that is awaited (--ready help lists them)")
	}
	if s.hears() && slices.ContainsFunc(s.environ, func(e string) bool { return e == "NOTIFY_SOCKET" || strings.HasPrefix(e, "NOTIFY_SOCKET=") }) {
		return cli.Misusef("-E NOTIFY_SOCKET contradicts --ready notify and --watchdog, which give the command one of dmon's own")
	}
	if r.Kind == ready.FD && (slices.Contains(s.KeepFDs, r.FD) || passed(r.FD)) {
		return cli.Misusef("--ready fd:%d names a descriptor that the command gets from dmon's caller", r.FD)
	}
	return nil
}

// hears reports whether the command gets a socket to tell dmon by.
func (s *Settings) hears() bool { return s.Wish.Kind == ready.Notify || s.Policy.Watchdog > 0 }

// passed reports whether a descriptor is one that sd_listen_fds(3) finds.
func passed(fd int) bool {
	n, err := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	return err == nil && os.Getenv("LISTEN_PID") == strconv.Itoa(os.Getpid()) && fd < 3+n
}

func (s *Settings) resolveReady() {
	p := &s.Policy.Ready
	p.Told = s.Wish.Kind != ready.Exec && s.Wish.Kind != ready.After
	p.After = s.Wish.After
	p.Awaited = !s.Foreground
	switch s.Wish.Kind {
	case ready.Notify:
		p.Lacks = "it has not said READY=1"
	case ready.Command:
		p.Lacks = "the check has not succeeded"
		p.Check = &supervise.Check{Argv: s.Wish.Argv, Every: askReady.Max, First: askReady, Limit: s.checks.timeout}
	case ready.FD:
		p.Lacks = "it has not written a line to descriptor " + strconv.Itoa(s.Wish.FD)
	}
}

// askReady is how soon after a try that has failed the next one begins.
var askReady = supervise.Backoff{Min: 100 * time.Millisecond, Max: time.Second}

// ReadyPath is where the file or the socket is that COMMAND makes, as it leads from
// where dmon is: in the directory that COMMAND was started in, which a link may have
// led to.
func (s *Settings) ReadyPath() string {
	path := s.Wish.Path
	switch {
	case filepath.IsAbs(path), strings.HasPrefix(path, "@") && s.Wish.Kind == ready.Unix, s.Cmd.Dir == "":
		return path
	case filepath.IsAbs(s.Cmd.Dir):
		return s.Cmd.Dir + "/" + path
	default:
		return "/proc/self/fd/" + strconv.Itoa(s.Cmd.DirFrom) + "/" + s.Cmd.Dir + "/" + path
	}
}

func (s *Settings) readyWords() string {
	switch s.Wish.Kind {
	case ready.Exec:
		return ""
	case ready.After:
		return "the command is ready when it has lived for " + cli.FormatTime(s.Wish.After)
	}
	text := "the command is ready when " + cli.OneLine(s.Wish.Words())
	if s.Policy.Ready.Limit > 0 {
		text += "; a run that is not ready after " + cli.FormatTime(s.Policy.Ready.Limit) + " has failed"
	}
	return text
}
