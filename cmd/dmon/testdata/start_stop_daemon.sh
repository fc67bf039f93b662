# Item 6: a stranger who knows the pid file only: Debian's start-stop-daemon.
. "$LIB"
need start-stop-daemon dpkg

dmon=$(command -v dmon)
ssd() { start-stop-daemon --pidfile "$PWD/x.pid" --exec "$dmon" "$@"; }
ends_with 3 ssd --status
ssd --start -- -p "$PWD/x.pid" --cmd-pid-file "$PWD/c.pid" sh -c 'sleep 1000; :'
ends_with 0 ssd --status
pid=$(cat x.pid)
cmd=$(cat c.pid)
# Twice is refused.
ends_with 1 ssd --start -- -p "$PWD/x.pid" touch "$PWD/ran"
ssd --start --oknodo -- -p "$PWD/x.pid" touch "$PWD/ran" >/dev/null
equal "$(cat x.pid)" "$pid" "the pid"
ends_with 0 ssd --stop --retry TERM/20/KILL/5
ends_with 3 ssd --status
holds "gone $pid && gone $cmd" "something is left"
holds '[ ! -e x.pid ] && [ ! -e c.pid ] && [ ! -e ran ]' "files: $(ls)"
ends_with 1 ssd --stop --retry 5 2>/dev/null

# One that ignores TERM is gone after the stop too: dmon does not end before it.
ssd --start -- -k 300ms -p "$PWD/x.pid" --cmd-pid-file "$PWD/c.pid" sh -c 'trap "" TERM; while :; do sleep 0.05; done'
cmd=$(cat c.pid)
ends_with 0 ssd --stop --retry TERM/20/KILL/5
holds "gone $cmd" "the command is left"
# Stale, and of a process that is somebody else.
ssd --start -- -p "$PWD/x.pid" sleep 1000
kill -KILL "$(cat x.pid)"
wait_for 'start-stop-daemon --pidfile "$PWD/x.pid" --exec "$dmon" --status; [ $? = 1 ]'
ends_with 0 ssd --start -- -p "$PWD/x.pid" sleep 1000
ends_with 0 ssd --status
ends_with 0 ssd --stop --retry 20
