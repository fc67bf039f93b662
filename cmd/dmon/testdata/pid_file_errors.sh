# F33: a file or a directory that cannot be used is told before detaching.
# leaves: loop.pid
. "$LIB"
row F33 'pid file that cannot be made'
private_mounts

mkdir dir ro full away
mount -t tmpfs -o ro tmpfs ro
mount -t tmpfs -o size=4k tmpfs full
head -c 4096 /dev/zero >full/filler 2>/dev/null || :
mkfifo fifo
ln -s loop.pid loop.pid

# refused REASON OPTION...
refused() {
	local reason=$1 how
	shift
	for how in -n -q; do
		ends_with 125 dmon $how "$@" touch "$PWD/ran" 2>err
		equal "$(lines err)" 1 "the number of lines that dmon $how $* says ($(cat err))"
		has err "$reason"
		lacks err '{'
	done
	holds '[ ! -e ran ]' "the command ran under $*"
}
refused 'no such file or directory' -p no/such/dir.pid
refused 'read-only file system' -p ro/x.pid
refused 'no space left on device' -p full/x.pid
refused 'directory' -p dir
refused 'not a regular file' -p fifo
refused 'not a regular file' -p /dev/null
refused 'a symbolic link' -p loop.pid
refused 'a symbolic link' --cmd-pid-file loop.pid
refused 'no such file or directory' --cmd-pid-file no/such/dir.pid
refused 'read-only file system' --cmd-pid-file ro/x.pid
refused 'directory' --cmd-pid-file dir
refused 'no such file or directory' -I no/such/events
refused 'read-only file system' -I ro/events
refused 'directory' -I dir
refused 'cannot use work directory' -W no-such-dir
refused 'cannot use work directory' -W err
refused 'cannot open "no/such/in"' --stdin no/such/in
refused 'cannot open "ro/out"' --stdout ro/out
refused 'cannot open "dir"' --stderr dir
holds '[ -z "$(ls full | grep -v filler)" ]' "what is left on the full disk: $(ls full)"
holds '[ "$(ls | grep -c pid)" = 1 ]' "pid files are left: $(ls)"

# Without rights.
chmod 755 .
ends_with 125 setpriv --reuid 61333 --regid 61333 --clear-groups dmon -p x.pid true 2>err
has err 'permission denied'

# A directory on the way that goes away later does no harm at the end.
dmon -p away/x.pid sleep 1000
dmon=$(cat away/x.pid)
rm -r away
kill "$dmon"
wait_for "gone $dmon"
