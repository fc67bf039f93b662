# Interactive programs on a terminal, under --tty: shells, editors, whole
# screens. Whatever becomes of them, the terminal is given back as it was.
. "$LIB"
need expect expect
need python3 python3
need vim vim-tiny
need htop htop

cat >keys.exp <<'X'
source $env(DATA)/keys.tcl
begin
set env(TERM) xterm
set tty $spawn_out(slave,name)
send "export TERM=xterm; stty -g >before\r"
prompt

# unchanged: the modes of the terminal are what they were, and it is the shell's.
proc unchanged {what} {
	send "stty -g >after; cmp before after && echo sa''me\r"
	expect {
		-re {same} {}
		-re {differ} { fail "$what leaves the terminal changed" }
		timeout { fail "no terminal after $what" }
	}
	prompt
}

# A shell with job control of its own: ^Z and ^C are its jobs'.
send "dmon -n -m 0 --tty env 'PS1=inner ' bash --norc --noprofile --noediting -i\r"
want {inner $}
send "sleep 1000\r"
in_front sleep
send "\032"
want {Stopped}
want {inner $}
send "fg\r"
in_front sleep
send "\003"
want {inner $}
send "exit 7\r"
prompt
status 7
unchanged "a shell"

# python3 has its ^C and its ^D.
send "dmon -n -m 0 --tty python3 -q -i -c 'import sys; sys.ps1 = \"py> \"'\r"
want {py> $}
set timeout 1
set tries 0
send "\003"
expect {
	-re {KeyboardInterrupt} {}
	timeout {
		# Python overlooks one that comes between its prompt and its waiting.
		if {[incr tries] > 20} { fail "python3 does not get ^C" }
		send "\003"
		exp_continue
	}
}
set timeout 20
want {py> $}
send "\004"
prompt
status 0
unchanged python3

# An editor, and one more, because it is respawned.
send "dmon -n -m 1 --min-uptime 0 --tty vim -u NONE -n text\r"
foreach round {1 2} {
	in_front vim
	want {text}
	send "ohello\033:wq\r"
}
prompt
status 0
unchanged vim
send "grep -c hello text\r"
want {2}
prompt

send "dmon -n -m 0 --tty htop\r"
in_front htop
want {PID}
send "q"
prompt
status 0
unchanged htop

# Dead in the middle, of KILL or worse, or ended from outside: the modes that it
# left are none of the user's.
foreach {signal victim code} {KILL child 137 SEGV child 139 TERM dmon 143} {
	file delete raw.who
	send "dmon -n -m 0 -k 1 --tty sh -c 'ulimit -c 0; stty raw -echo; echo \$\$ \$PPID >raw.tmp; mv raw.tmp raw.who; exec sleep 1000'\r"
	there raw.who
	in_front sleep
	set f [open raw.who]
	lassign [read $f] child dmon
	close $f
	exec kill -$signal [set $victim]
	prompt
	status $code
	unchanged "a raw one that got $signal"
}

# ^Z suspends both, fg resumes both.
send "dmon -n -1 --tty cat\r"
in_front cat
send "\032"
want {Stopped}
prompt
unchanged "^Z"
send "fg\r"
in_front cat
send "some words\r"
want {some words}
send "\004"
prompt
status 0

# In the background it may not read; fg gives it the terminal.
send "dmon -n -1 --tty sh -c 'read line; echo got \$line' &\r"
prompt
set tries 0
while {![regexp {T.*dmon} [exec ps -t $tty -o stat=,comm=]]} {
	after 20
	if {[incr tries] > 500} { fail "a reader in the background is not stopped" }
}
send "\r"
prompt
send "fg\r"
in_front sh
send "at last\r"
want {got at last}
prompt
status 0
unchanged "a background job"

# The size of the window.
send "dmon -n -m 0 --tty bash -c 'trap \"echo resized; exit 5\" WINCH; echo ready; while :; do read -t 0.05; done'\r"
want {ready}
in_front bash
exec stty -F $tty rows 33 columns 99
want {resized}
prompt
status 5

# The terminal goes away.
send "dmon -n --tty -p gone.pid --cmd-pid-file cmd.pid cat\r"
there cmd.pid
in_front cat
close
wait
puts "closed"
X
expect keys.exp >expect.out 2>&1 || { tail -c 3000 expect.out; fail "see above"; }
has expect.out closed
wait_for '[ ! -e gone.pid ] && [ ! -e cmd.pid ]'
