# Item 7: the first process of a pid namespace, as in a container.
. "$LIB"
need unshare util-linux

inside() { unshare --fork --pid --mount-proc "$@"; }
equal "$(inside dmon -n -m 0 sh -c 'echo $PPID')" 1 "the parent of the command"
ends_with 7 inside dmon -n -m 0 sh -c 'exit 7'
ends_with 143 inside dmon -n -m 0 sh -c 'kill $$'
equal "$(inside dmon -n -m 0 seq 1000 -- sh -c 'wc -l')" 1000 "the lines of a log command"

# In the background the container would be over at once: -n is implied, and
# with it what needs it.
ends_with 7 inside dmon -m 0 sh -c 'exit 7' 2>err
equal "$(inside dmon -m 0 sh -c 'echo $PPID')" 1 "the parent of the command without -n"
inside dmon --explain true | grep -q '^runs *in the foreground, as process 1$'

# Orphans of everybody come to it and are reaped.
cat >orphans.sh <<'S'
for _ in $(seq 100); do (sh -c 'exit 0' &); done
echo made
while grep -l 'State:.Z' /proc/[0-9]*/status 2>/dev/null | grep -q .; do :; done
exit 5
S
ends_with 5 timeout 60 unshare --fork --pid --mount-proc dmon -n -m 0 sh orphans.sh

# TERM from outside ends all, in order.
unshare --fork --pid --mount-proc dmon -n bash -c 'trap "echo bye; exit 3" TERM; echo up; while :; do sleep 0.02; done' -- sh -c 'exec cat >log' &
unshare=$!
wait_for 'has log up'
kill -TERM "$(pgrep -P $unshare)"
joined $unshare 3
has log bye

# With the outer /proc its numbers would be somebody else's.
ends_with 125 unshare --fork --pid dmon -n -m 0 touch ran 2>err
has err '/proc is not that of this pid namespace'
holds '[ ! -e ran ]' "the command ran"
