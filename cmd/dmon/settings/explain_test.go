package settings

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"dmon/internal/cli"
)

// explained says of every option how it is written, and what --explain then
// says that it does not say without it. An option that explains nothing has a
// reason in place of the words.
var explained = []struct{ option, line, want string }{
	{"no-daemon", "-n", "runs         in the foreground"},
	{"no-daemon", "-n", "end          on TERM, INT or HUP"},
	{"no-daemon", "-n", "errors       standard error goes to dmon's own"},
	{"tty", "-n --tty", "terminal     belongs to the command"},
	{"tty", "-n --tty", "when the terminal is gone"},
	{"tty", "-n --tty", "standard input is the terminal"},
	{"once", "-1", "until it succeeds"},
	{"once", "-1", "when the command ends with 0"},
	{"max-respawns", "-m 10", "at most 10 times (11 runs)"},
	{"max-respawns", "-m 10", "after 11 runs"},
	{"max-respawns", "-m 1", "at most once (2 runs)"},
	{"max-respawns", "-m 0", "restart      never"},
	{"max-respawns", "-m 0", "end          on TERM or INT; when the command ends\n"},
	{"interval", "-i 90", "1m30s after a success"},
	{"timeout", "-t 3600", "a run is stopped after 1h, and has failed"},
	{"forking", "--forking", "a run lasts as long as any process of the command"},
	{"work-dir", "-W /a_b", "directory    /a_b"},
	{"pid-file", "-p x.pid", "pid file     x.pid"},
	{"cmd-pid-file", "--cmd-pid-file y.pid", "cmd pid file y.pid"},
	{"separator", "--separator :: cmd :: log", "log command  log"},
	{"explain", "", "it is what asks"},
	{"min-uptime", "--min-uptime 5", "at once after a run of 5s or more, else after 1s, doubling up to 30s"},
	{"min-uptime", "--min-uptime 0", "restart      at once\n"},
	{"backoff", "--backoff 2s:1m", "else after 2s, doubling up to 1m"},
	{"give-up", "--give-up 5/1m", "after 5 failures within 1m"},
	{"give-up", "--give-up 1/90", "after 1 failure within 1m30s"},
	{"after-give-up", "--give-up 5/1m --after-give-up hold", "gives up     after 5 failures within 1m it stays down until somebody starts it"},
	{"after-give-up", "--give-up 5/1m --after-give-up 1h", "gives up     after 5 failures within 1m it rests for 1h"},
	{"success", "-1 --success 0,3,10-19,TERM", "when the command ends with 0, 3, 10-19, TERM"},
	{"success", "-1 --success 5-7", "when the command ends with 5-7\n"},
	{"success", "-1 --success any", "when the command ends with any status or signal"},
	{"success", "-1 --success=", "when the command ends with nothing"},
	{"no-respawn-on", "--no-respawn-on 3-4,INT", "when it ends with 3, 4, INT"},
	{"ready", "--ready after:5s", "ready        the command is ready when it has lived for 5s\n"},
	{"ready", "--ready notify", "the command is ready when it has said READY=1 (sd_notify); "},
	{"watchdog", "--watchdog 5", "watchdog     a run that has not said WATCHDOG=1 for 5s has failed"},
	{"ready", "--ready fd:3", "ready        the command is ready when it has written a line to descriptor 3; a run that is not ready after 1m30s has failed"},
	{"ready", "--ready file:/f", "the command is ready when /f is there; "},
	{"ready", "--ready port:[::1]:80", "the command is ready when it listens on port [::1]:80; "},
	{"ready", "--ready unix:@x", "the command is ready when it listens on @x; "},
	{"ready", "--ready command:true", "the command is ready when true has succeeded; a run"},
	{"ready-timeout", "--ready fd:3 --ready-timeout 5", "a run that is not ready after 5s has failed"},
	{"ready-timeout", "--ready fd:3 --ready-timeout 0", "descriptor 3\n"},
	{"kill-after", "-k 5", "TERM to the whole tree and CONT, 5s later KILL to the whole tree"},
	{"stop-sequence", "--stop-sequence INT:main/2/QUIT", "INT to the main process and CONT, 2s later QUIT to the whole tree and CONT, 10s later KILL to the whole tree"},
	{"stop-sequence", "--stop-sequence KILL:main/1/KILL:children", "1s later KILL to the descendants, 10s later KILL to the whole tree"},
	{"stop-command", "--stop-command /s", "stop         /s for up to 10s, then TERM to the whole tree"},
	{"stop-command", "--stop-command /s -k 5m --stop-sequence INT/1/KILL", "stop         /s for up to 5m, then INT to the whole tree and CONT, 1s later KILL"},
	{"kill-mode", "--kill-mode main", "TERM to the main process and CONT, 10s later KILL to the main process\n"},
	{"kill-mode", "--kill-mode main", "tree         only the main process is stopped"},
	{"orphan", "--orphan keep", "the command is left alone when dmon is killed"},
	{"cmd-sigs", "-s", "signals      CONT ALRM QUIT USR1 USR2 HUP WINCH go to the command"},
	{"log-sigs", "-S cmd -- log", "log signals  CONT ALRM QUIT USR1 USR2 HUP WINCH go to the log command"},
	{"on", "--on fail,exit=/h", "hook         /h on exit, fail"},
	{"mail-to", "--mail-to root,a@example.org", "mail         to root, a@example.org"},
	{"on", "--on all=/h", "hook         /h on all"},
	{"stderr-redir", "-e", "standard error goes where standard output goes"},
	{"stdin", "--stdin /i", "standard input is read from /i"},
	{"stdout", "--stdout /o", "standard output is appended to /o"},
	{"stderr", "--stderr /e", "standard error is appended to /e"},
	{"environ", "-E A=b_c -E D", "environment  A=b_c\nenvironment  without D"},
	{"keep-fds", "--keep-fds 3,7-9", "descriptors  3,7-9 stay open"},
	{"cmd-user", "-u root:0", "user         root (uid 0, gid 0, groups 0)"},
	{"cmd-user", "-u 0", "user         root (uid 0"},
	{"cmd-group", "-g 0", "'group 0' (uid 0, gid 0, groups 0)"},
	{"log-user", "-U root:0 cmd -- log", "log user     root (uid 0"},
	{"log-group", "-G 0 cmd -- log", "log user     'group 0' (uid 0"},
	{"limit", "-r vmem=536870912 -r cpu=3600 -r rttime=1500ms -r files=7 -r core=unlimited", "limits       vmem=512m cpu=1h rttime=1.5s files=7 core=unlimited"},
	{"umask", "--umask 027", "umask        027 for the command"},
	{"nice", "--nice 5", "niceness     5 for the command"},
	{"ionice", "--ionice idle", "I/O class    idle for the command"},
	{"cpus", "--cpus 0-1", "processors   0-1 for the command"},
	{"oom-score-adj", "--oom-score-adj -5", "oom score    adjusted by -5 for the command"},
	{"no-new-privs", "--no-new-privs", "rights       the command cannot gain any by executing programs"},
	{"load-high", "-L 4", "paused while the 1-minute load average is above 4, resumed below 2"},
	{"load-low", "-L 4 -l 3", "is above 4, resumed below 3"},
	{"load-window", "-L 4 --load-window 15", "the 15-minute load average is above 4"},
	{"load-of", "-L 4 --load-of others", "load average of others is above 4"},
	{"pressure", "--pressure io=20", "paused while the io pressure is above 20%, resumed below 10%"},
	{"min-memory", "--min-memory 1536m", "less than 1.5g of the memory"},
	{"pause-after", "-L 4 --pause-after 30", "gate         paused only when that was so for 30s"},
	{"max-pause", "-L 4 --max-pause 10m", "gate         paused for 10m at most, then it works for as long as before"},
	{"restart-if", "--restart-if age=3600~600", "condition    restarted when a run has lasted 1h and up to 10m more"},
	{"stop-if", "--stop-if age=1d", "condition    dmon stops it and ends when a run has lasted 1d"},
	{"restart-if", "--restart-if memory=300m/1m", "restarted when it has held more than 300m for 1m"},
	{"restart-if", "--restart-if memory=50%", "more than 50% of the memory, which is "},
	{"stop-if", "--stop-if cpu=150%", "it has used more than 150% of a processor, averaged over 1m"},
	{"stop-if", "--stop-if procs=50", "it has had more than 50 processes for 10s"},
	{"tell-if", "--tell-if idle=25m", "told when no process of it has used more than 0.5% of a processor for 25m"},
	{"send-if", "--send-if hup:age=90s", "condition    sent HUP when a run has lasted 1m30s"},
	{"restart-if", "--restart-if changed=/a_b", "condition    restarted when /a_b has changed"},
	{"send-if", "--send-if HUP:changed=x=y", "condition    sent HUP when x=y has changed"},
	{"pause-if", "--pause-if hours=22:00-06:00", "condition    paused while the local time, now "},
	{"pause-if", "--pause-if hours=sat", ", is in sat\n"},
	{"pause-if", "--pause-if works=true --check-interval 1m", "paused while true exits with 0; it is asked every 1m"},
	{"pause-if", "--pause-if fails=false --check-timeout 9s", "paused while false has failed 3 times in a row; it is asked every 10s, until it is well every 1s, and has 9s\n"},
	{"pause-if", "--pause-if battery", "paused while the machine runs on a battery"},
	{"stop-if", "--stop-if hours=mon-fri", "dmon stops it and ends when the local time, now "},
	{"tell-if", "--tell-if age=1h", "condition    told when a run has lasted 1h"},
	{"restart-if", "--restart-if fails=/c", "restarted when /c has failed 3 times in a row; it is asked every 10s, until it is well every 1s, and has 5s; a run that was never well has 1m30s\n"},
	{"stop-if", "--stop-if works=a;b", "ends when /bin/sh -c 'a;b' exits with 0; it is asked every 10s, and has 5s\n"},
	{"check-interval", "--tell-if fails=/c --check-interval 500ms", "in a row; it is asked every 500ms, and has 5s; a run that was never well has 4.5s\n"},
	{"check-timeout", "--check-timeout 2 --tell-if works=/c", "it is asked every 10s, and has 2s\n"},
	{"check-failures", "--check-failures 1 --tell-if fails=/c", "/c has failed once; "},
	{"write-info", "-I e_v", "events       appended to e_v, plain"},
	{"info-format", "-I ev --info-format json", "events       appended to ev, json"},
	{"report", "--report udp://[fe80::1]:99%eth0", "report       to 'udp://[fe80::1]:99%eth0', each 10s"},
	{"report-interval", "--report UDP://h:99 --report-interval 1m", "report       to udp://h:99, each 1m"},
	{"info-size", "-I ev --info-size 64k", "events       appended to ev, plain, a new file each 64k, keeping the last 5 of the old ones"},
	{"info-files", "-I ev --info-size 1000 --info-files 0", "events       appended to ev, plain, a new file each 1000, keeping all of the old ones"},
	{"name", "--name a/b", "name         a/b\n"},
	{"if-absent", "--name a/b --if-absent", "name         a/b, or end at once where that is taken\n"},
	{"down", "--down", "command      is down until dmonctl up\n"},
	{"messages", "--messages none", "messages     nowhere"},
	{"messages", "-n", "messages     to standard error\n"},
	{"messages", "-n --messages syslog", "messages     to the system log\n"},
	{"messages", "--messages syslog:Local3", "messages     to the system log as local3\n"},
	{"messages", "--messages ./a", "messages     to ./a, 3 MB at most\n"},
	{"messages", "--messages log cmd -- log", "messages     to the log command\n"},
	{"verbose", "-v", "messages     to the system log, all there are"},
	{"quiet", "-q", "messages     to the system log, only why dmon cannot go on"},
	{"help", "", "it is an answer itself"},
	{"version", "", "it is an answer itself"},
}

