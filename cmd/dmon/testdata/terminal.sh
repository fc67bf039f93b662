# F30 and F31: on a terminal, under an interactive shell.
. "$LIB"
need expect expect
row F30 'keys under an interactive shell'
row F31 'the terminal hangs up'

cat >keys.exp <<'X'
source $env(DATA)/keys.tcl
begin

# ^C ends all of it.
send "dmon -n -v sleep 1000\r"
want {command started, pid}
send "\003"
prompt
send "echo status=\$?=\r"
want {status=130=}
prompt

# ^Z gives the prompt back, bg and fg go on, twice.
send "dmon -n -v --min-uptime 0 sh -c 'echo up; exec sleep 1000' -- cat\r"
want {up}
foreach round {1 2} {
	send "\032"
	want {Stopped}
	prompt
	send "ps -t $spawn_out(slave,name) -o stat=,comm= | grep -E 'T.*(sleep|sh)' && jobs\r"
	want {Stopped}
	prompt
	send "bg\r"
	prompt
	send "jobs\r"
	want {Running}
	prompt
	send "fg\r"
	in_front dmon
}
send "\003"
prompt
send "echo status=\$?=\r"
want {status=130=}
prompt

# One that takes no notice: the second ^C kills it.
send "dmon -n bash -c 'trap \"\" INT TERM; echo deaf; while :; do sleep 0.05; done'\r"
want {deaf}
in_front dmon
send "\003"
want {kills it at once}
send "\003"
prompt
send "echo status=\$?=\r"
want {status=137=}
prompt

# A command that reads the terminal and writes to it.
send "dmon -n -m 0 sh -c 'read line; echo got \$line'\r"
send "some words\r"
want {got some words}
prompt

# F31: the shell goes, with a dmon in the background and one in front.
send "dmon -n --cmd-pid-file front.pid sleep 1000\r"
set waited 0
while {![file exists front.pid]} { after 50; if {[incr waited] > 200} { fail "no front.pid" } }
send "\032"
prompt
send "bg\r"
prompt
send "dmon -n -p mine.pid --cmd-pid-file other.pid sleep 1000\r"
set waited 0
while {![file exists other.pid]} { after 50; if {[incr waited] > 200} { fail "no other.pid" } }
close
wait
puts "closed"
X
expect keys.exp >expect.out 2>&1 || { cat expect.out; fail "see above"; }
has expect.out closed
wait_for '[ ! -e mine.pid ] && [ ! -e other.pid ] && [ ! -e front.pid ]'
