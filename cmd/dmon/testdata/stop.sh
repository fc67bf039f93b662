# Stopping: F5 TERM ignored, F6 stopped members, F7 setsid and double forks,
# the stop sequence, and the second TERM.
. "$LIB"

# pids FILE N: wait until N pids are in FILE.
pids() { wait_for "[ \$(lines $1) -ge $2 ]"; }
all_gone() {
	local pid
	while read -r pid; do
		holds "gone $pid" "process $pid of the tree is left: $(cat "/proc/$pid/stat" 2>/dev/null || :)"
	done <"$1"
}

row F5 'TERM ignored'
# What ignores TERM gets KILL when its time is over.
dmon -n -k 200ms -I f5.events bash -c 'trap "" TERM; echo $$ >>f5; sleep 1000 & echo $! >>f5; while :; do wait; done' &
dmon=$!
pids f5 2
start=$(now)
kill $dmon
joined $dmon 137
holds "[ $(($(now) - start)) -ge 200 ]" "KILL came before the 200 ms were over"
all_gone f5
has f5.events "cmd signal $(head -1 f5) 15"
has f5.events "cmd signal $(head -1 f5) 9"
has f5.events "cmd stop $(head -1 f5)"
has f5.events "cmd exit $(head -1 f5) 9"

row F6 'a stopped member'
# A stopped member is woken, so that its handler runs.
dmon -n bash -c 'bash -c "trap \"echo handled >f6.said; exit\" TERM; echo \$\$ >>f6; while :; do sleep 0.05; done" & echo $$ >>f6; wait' &
dmon=$!
pids f6 2
kill -STOP "$(grep -v "$(pgrep -P $dmon)" f6)"
kill $dmon
joined $dmon 143
has f6.said handled
all_gone f6

row F7 'sessions of their own'
# Sessions of their own, parents gone: still of the tree.
cat >away.sh <<'S'
echo $$ >>f7
# A double fork: the subshell in the middle ends at once.
(setsid sh -c 'echo $$ >>f7; (setsid sh -c "echo \$\$ >>f7; exec sleep 1000" &); exec sleep 1000' &)
wait
exec sleep 1000
S
dmon -n sh away.sh &
dmon=$!
pids f7 3
kill $dmon
joined $dmon 143
all_gone f7

# The same tree, all of it ignoring TERM.
rm f7
dmon -n -k 100ms sh -c 'trap "" TERM; . ./away.sh' &
dmon=$!
pids f7 3
kill $dmon
joined $dmon 137
all_gone f7

# Strays are stopped before the next run starts, and by the ladder.
dmon -n --min-uptime 0 -m 1 -k 100ms bash -c 'trap "" TERM; [ $DMON_RUN = 1 ] || gone=$(kill -0 $(cat f8) 2>&1) || echo first >f8.said
	setsid sleep 1000 & echo $! >f8'
has f8.said first
all_gone f8

# A second TERM does not wait.
dmon -n -k 1h bash -c 'trap "echo one >>f9.said" TERM; echo $$ >f9; while :; do sleep 0.02; done' &
dmon=$!
pids f9 1
kill $dmon
wait_for '[ -s f9.said ]'
insist $dmon
joined $dmon 137
all_gone f9

row F65 'two requests within a second, in any pair'
# They are one, and polite, since timeout(1), shells and kernels send two; and a
# TERM is not lost behind sixteen others.
saver='trap "echo saved >>f65.said; exit 7" TERM HUP; echo $$ >f65; while :; do sleep 0.02; done'
for pair in 'TERM TERM' 'TERM HUP' 'HUP TERM' 'HUP HUP' 'INT TERM' 'TERM INT' 'INT HUP' 'HUP INT'; do
	rm -f f65 f65.said
	env --default-signal=INT,HUP dmon -n -k 1h bash -c "${saver/echo/sleep 0.3; echo}" &
	dmon=$!
	pids f65 1
	kill -${pair% *} $dmon
	kill -${pair#* } $dmon
	joined $dmon 7
	all_gone f65
done
rm -f f65
env --default-signal=INT,HUP dmon -n -s -k 1h bash -c "trap : USR1 USR2 ALRM WINCH QUIT; $saver" &
dmon=$!
pids f65 1
for _ in $(seq 16); do for s in USR1 USR2 ALRM WINCH QUIT; do kill -$s $dmon; done; done
kill $dmon
joined $dmon 7

# HUP comes because somebody has gone: however late, it means no haste.
rm -f f65 f65.said
env --default-signal=HUP dmon -n -k 1h -I f65.events bash -c "trap 'echo >>f65.said' TERM; trap 'exit 7' USR1; echo \$\$ >f65; while :; do sleep 0.02; done" &
dmon=$!
pids f65 1
kill $dmon
wait_for '[ -s f65.said ]'
nap 1.2
kill -HUP $dmon
kill -USR1 "$(cat f65)"
joined $dmon 7
equal "$(count '^cmd signal [0-9]* 9$' f65.events)" 0 "the number of KILLs"

# A stop sequence with targets: HUP to the main process alone, then USR1 to the
# children alone, and what is left gets KILL.
cat >told.sh <<'S'
trap 'echo main HUP >>f10.said' HUP
trap 'echo main USR1 >>f10.said' USR1
(
	trap 'echo child HUP >>f10.said' HUP
	trap 'echo child USR1 >>f10.said' USR1
	echo $BASHPID >>f10
	while :; do sleep 0.02; done
) &
echo $$ >>f10
while :; do sleep 0.02; done
S
dmon -n --stop-sequence HUP:main/300ms/USR1:children/300ms/KILL bash told.sh &
dmon=$!
pids f10 2
kill $dmon
joined $dmon 137
equal "$(sort f10.said | tr '\n' ,)" "child USR1,main HUP," "what the signals of the sequence reached"
all_gone f10

# INT stops as TERM does, where it is not ignored; so does HUP in the foreground.
for sig in INT HUP; do
	bash -c "trap - $sig; exec env --default-signal=$sig dmon -n sleep 1000" &
	dmon=$!
	wait_for "pgrep -P $dmon -x sleep >/dev/null"
	kill -$sig $dmon
	joined $dmon 143
done
