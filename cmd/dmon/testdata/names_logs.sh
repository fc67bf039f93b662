# The log of a name, whatever logger writes it: its end, and what comes, over rotations.
. "$LIB"
need multilog daemontools
need svlogd runit

# talks NAME LOGGER...: a dmon whose command counts to 3000, in three parts, and waits.
cat >talk <<'EOF'
#!/bin/sh
for part in 1 2 3; do
	until [ -e "$1.$part" ]; do read -r _ <fifo; done
	seq "$part"001 "$part"999 | sed 's/^/line /'
done
exec sleep 1000
EOF
chmod +x talk
mkfifo fifo
exec 8<>fifo
go_on() { touch "$1"; echo >&8; }

follows() {
	local name=$1 file=$2 follower part
	go_on "$name.1"
	wait_for "grep -q 'line 1999' $file"
	dmonctl logs -n 2 "$name" >out
	equal "$(tr '\n' , <out | sed 's/[^,]*line/line/g')" 'line 1998,line 1999,' "the end of the log of $name"
	dmonctl logs -f -n 1 "$name" >"$name.out" &
	follower=$!
	wait_for "has $name.out 'line 1999'"
	for part in 2 3; do
		go_on "$name.$part"
		wait_for "has $name.out 'line ${part}999'"
	done
	dmonctl stop "$name"
	joined $follower 0
	sed 's/.*line //' "$name.out" >got
	{ echo 1999; seq 2001 2999; seq 3001 3999; } >want
	diff got want >differ || fail "what was followed of $name lacks or repeats: $(head -5 differ)"
}

dmon --name dlog ./talk dlog -- dlog --max-size 2k --max-files 50 d.log
follows dlog 'd.log*'
holds '[ "$(ls d.log* | wc -l)" -gt 5 ]' 'nothing was rotated'

mkdir m
dmon --name multilog ./talk multilog -- multilog s4096 n20 ./m
follows multilog 'm/*'
holds '[ "$(ls m/@* | wc -l)" -gt 3 ]' 'nothing was rotated'

mkdir v
printf 's2048\nn30\n' >v/config
dmon --name svlogd ./talk svlogd -- svlogd ./v
follows svlogd 'v/*'
holds '[ "$(ls v/@* | wc -l)" -gt 3 ]' 'nothing was rotated'

dmon --name plain --stdout p.log ./talk plain
follows plain p.log

# The next run writes to the same file, and is followed too.
dmon --name again --stdout a.log sh -c 'echo "I am $$"; exec sleep 1001'
wait_for '[ -s a.log ]'
dmonctl logs -f again >again.out &
follower=$!
wait_for '[ "$(lines again.out)" = 1 ]'
dmonctl restart again
wait_for '[ "$(lines again.out)" = 2 ]'
dmonctl stop again
joined $follower 0

# Who has no file says so; who has ended has none open.
dmon --name mute sleep 1002
ends_with 125 dmonctl logs mute 2>err
has err 'goes to no file'
dmonctl stop mute
ends_with 125 dmonctl logs mute 2>err
has err 'nobody has a log open'
