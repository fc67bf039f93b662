package settings

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"dmon/internal/cli"
)

// said is what the program prints about err on standard error.
func said(err error) (status int, text string) {
	var out, errw strings.Builder
	status = cli.Tell("dmon", &out, &errw, err)
	return status, errw.String()
}

// misuses are command lines, words divided by blanks, with what is said about
// them. A word that holds a blank itself is written with an underscore.
var misuses = []struct{ line, want string }{
	// No command, no log command.
	{"", "no command"},
	{"-n", "no command"},
	{"--", "no command"},
	{"-n -- --", "no command"},
	{"cmd --", "log command"},
	{"cmd a --", "log command"},
	{"--separator :: cmd ::", "log command"},
	{"--separator= cmd", "--separator needs a word"},

	// Unknown and incomplete options.
	{"-x cmd", "unknown option -x"},
	{"-nx cmd", "unknown option -x"},
	{"--no-such cmd", "unknown option --no-such"},
	{"-t", "-t, --timeout needs a TIME"},
	{"-nt", "-t, --timeout needs a TIME"},
	{"--limit", "-r, --limit needs a NAME=VALUE"},
	{"--no-daemon=maybe cmd", "--no-daemon"},

	// Values: garbage behind, below, above, beside.
	{"-t 1x cmd", `-t, --timeout: "1x" is not a TIME`},
	{"-t 1h30 cmd", `"1h30" is not a TIME`},
	{"-t -1 cmd", `"-1" is not a TIME`},
	{"--timeout= cmd", `"" is not a TIME`},
	{"-t 999999999w cmd", "is too long a TIME"},
	{"-i 1e3 cmd", `-i, --interval: "1e3" is not a TIME`},
	{"-m -1 cmd", `-m, --max-respawns: "-1" is not a whole number`},
	{"-m 1.5 cmd", `"1.5" is not a whole number`},
	{"-m 99999999999 cmd", "is not a whole number"},
	{"-k forever cmd", `-k, --kill-after: "forever" is not a TIME`},
	{"--min-uptime x cmd", `--min-uptime: "x" is not a TIME`},
	{"--backoff : cmd", `--backoff: "" is not a TIME`},
	{"--backoff 1s: cmd", `--backoff: "" is not a TIME`},
	{"--backoff 5s:1s cmd", `--backoff: "5s:1s": MAX is less than MIN`},
	{"--backoff 1s:2s:3s cmd", `--backoff: "2s:3s" is not a TIME`},
	{"--give-up 5 cmd", `--give-up: "5" is not N/TIME`},
	{"--mail-to a,,b cmd", `"" is no address`},
	{"--mail-to -f cmd", `"-f" is no address`},
	{"--after-give-up hold cmd", "--after-give-up means nothing without --give-up"},
	{"--give-up 5/1m --after-give-up 0 cmd", "say exit or hold"},
	{"--give-up 5/1m --after-give-up never cmd", `"never" is neither exit nor hold nor a TIME`},
	{"-k 0 --stop-command x cmd", "--stop-command means nothing with -k 0"},
	{"-k 1 --stop-sequence KILL cmd", "-k is short for a stop sequence"},
	{"--give-up 5/ cmd", `--give-up: "" is not a TIME`},
	{"--give-up 0/1m cmd", "neither N nor TIME may be 0"},
	{"--give-up 5/0 cmd", "neither N nor TIME may be 0"},
	{"--give-up /1m cmd", `--give-up: "" is not a whole number`},
	{"--success 256 cmd", `--success: "256" is neither`},
	{"--success 1,,2 cmd", `--success: "" is neither`},
	{"--success 1, cmd", `--success: "" is neither`},
	{"--no-respawn-on FOO cmd", `--no-respawn-on: "FOO" is neither`},
	{"--stop-sequence FOO cmd", `--stop-sequence: "FOO" is not a SIGNAL`},
	{"--stop-sequence TERM/ cmd", `--stop-sequence: "" is not a TIME`},
	{"--stop-sequence TERM/1s cmd", "ends with a TIME, and no signal after it"},
	{"--stop-sequence TERM//KILL cmd", `--stop-sequence: "" is not a TIME`},
	{"--stop-sequence TERM:all cmd", `--stop-sequence: "all" is none of tree, main, children`},
	{"--stop-sequence STOP cmd", "STOP would be undone"},
	{"--stop-sequence= cmd", `--stop-sequence: "" is not a SIGNAL`},
	{"-L 0 cmd", `-L, --load-high: "0" is not a limit`},
	{"-L -1 cmd", `"-1" is not a limit`},
	{"-L nan cmd", `"nan" is not a limit`},
	{"-L 4y cmd", `"4y" is not a limit`},
	{"-L 4 --load-window 2 cmd", `--load-window: "2" is none of 1, 5, 15`},
	{"-I x --info-format xml cmd", `--info-format: "xml" is none of plain, json`},
	{"--messages mail cmd", `--messages: "mail" is none of stderr, syslog[:FACILITY], log, none, and no path with a /`},
	{"--messages syslog:x cmd", `--messages: "x" is no facility for a program`},
	{"--messages syslog:kern cmd", `"kern" is no facility for a program`},
	{"--messages log:mail cmd -- log", `"log:mail" is none of`},
	{"--messages ./x -I x cmd", "--messages and --write-info name the same file"},
	{"--messages ./x -p x cmd", "--pid-file and --messages name the same file"},
	{"-E =x cmd", `-E, --environ: "=x" names no variable`},
	{"--environ= cmd", `-E, --environ: "" names no variable`},
	{"-r files cmd", `-r, --limit: "files" is not NAME=VALUE`},
	{"-r foo=1 cmd", `-r, --limit: "foo" is no limit (-r help lists the names)`},
	{"-r files= cmd", `-r, --limit: "" is not a whole number`},
	{"-r vmem=1q cmd", `-r, --limit: "1q" is not a SIZE`},
	{"-r cpu=soon cmd", `-r, --limit: "soon" is not a TIME`},
	{"--umask 888 cmd", `--umask: "888" is not an octal mask`},
	{"--umask 1000 cmd", `--umask: "1000" is not an octal mask`},
	{"--nice 20 cmd", `--nice: "20" is not a whole number from -20 to 19`},
	{"--ionice fast cmd", `--ionice: "fast" is none of realtime, best-effort, idle`},
	{"--ionice best-effort:8 cmd", `--ionice: "8" is not a whole number from 0 to 7`},
	{"--ionice idle:1 cmd", "--ionice: class idle has no levels"},
	{"--cpus 3-1 cmd", `--cpus: "3-1" is not a list of CPUs`},
	{"--cpus= cmd", `--cpus: "" is not a list of CPUs`},
	{"--oom-score-adj 1001 cmd", `--oom-score-adj: "1001" is not a whole number`},
	{"--stdin= cmd", "--stdin: an empty path names no file"},
	{"--stdout= cmd", "--stdout: an empty path names no file"},
	{"-u no-such-user-here cmd", `--cmd-user: there is no user "no-such-user-here"`},
	{"--cmd-user= cmd", "-u, --cmd-user: an empty word names no user"},
	{"-u root:no-such-group cmd", `--cmd-user: there is no group "no-such-group"`},
	{"-u 4294967295 cmd", `there is no user "4294967295"`},
	{"--cmd-group= cmd", "-g, --cmd-group: an empty word names no group"},
	{"-g no-such-group cmd", `--cmd-group: there is no group "no-such-group"`},
	{"-u root -g no-such-group cmd", `--cmd-group: there is no group "no-such-group"`},
	{"-U no-such-user-here cmd -- log", `--log-user: there is no user "no-such-user-here"`},

	// What contradicts itself, and what means nothing alone.
	{"-i 1 -1 cmd", "--interval contradicts --once"},
	{"-1 -i 1 cmd", "--interval contradicts --once"},
	{"-k 1 --stop-sequence TERM cmd", "--kill-after contradicts --stop-sequence"},
	{"-v -q cmd", "--verbose contradicts --quiet"},
	{"-e --stderr x cmd", "--stderr-redir contradicts --stderr"},
	{"-l 1 cmd", "--load-low means nothing without --load-high"},
	{"--load-window 5 cmd", "--load-window means nothing without --load-high"},
	{"-L 2 -l 2 cmd", "--load-low 2 is not below --load-high 2"},
	{"-L 2 -l 3 cmd", "--load-low 3 is not below --load-high 2"},
	{"-L 1x -l 1000x cmd", "--load-low 1000x is not below --load-high 1x"},
	{"--info-format json cmd", "--info-format means nothing without --write-info"},
	{"--report-interval 5s cmd", "--report-interval means nothing without --report"},
	{"--report udp://h:9 --report-interval 0 cmd", "--report-interval: 0s is shorter than 100ms"},
	{"--report udp://h cmd", `--report: "h" is not HOST:PORT`},
	{"--report tcp://h:9 cmd", `--report: "tcp://h:9" is not udp://HOST:PORT[%INTERFACE]`},
	{"--info-size 1m cmd", "--info-size means nothing without --write-info"},
	{"-I x --info-files 2 cmd", "--info-files means nothing without --info-size"},
	{"-I x --info-size 1m --stdout ./x cmd", "--info-size contradicts --stdout, which is the same file: its lines would go with it"},
	{"-U root cmd", "--log-user means nothing without a log command"},
	{"-G root cmd", "--log-group means nothing without a log command"},
	{"-S cmd", "--log-sigs means nothing without a log command"},
	{"--stdout x cmd -- log", "--stdout contradicts a log command"},
	{"--messages log cmd", "--messages log means nothing without a log command"},
	{"--messages stderr cmd", "--messages stderr contradicts running as a daemon"},
	{"--tty cmd", "--tty means nothing without --no-daemon"},
	{"--no-daemon=false --tty cmd", "--tty means nothing without --no-daemon"},
	{"-n --no-daemon=false --tty cmd", "--tty means nothing without --no-daemon"},
	{"-n=0 --messages stderr cmd", "--messages stderr contradicts running as a daemon"},
	{"-n --tty --stdin x cmd", "--tty contradicts --stdin"},
	{"--kill-mode main --forking cmd", "--kill-mode main contradicts --forking"},
	{"--kill-mode main --stop-sequence INT:children cmd", "--kill-mode main contradicts a stop sequence for children"},
	{"--no-respawn-on 3-1 cmd", "is a range that ends before it begins"},
	{"--success 250-256 cmd", `--success: "250-256" is neither`},
	{"--success -3 cmd", `--success: "-3" is neither`},
	{"--success 3- cmd", `--success: "3-" is neither`},
	{"--success 1-2-3 cmd", `--success: "1-2-3" is neither`},
	{"--success INT-TERM cmd", `--success: "INT-TERM" is neither`},
	{"--stop-sequence INT,3,QUIT cmd", "a sequence is SIG/TIME/SIG"},
	{"--once=yes cmd", `-1, --once: "yes" is neither true nor false`},
	{"-m", "-m, --max-respawns needs an N"},
	{"--work-dir= cmd", "--work-dir: an empty path names no file"},
	{"--pid-file= cmd", "--pid-file: an empty path names no file"},
	{"--write-info= cmd", "--write-info: an empty path names no file"},
	{"-p x --cmd-pid-file x cmd", "--pid-file and --cmd-pid-file name the same file"},
	{"-p x -I x cmd", "--pid-file and --write-info name the same file"},
	{"-p x --cmd-pid-file ./x cmd", "--pid-file and --cmd-pid-file name the same file"},
	{"-p testdata/x --cmd-pid-file testdata/../testdata//x cmd", "--pid-file and --cmd-pid-file name the same file"},
	{"-W / -p /x --cmd-pid-file x cmd", "--pid-file and --cmd-pid-file name the same file"},
	{"-W /proc -p self/root/x --cmd-pid-file /x cmd", "--pid-file and --cmd-pid-file name the same file"},
	{"-p values.go --stdout ./values.go cmd", "--pid-file and --stdout name the same file"},
	{"--cmd-pid-file x --stderr ./x cmd", "--cmd-pid-file and --stderr name the same file"},
	{"--cmd-pid-file x --stdin ./x cmd", "--cmd-pid-file and --stdin name the same file"},

	// Words that no system call takes.
	{"-- _", "an empty word is no command"},
	{"cmd -- _", "an empty word is no command"},
	{"cmd a\x00b", `"a\x00b" holds a NUL byte`},
	{"-W a\x00b cmd", `"a\x00b" holds a NUL byte`},
	{"-E A=\x00 cmd", `"A=\x00" holds a NUL byte`},
}