// TestEveryOptionIsExplained: an option of --help without a row above, or whose
// row is not what --explain says, is not finished.
func TestEveryOptionIsExplained(t *testing.T) {
	t.Setenv("DMON_OPTIONS", "")
	plain := explain(t, "cmd")
	known := map[string]bool{}
	for _, row := range explained {
		known[row.option] = true
		if row.line == "" {
			continue
		}
		line := row.line
		if !strings.Contains(line+" ", " cmd ") {
			line += " cmd"
		}
		if got := explain(t, line); !strings.Contains(got, row.want) || strings.Contains(plain, row.want) && row.line != "-n --messages syslog" {
			t.Errorf("dmon --explain %s does not say, or says without it: %q\n%s", line, row.want, got)
		}
	}
	_, err := Parse([]string{"--help"})
	for _, m := range regexp.MustCompile(`(?m)^ {2}[ -]..?.? *--([\w-]+)`).FindAllStringSubmatch(err.Error(), -1) {
		if !known[m[1]] {
			t.Errorf("nothing is known of how --explain tells --%s: it needs a row here", m[1])
		}
		delete(known, m[1])
	}
	for option := range known {
		t.Errorf("--help does not have --%s", option)
	}
}

func explain(t *testing.T, line string) string {
	t.Helper()
	s, err := Parse(lineWords(line))
	if err != nil {
		t.Fatalf("dmon %s: %v", line, err)
	}
	return s.Explanation()
}

