# --messages PATH and syslog:FACILITY: dmon's own file, which has a bound, and what is
# lost on the way to it.
. "$LIB"
need python3 python3
need setpriv util-linux
private_mounts

# A daemon without a syslogd: with times, in a file that is opened anew by its name.
dmon -p d.pid --name filed -v --backoff 10ms --messages ./said sh -c 'echo $$ >up; [ ! -e bad ] || exit 3; exec sleep 1000'
wait_for 'has said "command started"'
grep -qE '^20[0-9-]{8} [0-9:]{8}\.[0-9]{6} [+-][0-9]{4} dmon\[[0-9]+\]: command started, pid [0-9]+, run 1$' said || fail "the line of a start"
mv said said.old
dmonctl restart filed
wait_for 'has said "run 2"'
rm said
kill -HUP "$(cat d.pid)" # as after a rotation; a daemon needs none
dmonctl restart filed
wait_for 'has said "run 3"'
lacks said.old 'run 2'
stop d.pid
has said 'leaving: signal TERM'

# Without its directory messages are lost, which is told when it is there again.
mkdir gone
dmon -n --name lost -v --messages gone/said sleep 1000 2>err &
dmon=$!
wait_for 'has gone/said "command started"'
rm -r gone
dmonctl restart lost
wait_for 'has err "messages come here for now: " && has err "run 2"'
holds '[ ! -e gone ]' "a directory was made"
mkdir gone
dmonctl restart lost
wait_for 'has gone/said "run 3"'
grep -qE ': [0-9]+ messages could not be told here: .*no such file or directory$' gone/said || fail "the count"

# A full disk: nothing is torn, the count comes with what has room.
mkdir small
mount -t tmpfs -o size=64k none small
dmon -n --name full -v --messages small/said sleep 1000 2>err2 &
full=$!
wait_for 'has small/said "command started"'
status dd if=/dev/zero of=small/fill bs=4k status=none 2>/dev/null
head -c 3700 /dev/zero | tr '\0' x >>small/said
echo >>small/said
while dmonctl restart full && ! has err2 'messages come here for now'; do :; done
has err2 'no space left on device'
rm small/fill
dmonctl restart full
wait_for 'grep -q "messages\? could not be told here: .*no space left" small/said'
kill $full $dmon
joined $full 143
joined $dmon 143
tail -c1 small/said | cmp - <(echo)
umount small

# It has a bound: 3 MB in three files, whatever happens.
echo old >b.said.1
head -c 999990 /dev/zero | tr '\0' y >b.said
dmon -n -m 0 -v --messages ./b.said true
cmp <(head -c 999990 /dev/zero | tr '\0' y) b.said.1
equal "$(cat b.said.2)" old "the oldest file"
has b.said 'command started'

# Where others may write, no link of theirs is followed and no FIFO waited for.
mkdir -m 1777 shared
echo precious >precious
for plant in 'ln -s ../precious shared/said' 'mkfifo shared/said'; do
	setpriv --reuid 65534 --clear-groups $plant
	ends_with 125 timeout 20 dmon -n -m 0 -v --messages shared/said touch ran 2>err
	has err "dmon: cannot open shared/said for messages"
	rm shared/said
done
equal "$(cat precious)" precious "a file behind a link"
holds '[ ! -e ran ]' "a command ran without a place for messages"
ends_with 125 dmon -p x.pid --messages nowhere/said touch ran 2>err
has err "cannot open nowhere/said for messages: open nowhere/said: no such file or directory"

# The facility: 3 is daemon, 19 local3.
python3 - <<'P' &
import socket, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("log")
s.settimeout(20)
with open("facilities", "wb") as f:
    for _ in range(2):
        f.write(s.recv(4096).split(b">")[0] + b">\n")
P
peer=$!
wait_for '[ -S log ]'
[ -e /dev/log ] || : >/dev/log
mount --bind log /dev/log
for f in '' :LOCAL3; do dmon -n -m 0 --messages syslog$f sh -c 'exit 3' || :; done
joined $peer 0
equal "$(tr '\n' ' ' <facilities)" "<28> <156> " "the priorities"
