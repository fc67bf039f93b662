# F57: what the owner of a directory puts at the names of dmon's pid files, before
# a start and between two runs, is left as it is: root writes only to its own.
. "$LIB"
row F57 'planted at pid files'
private_mounts
chmod 711 .
mkdir -m 700 private
mkdir foo
chown 65534 foo
victim=$PWD/private/shadow
nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

fresh() {
	rm -rf foo/* private/*
	(umask 077 && echo secret >private/shadow && echo 12 >private/number)
}
# untouched: the files that nobody must not get at are as they were.
untouched() {
	equal "$(stat -c '%U %a' private/*)" $'root 600\nroot 600' "owners and modes ($1)"
	equal "$(cat private/number private/shadow)" $'12\nsecret' "contents ($1)"
	equal "$(ls private)" $'number\nshadow' "names ($1)"
}

# Before the start.
for option in -p --cmd-pid-file; do
	for target in shadow number new; do
		fresh
		nobody ln -s "$PWD/private/$target" foo/a.pid
		ends_with 125 dmon -n -m 0 $option foo/a.pid -u 65534 touch ran 2>err
		has err 'a symbolic link, not a regular file'
		untouched "$option at a link to $target"
		holds '[ -L foo/a.pid ]' "the link is gone"
	done
	fresh
	nobody ln -s "$PWD/private" foo/sub
	ends_with 125 dmon -n -m 0 $option foo/sub/a.pid touch ran 2>err
	has err 'could lead it elsewhere'
	untouched "$option by a link on the way"
	# He leads elsewhere within his own, and root's links lead anywhere.
	nobody mkdir foo/his
	nobody ln -s his foo/way
	ends_with 0 dmon -n -m 0 $option foo/way/a.pid true
	ln -s "$PWD/foo" good
	ends_with 0 dmon -n -m 0 $option good/a.pid true
	rm good
	equal "$(ls foo foo/his)" "$(printf 'foo:\nhis\nsub\nway\n\nfoo/his:')" "what is left"
done

# The temporary names of old, and one of our pid that he may have planted.
fresh
cat >plant <<'T'
ln -s "$1" "foo/c.pid.$DMON_PID"
ln -s "$1" "foo/.c.pid.$DMON_PID"
mkfifo foo/c.pid.tmp
exit 0
T
chmod 755 plant
ends_with 0 dmon -n -m 1 --backoff 0 --cmd-pid-file foo/c.pid -u 65534 sh plant "$victim"
untouched 'temporary names'

# Between two runs: a link, a FIFO, a directory in place of the file.
for plant in 'ln -s "$1" foo/c.pid' 'ln "$1" foo/c.pid' 'mkfifo foo/c.pid' 'mkdir foo/c.pid' 'echo 1 monkey >foo/c.pid'; do
	fresh
	nobody touch foo/own
	ends_with 0 timeout 60 dmon -n -m 1 --backoff 0 --cmd-pid-file foo/c.pid -u 65534 sh -c '[ $DMON_RUN = 2 ] || { until [ -s foo/c.pid ]; do :; done; rm foo/c.pid; '"${plant/\"\$1\"/\$1}"'; }; exit 0' sh "$victim" 2>err || :
	untouched "between runs: $plant"
done
fresh
ends_with 0 dmon -n -m 1 --backoff 0 --cmd-pid-file foo/c.pid -u 65534 sh -c '[ $DMON_RUN = 2 ] || { until [ -s foo/c.pid ]; do :; done; rm foo/c.pid; mkfifo foo/c.pid; }' 2>err
has err 'cannot use pid file: foo/c.pid is a FIFO'
holds '[ -p foo/c.pid ]' "the FIFO is gone"

# The directory on the way is swapped while the command runs.
fresh
nobody mkdir foo/sub
echo 12 >private/c.pid
ends_with 0 dmon -n -m 1 --backoff 0 --cmd-pid-file foo/sub/c.pid -p foo/sub/x.pid -u 65534 sh -c '[ $DMON_RUN = 2 ] || until [ -s foo/sub/c.pid ]; do :; done; mv foo/sub foo/gone && ln -s "$1" foo/sub || :' sh "$PWD/private" 2>err
equal "$(cat private/c.pid)" 12 "the file in the directory of root"
rm private/c.pid
untouched 'a swapped directory'

# The system's own files.
mount -t tmpfs tmpfs /mnt
mknod /mnt/null c 1 3
mkfifo /mnt/fifo
ln -s /proc/self/fd/1 /mnt/stdout
for f in null fifo stdout; do
	was=$(stat -c '%i %F %Y' /mnt/$f)
	for option in -p --cmd-pid-file; do
		ends_with 125 dmon -n -m 0 $option /mnt/$f true >out 2>err
		has err 'not a regular file'
		equal "$(stat -c '%i %F %Y' /mnt/$f)" "$was" "/mnt/$f after $option"
	done
done
was=$(cat /proc/sys/kernel/pid_max)
ends_with 125 dmon -n -m 0 -p /proc/sys/kernel/pid_max true 2>err
ends_with 125 dmon -n -m 0 --cmd-pid-file /proc/sys/kernel/pid_max true 2>err
equal "$(cat /proc/sys/kernel/pid_max)" "$was" "a setting of the kernel"
