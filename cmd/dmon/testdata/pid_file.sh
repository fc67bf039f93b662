# F34: when dmon returns, the pid file holds the daemon's pid and its command
# runs: 200 starts and stops without a race.
. "$LIB"
row F34 'pid file read at once'

for _ in $(seq 200); do
	dmon -p x.pid --cmd-pid-file c.pid sleep 1000
	read -r dmon <x.pid
	read -r cmd <c.pid
	equal "$(readlink "/proc/$cmd/exe")" "$(readlink -f /bin/sleep)" "the command's program"
	kill "$dmon"
	wait_for "gone $dmon"
	holds "gone $cmd" "the command is left"
	holds '[ ! -e x.pid ] && [ ! -e c.pid ]' "a pid file is left"
done

# A daemon leads a session of its own, and so does its command.
dmon -p x.pid --cmd-pid-file c.pid sleep 1000
equal "$(ps -o sid= "$(cat c.pid)" | tr -d ' ')" "$(cat c.pid)" "the command's session"
equal "$(ps -o sid= "$(cat x.pid)" | tr -d ' ')" "$(cat x.pid)" "the daemon's session"
stop x.pid

# --cmd-pid-file follows the command.
dmon -p x.pid --cmd-pid-file c.pid --min-uptime 0 sleep 1000
old=$(cat c.pid)
kill -KILL "$old"
wait_for '[ -s c.pid ] && [ $(cat c.pid) != '"$old"' ]'
alive "$(cat c.pid)"
stop x.pid
# While nothing runs it is not there.
dmon -p x.pid --cmd-pid-file c.pid --backoff 1h false
wait_for '[ ! -e c.pid ]'
stop x.pid

# -W comes first: other paths are relative to it.
mkdir dir
dmon -W dir -p x.pid --cmd-pid-file c.pid -I events --stdout out sh -c 'pwd; exec sleep 1000'
holds '[ -s dir/x.pid ] && [ -s dir/c.pid ] && [ -s dir/events ]' "files are not in the work directory"
wait_for '[ -s dir/out ]'
equal "$(cat dir/out)" "$PWD/dir" "the work directory of the command"
stop dir/x.pid