// What a user can write is shown as what it is, a line each, whatever it holds.
func TestExplanationKeepsItsLines(t *testing.T) {
	t.Setenv("DMON_OPTIONS", "")
	nasty := "a\x1b[2J\n\u202eb\u2028\xff'\u0085"
	args := []string{"-n", "--explain", "-W", nasty, "-p", nasty + "p", "--cmd-pid-file", nasty + "c", "-I", nasty, "-E", "A=" + nasty, "-E", nasty,
		"--stdin", nasty, "--stderr", nasty, nasty, nasty, "--", nasty}
	s, err := Parse(args)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(s.Explanation()) {
		line = strings.TrimSuffix(line, "\n")
		if line != cli.OneLine(line) || line != "" && line[0] == 'b' {
			t.Errorf("said %q", line)
		}
	}
	if n := strings.Count(s.Explanation(), `$'a\x1b[2J\x0a\u202eb\u2028\xff\'\x85`); n < 9 {
		t.Errorf("%d of the words are there:\n%s", n, s.Explanation())
	}
}

// What is judged is what is in force, and the command line wins.
func TestTheCommandLineWins(t *testing.T) {
	for _, row := range []struct{ variable, line, want string }{
		{"-v", "-q cmd", "messages     to the system log, only why"},
		{"-q", "-v cmd", "messages     to the system log, all"},
		{"-i 5", "-1 cmd", "restart      until it succeeds; at once after"},
		{"-1", "-i 5 cmd", "restart      5s after a success; at once after"},
		{"-m 0", "-1 cmd", "end          on TERM or INT; when the command ends\n"},
		{"-k 3", "--stop-sequence INT cmd", "stop         INT to"},
		{"--stop-sequence INT", "-k 3 cmd", "stop         TERM to the whole tree and CONT, 3s later"},
		{"-e", "--stderr x cmd", "standard error is appended to x"},
		{"--stderr x", "-e cmd", "standard error goes where standard output goes"},
		{"--stdin x", "-n --tty cmd", "standard input is the terminal"},
		{"-n --tty", "-n=false --tty=false cmd", "runs         as a daemon"},
		{"-v -q", "cmd", "--verbose contradicts --quiet"},
		{"", "-v -q cmd", "--verbose contradicts --quiet"},
		{"-v", "-v -q cmd", "--verbose contradicts --quiet"},
		{"--tty", "cmd", "--tty means nothing without --no-daemon"},
		{"-n", "--tty cmd", "terminal     belongs"},
	} {
		t.Setenv("DMON_OPTIONS", row.variable)
		s, err := Parse(lineWords(row.line))
		var misuse *cli.Misuse
		got := ""
		switch {
		case errors.As(err, &misuse):
			got = misuse.Text
		case err == nil:
			got = s.Explanation()
		}
		if !strings.Contains(got, row.want) {
			t.Errorf("DMON_OPTIONS=%q dmon %s: %v, not %q:\n%s", row.variable, row.line, err, row.want, got)
		}
	}
}
