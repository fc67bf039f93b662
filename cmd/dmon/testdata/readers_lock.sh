# F59: a lock that any reader can have neither keeps dmon from its pid file nor
# makes the reader pass for the one who runs.
. "$LIB"
row F59 'locks of readers'
chmod 711 .
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
cat >lock.py <<'T'
import fcntl, os, sys
how, path, ready = sys.argv[1:]
f = open(path)
if how == 'flock': fcntl.flock(f, fcntl.LOCK_EX)
if how == 'shared': fcntl.flock(f, fcntl.LOCK_SH)
if how == 'posix': fcntl.lockf(f, fcntl.LOCK_SH)
print(flush=True, file=open(ready, 'w'))
sys.stdin.read()
T
need python3 python3
mkfifo hold
exec 7<>hold

# The file is stale, and somebody has it locked; then it is held, and he tries.
for who in '' "$nobody"; do
	for how in flock shared posix; do
		echo 4194304 >x.pid
		: >ready
		chmod 666 ready
		$who python3 lock.py $how x.pid ready <hold 7<&- 7>&- 9<&- &
		reader=$!
		wait_for '[ -s ready ]'
		ends_with 0 dmon -p x.pid sleep 1000
		ends_with 125 dmon -p x.pid true 2>err
		has err "already running as process $(cat x.pid) "
		kill $reader
		joined $reader 143
		stop x.pid
		holds '[ ! -e x.pid ]' "the pid file is left"
	done
done

# Fresh starts while somebody locks whatever he finds.
cat >annoy.py <<'T'
import fcntl
while True:
    try:
        with open('x.pid') as f:
            fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.lockf(f, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError: pass
T
$nobody python3 annoy.py &
annoyer=$!
for _ in $(seq 30); do
	ends_with 0 dmon -n -m 0 -p x.pid true
	echo 4194304 >x.pid
	ends_with 0 dmon -n -m 0 -p x.pid true
done
kill $annoyer
joined $annoyer 143

# A file that somebody else owns is not kept.
echo 4194304 >x.pid
chown 65534 x.pid
dmon -p x.pid sleep 1000
equal "$(stat -c '%U %a' x.pid)" 'root 644' "owner and mode of the pid file"
stop x.pid

# flock(1) sees that dmon runs.
dmon -p x.pid sleep 1000
ends_with 1 flock -n x.pid true
stop x.pid

# The group of a killed dmon is found behind a lock on its directory.
place=$(unified)$(sed -n 's/^0:://p' /proc/self/cgroup)
me=readers$$
dmon -p $me.pid sh -c 'trap "" TERM; echo $$ >left; exec sleep 1000'
wait_for '[ -s left ]'
group=$(echo "${place%/}"/dmon.${me}_pid.*)
kill -KILL "$(cat $me.pid)"
wait_for "gone $(cat $me.pid)"
: >ready
$nobody python3 lock.py flock /dev/null ready <hold 7<&- 7>&- 9<&- &
other=$!
flock "$group" sh -c 'echo >locked; exec sleep 1000' 7<&- 7>&- 9<&- &
reader=$!
wait_for '[ -s locked ]'
dmon -k 100ms -p $me.pid sleep 1000 2>err
has err 'a killed dmon left 1 process'
holds 'gone $(cat left)' "what was left runs beside the next"
stop $me.pid
kill $other $(pgrep -P $reader) $reader || :
wait $reader $other || :
