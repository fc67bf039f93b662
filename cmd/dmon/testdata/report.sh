# --report: a receiver hears how the command does; a network that answers nothing
# delays nothing.
. "$LIB"
private_mounts
need python3 python3
[ "${PRIVATE_NET-}" ] || PRIVATE_NET=1 exec unshare -n bash -eu "$0"
ip link set lo up multicast on
export DMON_DIR=$PWD/names

# hear FAMILY ADDRESS FILE [GROUP]: writes its port to FILE.port, then each
# datagram with a line "from" before it.
cat >hear.py <<'T'
import os, socket, struct, sys
family, address, file = sys.argv[1:4]
s = socket.socket(socket.AF_INET6 if family == '6' else socket.AF_INET, socket.SOCK_DGRAM)
s.bind((address, 0))
if len(sys.argv) > 4:
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack('4s4si', socket.inet_aton(sys.argv[4]), b'\0' * 4, socket.if_nametoindex('lo')))
with open(file + '.new', 'w') as f:
    f.write(str(s.getsockname()[1]))
os.rename(file + '.new', file + '.port')
out = open(file, 'w', 1)
while True:
    out.write('from\n' + s.recv(2000).decode())
T
listeners=
hear() {
	python3 hear.py "$@" &
	listeners="$listeners $!"
	wait_for "[ -s $3.port ]"
}

# Up, down by request and up again, with the name, the host and the pid.
hear 4 127.0.0.1 got
dmon --name web/one -p x.pid --report "udp://127.0.0.1:$(cat got.port)" --report-interval 100ms sleep 1000
cmd=$(dmonctl --json status web/one | python3 -c 'import json, sys; print(json.load(sys.stdin)["command"]["pid"])')
wait_for "grep -qE '^web/one e [0-9]+ $cmd sleep$' got"
equal "$(sed -n 2p got)" "report $(uname -n)" "the first line"
dmonctl down web/one
wait_for "grep -qE '^web/one d [0-9]+ 0 sleep$' got"
n=$(lines got)
dmonctl up web/one
wait_for "tail -n +$n got | grep -qE '^web/one e [0-9]+ [1-9][0-9]* sleep$'"
stop x.pid

# Begun down; without a name; by IPv6; to a group by an interface.
hear 6 ::1 six
dmon --name '' -p x.pid --report "udp://[::1]:$(cat six.port)" --report-interval 100ms sleep 1000
wait_for "grep -qE '^sleep e [0-9]+ [1-9][0-9]* sleep$' six"
stop x.pid
hear 4 '' group 239.1.2.3
dmon -p x.pid --down --report "udp://239.1.2.3:$(cat group.port)%lo" --report-interval 100ms sleep 1000
wait_for "grep -qE '^sleep d 0 0 sleep$' group"
stop x.pid

# A server of names that says nothing, as soon as it is asked: the command starts,
# and TERM ends all at once.
cat >mute.py <<'T'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('127.0.0.1', 53))
open('mute', 'w')
s.recv(2000)
open('asked', 'w')
s.recv(2000)
while True: s.recv(2000)
T
python3 mute.py &
listeners="$listeners $!"
wait_for '[ -e mute ]'
printf 'nameserver 127.0.0.1\noptions timeout:30\n' >resolv
[ -e /etc/resolv.conf ] || : >/etc/resolv.conf
mount --bind resolv /etc/resolv.conf
dmon -n --report udp://somewhere.example:9 starts runs sleep 1000 2>err &
dmon=$!
wait_for '[ -e asked ] && [ -s runs ]'
kill $dmon
joined $dmon 143

# One that is not there: told once.
umount /etc/resolv.conf
dmon -n --report udp://nowhere.invalid:9 --report-interval 100ms sh -c 'sleep 1' 2>err &
dmon=$!
wait_for 'has err "dmon: cannot report to udp://nowhere.invalid:9: "'
dmon -n --report udp://127.0.0.1:9%nosuch0 --report-interval 100ms -i 100ms --min-uptime 0 sh -c 'echo >>runs2' 2>err2 &
dmon2=$!
wait_for '[ $(lines runs2) -ge 10 ]' # more intervals than one have passed
kill $dmon $dmon2
wait $dmon2 || : # 0 between two runs, 143 in one
rc=0
wait $dmon || rc=$?
equal "$(count 'cannot report' err)$(count 'there is no interface nosuch0' err2)" 11 "how often it was told"
kill $listeners
