package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dmon/internal/cli"
	"dmon/supervise"
)

// Running is how dmon itself runs.
type Running struct {
	Foreground bool
	Explain    bool
	WorkDir    string // "": stay where we are
	PidFile    string // "": none, as the next
	CmdPidFile string
	separator  string
}

func (r *Running) define(f *cli.Flags, s *Settings) {
	p := &s.Policy
	p.MaxRespawns = -1
	r.Foreground = os.Getpid() == 1 // in the background the container would be over
	f.Know(cli.Fact{Name: "--no-daemon", Holds: func() bool { return r.Foreground }, Hint: func() string { return "add -n" }})
	f.Line("command", func() string { return cli.Quote(s.Cmd.Argv...) })
	f.Line("log command", func() string { return cli.Quote(s.Log.Argv...) })
	f.Line("runs", r.where)
	f.Line("restart", s.schedule)
	f.Line("end", s.ends)
	f.Line("gives up", s.surrender)
	f.Group("Running", func() {
		f.Add(cli.Bool(&r.Foreground), "no-daemon", "n", "stay in the foreground")
		f.Add(cli.Bool(&p.Terminal), "tty", "", "give COMMAND the terminal, as shells and editors need it;\nwith -m 0 dmon ends with it").
			Needs("--no-daemon").Not("stdin", "the terminal is standard input").Says("terminal", "belongs to the command: ^C and ^Z are its own")
		f.Add(cli.Bool(&p.Once), "once", "1", "end when COMMAND succeeds; respawn it until then")
		f.Add(cli.Value(&p.MaxRespawns, "N", cli.ParseCount), "max-respawns", "m", "respawn at most N times (N+1 runs); -m 0 runs once and\nends")
		f.Add(cli.Time(&p.Interval), "interval", "i", "wait TIME after a successful run before the next").
			Not("once", "-i says when to run again after a success, -1 ends with it")
		f.Add(cli.Time(&p.Timeout), "timeout", "t", "stop a run that lasts longer than TIME; it has failed\n(with -m 0: like timeout(1))").
			Says("timeout", "a run is stopped after %s, and has failed")
		f.Add(cli.Bool(&s.Cmd.Forking), "forking", "", "COMMAND puts itself in the background: it is up as long\nas any process of its own is").
			Says("forking", "a run lasts as long as any process of the command")
		f.Add(cli.Path(&r.WorkDir), "work-dir", "W", "change to this directory first").Says("directory", "%s")
		f.Add(cli.Path(&r.PidFile), "pid-file", "p", "write dmon's pid to this file and keep it locked").Says("pid file", "%s")
		f.Add(cli.Path(&r.CmdPidFile), "cmd-pid-file", "", "write the pid of COMMAND to this file").Says("cmd pid file", "%s")
		f.Add(cli.Text(&r.separator, "WORD"), "separator", "", "the word between COMMAND and LOGCOMMAND").Default("--")
		f.Add(cli.Bool(&r.Explain), "explain", "", "say what would happen, and do nothing")
	})
}

func (r *Running) where() string {
	switch {
	case os.Getpid() == 1:
		return "in the foreground, as process 1"
	case r.Foreground:
		return "in the foreground"
	default:
		return "as a daemon"
	}
}

// Hint is what may be wrong with a program that cannot be executed; "" where
// there is nothing to guess.
func (s *Settings) Hint(t supervise.Task) string {
	argv := s.Cmd.Argv
	if t == supervise.Log {
		return "taken for the log command, from behind " + cli.Quote(s.separator) + "; where that belongs to the command, --separator WORD sets another"
	}
	if len(argv) == 1 && strings.Contains(argv[0], " ") {
		return "it is one word: a command and its arguments are written without quotes around them all"
	}
	return ""
}

// checkWords refuses what no system call can take, and what says nothing.
func (s *Settings) checkWords() error {
	for _, list := range [][]string{s.Cmd.Argv, s.Log.Argv, s.environ, s.paths()} {
		for _, w := range list {
			if strings.IndexByte(w, 0) >= 0 {
				return cli.Misusef("%q holds a NUL byte", w)
			}
		}
	}
	if s.Cmd.Argv[0] == "" || s.hasLogger() && s.Log.Argv[0] == "" {
		return cli.Misusef("an empty word is no command")
	}
	if s.separator == "" {
		return cli.Misusef("--separator needs a word")
	}
	return nil
}

func (s *Settings) paths() []string {
	return append(s.Cmd.Open[:], s.WorkDir, s.PidFile, s.CmdPidFile, s.InfoPath, s.Wish.Path)
}

// checkPaths refuses a pid file, or one of messages, that is to be another file of ours
// as well, however its name is written: one of the two would be overwritten, removed or
// renamed.
func (s *Settings) checkPaths() error {
	type named struct{ option, path string }
	all := []named{
		{"pid-file", s.PidFile}, {"cmd-pid-file", s.CmdPidFile}, {"messages", s.Messages.Path}, {"write-info", s.InfoPath},
		{"stdin", s.Cmd.Open[0]}, {"stdout", s.Cmd.Open[1]}, {"stderr", s.Cmd.Open[2]},
	}
	all = slices.DeleteFunc(all, func(n named) bool { return n.path == "" })
	for i, one := range all {
		if !strings.HasSuffix(one.option, "pid-file") && one.option != "messages" {
			break
		}
		for _, other := range all[i+1:] {
			if s.sameFile(one.path, other.path) {
				return cli.Misusef("--%s and --%s name the same file", one.option, other.option)
			}
		}
	}
	for fd, option := range map[int]string{1: "stdout", 2: "stderr"} {
		if path := s.Cmd.Open[fd]; s.InfoSize > 0 && path != "" && s.sameFile(s.InfoPath, path) {
			return cli.Misusef("--info-size contradicts --%s, which is the same file: its lines would go with it", option)
		}
	}
	return nil
}

// sameFile reports whether two paths, relative to the work directory, are names
// of one file, or will be when it is made.
func (s *Settings) sameFile(a, b string) bool {
	a, b = s.InWorkDir(a), s.InWorkDir(b)
	if a == b || same(a, b) {
		return true
	}
	return filepath.Base(a) == filepath.Base(b) && same(filepath.Dir(a), filepath.Dir(b))
}

// InWorkDir is path as it leads from where dmon is started, "" for no path.
func (s *Settings) InWorkDir(path string) string {
	if path == "" {
		return ""
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.WorkDir, path)
	}
	return filepath.Clean(path)
}

func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
