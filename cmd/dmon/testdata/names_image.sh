# An image that holds dmon and dmonctl and nothing else: the first process, and its health check.
. "$LIB"
need busybox busybox-static
unset DMON_DIR

mkdir -p image/proc image/bin
cp "$(command -v dmon)" "$(command -v dmonctl)" "$(command -v busybox)" image/
cat >inside.sh <<'IN'
mount -t proc proc image/proc
exec chroot image /dmon -n --name web /busybox sleep 1000
IN
unshare --fork --pid --mount sh -eu inside.sh 2>err &
wait_for 'pgrep -P $! >/dev/null'
pid=$(pgrep -P $!)
check() { nsenter -t "$pid" -m -p -r "$@"; }
wait_for 'check /dmonctl -q status web'
check /dmonctl list >out
has out web
check /dmonctl down web
ends_with 3 check /dmonctl -q status web
check /dmonctl up web
ends_with 0 check /dmonctl -q status web
check /dmonctl stop web || :
wait $! || :
