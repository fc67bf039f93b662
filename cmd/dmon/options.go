package main

import (
	"syscall"
	"time"

	"dmon/internal/cli"
	"dmon/internal/proc"
	"dmon/loadctl"
	"dmon/supervise"
)

// options is what the user said. parse fills it without any effect on the
// process; wire.go applies it.
type options struct {
	foreground  bool
	tty         bool
	once        bool
	maxRespawns int // negative: no limit
	interval    time.Duration
	timeout     time.Duration
	workDir     string
	pidFile     string
	cmdPidFile  string
	separator   string
	explain     bool

	minUptime   time.Duration
	backoff     supervise.Backoff
	giveUp      supervise.GiveUp
	success     supervise.StatusSet
	noRespawnOn supervise.StatusSet

	joinStderr bool
	files      [3]string
	environ    []string
	umask      *int
	nice       *int
	ioPriority *int
	cpus       []int
	oomScore   *int
	noNewPrivs bool
	limits     []proc.Limit

	cmdUser, cmdGroup string
	logUser, logGroup string
	cmdCred, logCred  *proc.Credential // what these four come to; nil: ours

	forking    bool
	killMode   string
	orphan     string
	ladder     supervise.Ladder
	killAfter  time.Duration
	cmdSignals bool
	logSignals bool

	loadHigh   *factor
	loadLow    *factor
	loadWindow loadctl.Window
	loadOf     string
	pressures  []pressureLimit
	minMemory  *memoryFloor

	infoPath   string
	infoFormat string
	messages   string
	verbose    bool
	quiet      bool

	given   map[string]bool // options that were set, by long name
	command []string
	logger  []string
}

// Defaults that the help and the manual page state too.
const (
	defaultMinUptime = time.Second
	defaultKillAfter = 10 * time.Second
	drainTime        = 10 * time.Second
)

func newOptions() *options {
	return &options{
		maxRespawns: -1,
		separator:   "--",
		minUptime:   defaultMinUptime,
		backoff:     supervise.Backoff{Min: time.Second, Max: 30 * time.Second},
		success:     supervise.StatusSet{Codes: map[int]bool{0: true}},
		killAfter:   defaultKillAfter,
		killMode:    "tree",
		orphan:      "stop",
		loadWindow:  loadctl.OneMinute,
		loadOf:      "all",
		infoFormat:  "plain",
	}
}

