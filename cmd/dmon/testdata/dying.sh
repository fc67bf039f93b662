# F32, F59: a dmon that was killed holds its locks until the last of its threads has
# ended, and its first one looks like a zombie by then. The next dmon waits for that.
. "$LIB"
need python3 python3

# Both locks, by a process whose first thread has ended: the others wait for the FIFO.
cat >dying.py <<'P'
import ctypes, fcntl, os, platform, struct, sys, threading
how, path = sys.argv[1:]
fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
os.write(fd, b'%d\n' % os.getpid())
lock = struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
fcntl.fcntl(fd, fcntl.F_SETLK if how == 'pid' else 37, lock) # F_OFD_SETLK
def rest():
    open('end').read()
    os._exit(0)
threading.Thread(target=rest).start()
print('locked', flush=True)
ctypes.CDLL(None).syscall(93 if platform.machine() == 'aarch64' else 60, 0)
P
mkfifo end

# dying HOW FILE DMON...: the dmon waits as long as the lock is there, and starts then.
dying() {
	python3 dying.py "$1" "$2" >said &
	local holder=$! next
	wait_for '[ "$(state '$holder')" = Z ] && has said locked'
	shift 2
	"$@" 2>err &
	next=$!
	wait_for "gone $next || ls -l /proc/$next/fd | grep -q pidfd"
	holds "alive $next" "the next dmon does not wait: $(cat err)"
	echo >end
	joined $next 7
	wait $holder
}

row F59 'a pid file of a dmon that dies'
dying pid x.pid dmon -n -q -m 0 -p x.pid sh -c 'exit 7'

row F32 'a name of a dmon that dies'
dmon -n -q -m 0 --name who true
dying name "$DMON_DIR/who/lock" dmon -n -q -m 0 --name who sh -c 'exit 7'
