# slow
# doc/recipes.md: every line as it stands there, with programs in place of yours.
# One with -n ends with 0; one without returns with 0 and what it leaves can be
# stopped. Each has a directory, a network and a system directory of its own.
. "$LIB"
need nc netcat-openbsd
need rsync rsync
need python3 python3
need ip iproute2
private_mounts
fake_load 0.10
for resource in cpu io memory; do
	printf '%s avg10=0.00 avg60=0.00 avg300=0.00 total=0\n' some full >"pressure-$resource"
	mount --bind "pressure-$resource" "/proc/pressure/$resource"
	mount -o remount,bind,ro "/proc/pressure/$resource" # nobody is to set a trigger
done
mount -t tmpfs none /var/log
page=$DATA/../../../doc/recipes.md

mkdir programs
cat >programs/server <<'X'
#!/usr/bin/env python3
# server [--port N] [--file PATH] [--notify] [--for SECONDS]: ready at once, and there
# until it is told to end.
import os, signal, socket, sys
args = dict(zip(sys.argv[1:], sys.argv[2:] + ['']))
listener = None
if '--port' in args:
    listener = socket.create_server(('localhost', int(args['--port'])))
if '--file' in args:
    open(args['--file'], 'w').close()
if '--notify' in args:
    peer = os.environ['NOTIFY_SOCKET']
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'READY=1', '\0' + peer[1:] if peer[0] == '@' else peer)
print('it runs', flush=True)
signal.signal(signal.SIGHUP, lambda *_: print('read again', flush=True))
if '--for' in args:
    signal.alarm(1)
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(0))
while True:
    signal.pause()
X
printf '#!/bin/sh\nsleep 1000 &\n' >programs/old-daemon
printf '#!/bin/sh\necho done\n' >programs/job
printf '#!/bin/sh\nls tried 2>/dev/null || { >tried; exit 1; }\n' >programs/flaky
printf '#!/bin/sh\necho "$@" >>told\n' >programs/notify-me
chmod +x programs/*
PATH=$PWD/programs:$PATH

# One line, and that nothing of it stays.
cat >one.sh <<'X'
. "$LIB"
line=$2 rc=0
mkdir "$1" && cd "$1"
export DMON_DIR=$PWD/names
mkdir src && echo data >src/file && echo old >server.conf
ip link set lo up
server --port 7001 >server-7001 &
helper=$!
trap 'kill $helper' EXIT
wait_for '[ -s server-7001 ]'
case $line in
dmonctl*) dmon --name shop/web server -- dlog web.log && wait_for '[ -s web.log ]' ;;
*works=*) (wait_for 'dmonctl list | grep -q job' && touch done) & ;;
esac
bash -c "$line" </dev/null >out 2>err || rc=$?
equal $rc 0 "the status of: $line ($(cat err))"
case $line in
dmonctl\ stop*) holds 'dmonctl is up shop/web' "it is back" ;;
*-n\ *) ;;
*) holds '[ -n "$(dmonctl list --json)" ]' "something runs" ;;
esac
case $line in
*\ rsync\ *) holds 'cmp -s src/file dst/file' "the copy is there" ;;
*it\ failed*) holds 'grep -q "it failed" told' "it was told" ;;
*timeline*) holds 'grep -q "<svg" web.svg' "the picture is there" ;;
*metrics*) holds 'grep -q "^dmon_" out' "there are numbers" ;;
*HUP:changed*) echo new >server.conf && wait_for 'dmonctl events web | grep -q HUP' ;;
*restart-if\ changed*) echo new >server.conf && wait_for 'dmonctl events web | grep -q "\"run\":2"' ;;
esac
dmonctl list --json | sed 's/.*"name":"\([^"]*\)".*/\1/' >left
while read -r name; do
	dmonctl stop "$name"
done <left
X

sed -n 's/^    //p' "$page" >lines
holds '[ "$(lines lines)" -ge 60 ]' "there are recipes"
failed=
n=0
while IFS= read -r line; do
	n=$((n + 1))
	timeout 120 unshare -n bash -eu one.sh "recipe-$n" "$line" </dev/null >"said-$n" 2>&1 &
	pids[n]=$!
	if [ $((n % 8)) = 0 ] || [ $n = "$(lines lines)" ]; then
		for i in "${!pids[@]}"; do
			wait "${pids[i]}" || failed="$failed
$(sed -n "${i}p" lines): $(cat "said-$i")"
		done
		pids=()
	fi
done <lines
[ -z "$failed" ] || fail "$failed"
