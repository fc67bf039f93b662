# slow
# doc/recipes.md and doc/coming-from.md: every line as it stands there, with programs
# in place of yours. One with -n ends with 0, or with a server until that is stopped; one without
# returns with 0 and what it leaves can be stopped. Each has a directory, a network and
# names of its own.
. "$LIB"
need nc netcat-openbsd
need multilog daemontools
need rsync rsync
need python3 python3
need ip iproute2
private_mounts
fake_load 0.10
fake_calm
mount -t tmpfs none /var/log
pages=$DATA/../../../doc

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
try:
    os.write(3, b'ready\n') # for --ready fd:3
except OSError:
    pass
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
dmonctl*)
	name=web
	case $line in *shop/*) name=shop/web ;; esac
	dmon --name $name server -- dlog web.log && wait_for '[ -s web.log ]'
	;;
*works=*) (wait_for 'dmonctl list | grep -q job' && touch done) & ;;
esac
printf '#!/bin/sh\nexit 0\n' >alert && cp alert finish && chmod +x alert finish

bash -c "$line" </dev/null >out 2>err &
pid=$!
case $line in
dmonctl*\ -f\ *) wait_for '[ -s out ]' && kill $pid ;;
*--for\ *) wait $pid || rc=$? ;;
*-n\ *server | *-n\ *any\ job) wait_for 'dmonctl list --json | grep -Eq "\"state\":\"(up|waiting)\""' ;;
*works=*) wait $pid || rc=$((${?} == 143 ? 0 : ${?})) ;; # it may be ended in the middle of a run
*) wait $pid || rc=$? ;;
esac
equal $rc 0 "the status of: $line ($(cat err))"
case $line in
dmonctl\ stop*start*) holds 'dmonctl is up shop/web' "it is back" ;;
*-n\ * | *forget* | *-m\ 0*job) ;;
*) wait_for '[ -n "$(dmonctl list --json)" ]' ;; # an automatic name comes behind the prompt
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
	dmonctl stop "$name" || equal $? 4 "the status of stop, where $name has not ended meanwhile"
done <left
X

sed -n 's/^    //p' "$pages/recipes.md" >lines
holds '[ "$(lines lines)" -ge 60 ]' "there are recipes"
sed -nE 's/^[|].*[|] `(dmon[^`]*)` [|]$/\1/p' "$pages/coming-from.md" | sort -u >>lines
holds '[ "$(lines lines)" -ge 130 ]' "there is something for those who come from elsewhere"
failed=
n=0
while IFS= read -r line; do
	n=$((n + 1))
	timeout 120 unshare -n bash -eu one.sh "recipe-$n" "$line" </dev/null >"said-$n" 2>&1 &
	pids[n]=$!
	if [ $((n % 16)) = 0 ] || [ $n = "$(lines lines)" ]; then
		for i in "${!pids[@]}"; do
			wait "${pids[i]}" || failed="$failed
$(sed -n "${i}p" lines): $(cat "said-$i")"
		done
		pids=()
	fi
done <lines
[ -z "$failed" ] || fail "$failed"