// lineWords splits a line of the table.
func lineWords(line string) []string {
	args := strings.Fields(line)
	for i, a := range args {
		if a == "_" {
			args[i] = ""
		}
	}
	return args
}

// Every misuse is told in one line that names what is wrong, and perhaps one
// more with a hint, and ends with 125.
func TestMisuse(t *testing.T) {
	t.Setenv("DMON_OPTIONS", "")
	for _, m := range misuses {
		_, err := Parse(lineWords(m.line))
		var misuse *cli.Misuse
		if !errors.As(err, &misuse) {
			t.Errorf("dmon %s: the error is %v", m.line, err)
			continue
		}
		status, text := said(err)
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		hints := 0
		if misuse.Hint != "" {
			hints = 1
		}
		if status != 125 || len(lines) != 1+hints || !strings.HasPrefix(lines[0], "dmon: ") || strings.HasSuffix(lines[0], ".") {
			t.Errorf("dmon %s: status %d, said %q", m.line, status, text)
		}
		if !strings.Contains(lines[0], m.want) {
			t.Errorf("dmon %s: said %q, not %q", m.line, lines[0], m.want)
		}
	}
}

// What looks like a misuse and is none.
func TestGoodUse(t *testing.T) {
	t.Setenv("DMON_OPTIONS", "")
	for _, line := range []string{
		"cmd", "-- cmd", "-n -- cmd", "cmd -x", "cmd -- log", "cmd -- log -- x", "-n1e cmd", "-nm0 cmd",
		"-t 1h30m cmd", "-t1.5 cmd", "-t=5 cmd", "-t 0 cmd", "-i 0 cmd", "-m 0 cmd", "--min-uptime 0 cmd",
		"--backoff 0 cmd", "--backoff 40s cmd", "--give-up 1/1ms cmd", "--success 0,3,TERM cmd", "--success= cmd",
		"--no-respawn-on SIGhup cmd", "--stop-sequence hup:MAIN/1s/9:Children cmd", "--stop-sequence 15 cmd",
		"-L 4 cmd", "-L 2.5x -l 1x cmd", "-L 4 -l 0.1 --load-window 15 cmd", "-r core=unlimited -r CORE=0 cmd", "-r core=infinity cmd",
		"-r rttime=5ms cmd", "--ionice 2:7 cmd", "--ionice IDLE cmd", "--cpus 0-3,5 cmd", "--umask 0 cmd", "--nice -20 cmd",
		"-E A -E B= -E C=D=E cmd", "-u 0 cmd", "-u root:0 cmd", "-e cmd", "-e --stdout x cmd", "--stderr x cmd -- log",
		"-I x --info-format JSON cmd", "--messages log cmd -- log", "-n --messages stderr cmd", "-n --tty cmd",
		"-1 -i 0 cmd", "--once=false -i 5 cmd", "--verbose=false -q cmd", "--tty=false cmd", "--tty=false --stdin x cmd", "-e=false --stderr x cmd",
		"--load-window 1 cmd", "--info-format plain cmd", "-n -n=false -n --tty cmd", "-S=false cmd", "--kill-mode tree --forking cmd",
		"--success any cmd", "--success 0-255 cmd", "--success 0,3,10-19,term cmd", "--no-respawn-on any cmd", "-p x/y --cmd-pid-file y cmd",
		"--stdout x --stderr x cmd", "-I /dev/null --stdin /dev/null --stdout /dev/null cmd",
		"--separator :: cmd -- :: log", "-W / -p x --cmd-pid-file y -I z cmd", "cmd _", "--help=false cmd",
	} {
		o, err := Parse(lineWords(line))
		if err != nil {
			t.Errorf("dmon %s: %v", line, err)
			continue
		}
		if o.Explanation() == "" {
			t.Errorf("dmon %s: nothing is explained", line)
		}
	}
}

