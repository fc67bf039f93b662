# slow
# --load-of others: the load average less what the command adds, to a tenth. A
# load of 10 that does not move stands for the others and the command together.
. "$LIB"
private_mounts

fake_load 10.00
dmon -n -L 100 --load-of others sh -c 'sh -c "while :; do :; done" & while :; do :; done' 2>err &
dmon=$!
start=$(now)
nap 62
kill -USR1 $dmon
wait_for 'has err "pauses above 100.00"'
# The kernel's turns that dmon has followed: one at each look, every 5 seconds.
turns=$((($(now) - start) / 5000))
seen=$(sed -n 's/.*load of others \([0-9.]*\),.*/\1/p' err)
# Two tasks, of which e^(-5s/60s) of what is missing is left after each turn.
awk -v seen="$seen" -v n=$turns 'BEGIN {
	want = 10 - 2 * (1 - exp(-5 * n / 60))
	print "seen " seen ", want " want
	exit !(seen - want < 0.1 && want - seen < 0.1)
}'
kill $dmon
joined $dmon 143