// addFlags defines every option, in the groups of --help.
func (o *options) addFlags(f *cli.Flags) {
	f.Group("Running", func() {
		f.BoolVarP(&o.foreground, "no-daemon", "n", false, "stay in the foreground")
		f.BoolVar(&o.tty, "tty", false, "give COMMAND the terminal, as shells and editors need it")
		f.BoolVarP(&o.once, "once", "1", false, "end when COMMAND succeeds; respawn it until then")
		f.VarP(cli.Value(&o.maxRespawns, "N", cli.ParseCount), "max-respawns", "m", "respawn at most N times; -m 0 runs once and ends")
		f.VarP(cli.Value(&o.interval, "TIME", cli.ParseTime), "interval", "i", "wait TIME after a successful run before the next")
		f.VarP(cli.Value(&o.timeout, "TIME", cli.ParseTime), "timeout", "t", "stop a run that lasts longer than TIME; it has failed")
		f.BoolVar(&o.forking, "forking", false, "COMMAND puts itself in the background: it is up as long\nas any process of its own is")
		f.VarP(cli.Value(&o.workDir, "PATH", anyText), "work-dir", "W", "change to this directory first")
		f.VarP(cli.Value(&o.pidFile, "PATH", anyText), "pid-file", "p", "write dmon's pid to this file and keep it locked")
		f.Var(cli.Value(&o.cmdPidFile, "PATH", anyText), "cmd-pid-file", "write the pid of COMMAND to this file")
		f.Var(cli.Value(&o.separator, "WORD", anyText), "separator", "the word between COMMAND and LOGCOMMAND")
		f.BoolVar(&o.explain, "explain", false, "say what would happen, and do nothing")
	})
	f.Group("Respawning", func() {
		f.Var(cli.Value(&o.minUptime, "TIME", cli.ParseTime), "min-uptime", "a shorter run is followed by a delay (1s)")
		f.Var(cli.Value(&o.backoff, "MIN[:MAX]", parseBackoff), "backoff", "the delay: from MIN, doubling up to MAX (1s:30s)")
		f.Var(cli.Value(&o.giveUp, "N/TIME", parseGiveUp), "give-up", "end after N failed runs within TIME")
		f.Var(cli.Value(&o.success, "LIST", parseStatuses), "success", "statuses and signals that are a success (0)")
		f.Var(cli.Value(&o.noRespawnOn, "LIST", parseStatuses), "no-respawn-on", "statuses and signals of COMMAND that end dmon")
	})
	f.Group("Stopping", func() {
		f.VarP(cli.Value(&o.killAfter, "TIME", cli.ParseTime), "kill-after", "k", "send KILL when TERM has not helped for TIME (10s)")
		f.Var(cli.Value(&o.ladder, "SEQUENCE", parseLadder), "stop-sequence", "SIG[:TARGET][/TIME/SIG[:TARGET]]...\nwith TARGET tree, main or children")
		f.Var(cli.Value(&o.killMode, "MODE", cli.ParseOneOf("tree", "main")), "kill-mode", "stop the whole tree, or the main process alone (tree)")
		f.Var(cli.Value(&o.orphan, "WHAT", cli.ParseOneOf("stop", "keep")), "orphan", "what becomes of COMMAND when dmon is killed (stop)")
	})
	f.Group("Signals", func() {
		f.BoolVarP(&o.cmdSignals, "cmd-sigs", "s", false, "forward CONT ALRM QUIT USR1 USR2 HUP WINCH to COMMAND")
		f.BoolVarP(&o.logSignals, "log-sigs", "S", false, "forward them to LOGCOMMAND")
	})
	o.addProcessFlags(f)
	o.addLoadFlags(f)
	f.Group("Being watched", func() {
		f.VarP(cli.Value(&o.infoPath, "PATH", anyText), "write-info", "I", "append a line per change to a file, FIFO or Unix socket")
		f.Var(cli.Value(&o.infoFormat, "FORMAT", cli.ParseOneOf("plain", "json")), "info-format", "plain or json (plain)")
		f.Var(cli.Value(&o.messages, "WHERE", cli.ParseOneOf("stderr", "syslog", "log", "none")), "messages", "stderr, syslog, log (down the pipe) or none")
		f.BoolVarP(&o.verbose, "verbose", "v", false, "also tell each start, exit, pause and resume")
		f.BoolVarP(&o.quiet, "quiet", "q", false, "tell only why dmon cannot go on")
	})
	f.Standard()
}

func (o *options) addProcessFlags(f *cli.Flags) {
	f.Group("The processes", func() {
		f.BoolVarP(&o.joinStderr, "stderr-redir", "e", false, "standard error goes where standard output goes")
		f.Var(cli.Value(&o.files[0], "PATH", parsePath), "stdin", "standard input of COMMAND")
		f.Var(cli.Value(&o.files[1], "PATH", parsePath), "stdout", "append its standard output to this file")
		f.Var(cli.Value(&o.files[2], "PATH", parsePath), "stderr", "append its standard error to this file")
		f.VarP(cli.Each(&o.environ, "NAME[=VALUE]", addEnviron), "environ", "E", "set, or remove, a variable for both; may repeat")
		f.VarP(cli.Value(&o.cmdUser, "USER[:GROUP]...", anyText), "cmd-user", "u", "run COMMAND as this user")
		f.VarP(cli.Value(&o.cmdGroup, "GROUP", anyText), "cmd-group", "g", "and with this primary group")
		f.VarP(cli.Value(&o.logUser, "USER[:GROUP]...", anyText), "log-user", "U", "the same for LOGCOMMAND")
		f.VarP(cli.Value(&o.logGroup, "GROUP", anyText), "log-group", "G", "the same for LOGCOMMAND")
		f.VarP(cli.Each(&o.limits, "NAME=VALUE", addLimit), "limit", "r", "resource limit of COMMAND, soft and hard; may repeat\n(-r help lists the names)")
		f.Var(cli.Value(&o.umask, "MODE", optional(cli.ParseMode)), "umask", "file mode mask of COMMAND, octal")
		f.Var(cli.Value(&o.nice, "N", optional(cli.ParseRange(-20, 19))), "nice", "niceness of COMMAND, -20 to 19")
		f.Var(cli.Value(&o.ioPriority, "CLASS[:LEVEL]", parseIOPriority), "ionice", "I/O class realtime, best-effort or idle; LEVEL 0 to 7")
		f.Var(cli.Value(&o.cpus, "LIST", cli.ParseCPUs), "cpus", "processors that COMMAND may use, as in 0-3,5")
		f.Var(cli.Value(&o.oomScore, "N", optional(cli.ParseRange(-1000, 1000))), "oom-score-adj", "-1000 (never) to 1000 (first) when memory runs out")
		f.BoolVar(&o.noNewPrivs, "no-new-privs", false, "COMMAND cannot gain rights by executing programs")
	})
}