// Every option with a fixed set of values lists them.
func TestHelpIsAnswered(t *testing.T) {
	t.Setenv("DMON_OPTIONS", "")
	for line, want := range map[string]string{
		"-h": "Usage:", "--help": "Examples:", "-V": "dmon ", "--version": "dmon ",
		"-r help": "files", "--ionice help": "best-effort", "--messages help": "local7", "--after-give-up help": "hold", "--on help": "give-up", "--info-format help": "json",
		"--load-window help": "15", "--stop-sequence help": "TERM", "--success help": "any", "--no-respawn-on help": "any",
		"--kill-mode help": "main", "--orphan help": "keep", "--load-of help": "others", "--pressure help": "memory",
	} {
		_, err := Parse(lineWords(line))
		var answer *cli.Answer
		if !errors.As(err, &answer) || !strings.Contains(answer.Text, want) || !strings.HasSuffix(answer.Text, "\n") {
			t.Errorf("dmon %s: the answer is %v", line, err)
		}
	}
}

// FuzzParseArgs: any words, in the variable and on the command line, are taken
// or answered or refused in words of ours; nothing of the process changes.
func FuzzParseArgs(f *testing.F) {
	for _, m := range misuses {
		f.Add("", m.line)
	}
	f.Add("-n -1", "cmd -- log")
	f.Add("-E 'a b'", "-L 4x -l 1x cmd")
	f.Fuzz(func(t *testing.T, variable, line string) {
		if strings.ContainsRune(variable, 0) {
			return // no environment can hold it
		}
		t.Setenv("DMON_OPTIONS", variable)
		env := os.Environ()
		dir, _ := os.Getwd()
		args := lineWords(line)
		before := slices.Clone(args)
		o, err := Parse(args)
		var misuse *cli.Misuse
		var answer *cli.Answer
		switch {
		case err == nil:
			if len(o.Cmd.Argv) == 0 || o.Cmd.Argv[0] == "" || o.Explanation() == "" {
				t.Errorf("%q: taken as %q", args, o.Cmd.Argv)
			}
			if said := o.Explanation(); cli.OneLine(said) != strings.ReplaceAll(said, "\n", `\x0a`) {
				t.Errorf("%q: explained as %q", args, said)
			}
		case errors.As(err, &misuse):
			if status, text := said(err); status != 125 || !strings.HasPrefix(text, "dmon: ") || strings.Count(text, "\n") > 2 {
				t.Errorf("%q: status %d, said %q", args, status, text)
			}
		case !errors.As(err, &answer):
			t.Errorf("%q: a foreign error: %v", args, err)
		}
		if now, _ := os.Getwd(); now != dir || !slices.Equal(env, os.Environ()) || !slices.Equal(args, before) {
			t.Errorf("%q: parsing had an effect", args)
		}
	})
}
