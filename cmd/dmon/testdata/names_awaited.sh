# wait: it sleeps and does not look again and again; several names; restarts, pauses and records that come and go meanwhile.
. "$LIB"
need strace strace
asleep() { wait_for "grep -sq inotify /proc/$1/fdinfo/*"; }

# Asleep until something happens: without a time limit, and each thread of it.
dmon --name quiet sleep 1000
strace -f -o calls dmonctl wait quiet &
tracer=$!
wait_for 'grep -q "ppoll(" calls'
wait_for 'waiter=$(pgrep -P $tracer dmonctl)'
wait_for '[ "$(cat /proc/$waiter/task/*/wchan | grep -c poll)" -ge 1 ]'
before=$(lines calls)
dmonctl text quiet 'something else' # it looks, once, and sleeps again
wait_for '[ "$(lines calls)" -gt "$before" ]'
dmonctl stop quiet
joined $tracer 143
holds '[ "$(grep -c "ppoll(" calls)" -lt 60 ]' 'it has looked again and again'
holds '! grep "ppoll(" calls | grep -v "NULL, NULL"' 'it has waited with a time limit'

# Several: all, each in its time, and the status of the first by name that failed; any.
mkfifo a b c
for n in a b c; do dmon --name "$n" -m 0 sh -c "read -r status <$n; exit \$status"; done
dmonctl wait 'c' a 'b*' &
all=$!
dmonctl wait --any a b c &
any=$!
asleep $all
asleep $any
echo 4 >c
joined $any 4
echo 0 >a
alive $all
echo 7 >b
joined $all 7
ends_with 0 dmonctl wait a
ends_with 4 dmonctl wait c
ends_with 7 dmonctl wait a b c

# What has been so, and what comes: of one that ends and begins anew meanwhile.
dmon --name web --min-uptime 0 sleep 1001
for what in restart down up paused; do
	case $what in
	restart) verb=restart ;;
	paused) verb=pause ;;
	*) verb=$what ;;
	esac
	[ "$what" != up ] || dmonctl is down web
	dmonctl wait --for $what web &
	waiter=$!
	asleep $waiter
	dmonctl --no-wait $verb web
	joined $waiter 0
	ends_with 0 dmonctl wait -t 60 --for "${what/restart/up}" web
done
dmonctl resume web
ends_with 124 dmonctl wait -t 0.01 --for paused web 2>err
has err '"paused" of web'
ends_with 124 dmonctl wait -t 0.01 --for healthy web 2>err

# Restarts do not end the wait for its end, however many; its end does, and the record that is forgotten does not hide it.
dmonctl wait web &
waiter=$!
asleep $waiter
for n in 1 2 3 4 5; do dmonctl restart web; done
alive $waiter
dmonctl stop web
dmonctl forget web
joined $waiter 143

# Replaced: what is awaited is of the one that was there.
for n in 1 2 3 4 5 6 7 8; do
	dmon --name next -m 0 sh -c "read -r _ <a; exit $n"
	dmonctl wait next &
	waiter=$!
	asleep $waiter
	echo >a
	until dmon --name next sleep 1002 2>/dev/null; do nap 0.001; done
	joined $waiter $n
	dmonctl stop next
	dmonctl forget next
done

# What is not there cannot be awaited, and TERM ends the wait and nothing else.
ends_with 4 dmonctl wait next 2>err
dmon --name next sleep 1002
dmonctl wait next &
waiter=$!
asleep $waiter
kill $waiter
joined $waiter 143
dmonctl is up next
dmonctl stop next
