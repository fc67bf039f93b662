# Root sees the names of all users and is led nowhere by what they plant; nobody else sees another's.
. "$LIB"
unset DMON_DIR

# A /run of our own, and users that nobody else has.
cat >inside.sh <<'IN'
. "$LIB"
mount -t tmpfs tmpfs /run
one="setpriv --reuid 61401 --regid 61401 --clear-groups"
two="setpriv --reuid 61402 --regid 61402 --clear-groups"
dmon --name root-one sleep 1000
[ "$(stat -c %a /run/dmon)" = 1777 ] || fail "/run/dmon is $(stat -c %a /run/dmon)"
$one dmon --name mine sleep 1001
$two dmon --name mine sleep 1002
equal "$($one dmonctl list | tail -n +2 | wc -l)" 1 'names that a user sees'
dmonctl -a list >list
equal "$(grep -c ':mine ' list)" 2 'names of users that root sees'
dmonctl -u 61401 is up mine
ends_with 125 $one dmonctl -u 61402 list 2>err
has err 'only root'
ends_with 125 $one dmonctl -a list 2>err

# What a user plants in his own directory: links, FIFOs, sockets of nobody, endless files.
dir=/run/dmon/61401
$one sh -c "mkdir $dir/x1 $dir/x2 $dir/x3 $dir/x4; ln -s /run/dmon/0/root-one $dir/x5; mkfifo $dir/x1/lock $dir/x1/record.json; ln -s /etc/shadow $dir/x2/record.json; : >$dir/x2/lock
	ln -s /dev/zero $dir/x3/record.json; : >$dir/x3/lock; echo '{\"name\":\"x4\",\"state\":\"up\",\"text\":\"\\u001b[2J\"}' >$dir/x4/record.json; : >$dir/x4/lock; chmod 777 $dir/x4"
timeout 20 dmonctl -a list >list 2>err || fail "root's list ended with $?"
lacks list x5 || fail "a link was followed"
lacks list root: || lacks list shadow || fail "a secret is shown"
! grep -q "$(printf '\033')" list err || fail "a control character is shown"
timeout 20 dmonctl -u 61401 -q status x1 || :
$one chmod 755 $dir
ends_with 125 dmonctl -u 61401 list 2>err
has err 'open to others'
$one chmod 700 $dir
rm -rf /run/dmon/61402x; ln -s /run/dmon/0 /run/dmon/61403
timeout 20 dmonctl -a list >list 2>err || :

# Another user's dmon is not root's to start, and root's socket is nobody's.
dmonctl -u 61401 stop mine
ends_with 125 dmonctl -u 61401 start mine 2>err
has err 'who alone may start it again'
$two sh -c 'exec 3<>/dev/null; python3 -c "
import socket
s=socket.socket(socket.AF_UNIX)
try:
    s.connect(\"/run/dmon/0/root-one/control\")
    raise SystemExit(1)
except PermissionError:
    pass
"' || fail "a stranger reached root's socket"
dmonctl stop root-one
$two dmonctl stop mine
IN
unshare -m bash -eu inside.sh

# Without /run/dmon it is a directory below /tmp, and a session's directory is never asked.
cat >below.sh <<'IN'
. "$LIB"
mount -t tmpfs -o mode=755 tmpfs /mnt
cp "$(command -v dmon)" "$(command -v dmonctl)" /mnt
PATH=/mnt:$PATH
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
chmod 1777 /tmp
one="setpriv --reuid 61401 --regid 61401 --clear-groups"
XDG_RUNTIME_DIR=/tmp/session $one dmon --name far sleep 1003
[ -d /tmp/dmon-61401/far ] && [ ! -e /tmp/session ] || fail "the name is elsewhere"
# Root sees that too, and a user whose names are there keeps them when root makes /run/dmon.
equal "$(dmonctl -a list 2>/dev/null | grep -c '^61401:far ')" 1 'names below /tmp'
dmon --name roots sleep 1004
[ -d /run/dmon ] || fail 'root has made no /run/dmon'
$one dmonctl is up far
ends_with 125 $one dmon --name far sleep 1003 2>err
has err 'already running'
equal "$(dmonctl -a list | grep -cE '^(61401:far|root:roots) ')" 2 'names in both places'
$one dmonctl stop far
$one dmonctl forget far
$one dmon --name far sleep 1003
[ -d /run/dmon/61401/far ] || fail 'what is new is not in the new place'
$one dmonctl stop far
dmonctl stop roots
rm -rf /run/dmon
# Where nothing can be made in /run root is below /tmp as well, and -a goes by that.
mount -t tmpfs -o ro tmpfs /run
dmon --name roots sleep 1004
[ -d /tmp/dmon-0/roots ] || fail 'root is elsewhere'
mkdir -m 700 /tmp/dmon-61405
chown 61406 /tmp/dmon-61405
timeout 20 dmonctl -a list >list 2>err
has list root:roots
has err 'user 61405'
dmonctl stop roots
# A place of one's own is that of nobody else.
DMON_DIR=/tmp/own dmon --name own sleep 1004
DMON_DIR=/tmp/own dmonctl -a list >list 2>err
has list root:own
equal "$(cat err)" '' 'what is said of others'
DMON_DIR=/tmp/own dmonctl stop own
# Squatted: somebody else owns the place.
mkdir -m 700 /tmp/dmon-61402
ends_with 125 setpriv --reuid 61402 --regid 61402 --clear-groups dmon --name x true 2>err
has err 'belongs to user 0'
setpriv --reuid 61402 --regid 61402 --clear-groups dmon -n -m 0 true
IN
unshare -m bash -eu below.sh