// policy is what the machine needs to know.
func (o *options) policy() supervise.Policy {
	p := supervise.Policy{
		Log: o.logger != nil, Once: o.once, MaxRespawns: o.maxRespawns,
		Interval: o.interval, Timeout: o.timeout, MinUptime: o.minUptime,
		Backoff: o.backoff, GiveUp: o.giveUp, Success: o.success, NoRespawnOn: o.noRespawnOn,
		Ladder: o.stopSequence(), MainOnly: o.killMode == "main", Terminal: o.tty, Drain: drainTime,
	}
	if o.cmdSignals {
		p.Forward[supervise.Cmd] = forwardable
	}
	if o.logSignals {
		p.Forward[supervise.Log] = forwardable
	}
	return p
}

func (o *options) stopSequence() supervise.Ladder {
	if o.ladder != nil {
		return o.ladder
	}
	return supervise.Ladder{
		{Signal: syscall.SIGTERM, Wait: o.killAfter},
		{Signal: syscall.SIGKILL},
	}
}

// forwardable are the signals that -s and -S pass on.
var forwardable = []syscall.Signal{
	syscall.SIGCONT, syscall.SIGALRM, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGWINCH,
}

// parse reads the command line. Its error is a *cli.Misuse or a *cli.Answer.
func parse(args []string) (*options, error) {
	o := newOptions()
	f := cli.NewFlags("dmon")
	o.addFlags(f)
	operands, err := f.Parse(args, usage, examples)
	if err != nil {
		return nil, err
	}
	o.given = f.Given()
	if o.command, o.logger, err = cli.SplitCommands(operands, o.separator); err != nil {
		return nil, err
	}
	return o, o.check()
}

const usage = `Usage: dmon [OPTION]... COMMAND [ARG]... [-- LOGCOMMAND [ARG]...]

Look after COMMAND: start it, respawn it when it ends, and pause it while the
machine is busy. LOGCOMMAND gets its output through a pipe and is respawned too.
Without -n dmon becomes a daemon once both run.
`

const examples = `
TIME is seconds, or numbers with ms, s, m, h, d or w (1h30m). SIZE is bytes, or a
number with k, m, g or t. SIGNAL is TERM, SIGTERM, term or 15.

Examples:
  dmon -n -1 -L 4.0 rsync -az src dst
      copy until it has worked, out of the way while the machine is busy
  dmon -e -p /run/vfand.pid vfand -- dsyslog vfand
      a daemon with its output in the system log; kill $(cat /run/vfand.pid) ends it
  dmon -n -m 0 server -- dlog -t -s 16m /var/log/server.log
      the first process of a container, with a rotated log

Exit status: that of COMMAND's last run, 128+n where signal n ended it, 124 where -t
did, 125 where dmon failed, 126 and 127 where COMMAND cannot be executed or found.
`
