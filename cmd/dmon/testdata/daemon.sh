# F70: a daemon closes what its caller left open, so that pipes end and locks are
# free; and what is wrong before it is ready is told.
. "$LIB"
row F70 "pipes and locks of a daemon's caller"

# The pipe ends with the launcher: cat would wait for the daemon otherwise.
equal "$( (dmon -p x.pid sleep 1000 3>&1 4>&1 9>&1 && echo started) | timeout 60 cat)" started "what came through the pipe"
stop x.pid
(flock -n 9 && dmon -p x.pid sleep 1000) 9>lock
ends_with 0 flock -n lock true
(flock -n 200 && dmon -p y.pid sleep 1000 -- cat) 200>lock
ends_with 0 flock -n lock true
stop x.pid
stop y.pid
# What it is to keep both commands have, and nothing else.
dmon -p x.pid --keep-fds 7,9 sh -c 'ls /proc/self/fd >fds.new; echo kept >&9; mv fds.new fds; exec sleep 1000' -- sh -c 'echo logged >&7; exec cat' \
	6>six 7>seven 8>eight 9>nine
wait_for '[ -s fds ]'
equal "$(cat nine seven)" "kept
logged" "what was written to the descriptors that were kept"
holds '! grep -qE "^(6|8)$" fds' "others are open: $(tr '\n' ' ' <fds)"
stop x.pid
ends_with 125 dmon -p x.pid --keep-fds 77 true 2>err
has err 'cannot keep descriptor 77: bad file descriptor'

# In the foreground the command gets it, as under env(1).
equal "$(dmon -n -m 0 sh -c 'echo through >&3' 3>&1 >/dev/null)" through "what a command in the foreground wrote"

# The launcher is stopped by ^Z like any program, and goes on like any.
mkfifo in
set -m # a group of its own, which somebody can resume
env --default-signal=TSTP,CONT dmon -p x.pid --stdin in cat &
launcher=$!
set +m
wait_for '[ -s x.pid ]'
kill -TSTP $launcher
wait_for '[ "$(state $launcher)" = T ]'
kill -CONT $launcher
: >in
joined $launcher 0
stop x.pid

# A daemon that is killed before it is ready leaves no pid file, and it is said.
dmon -p x.pid --stdin in cat 2>err &
launcher=$!
wait_for '[ -s x.pid ]'
kill -KILL "$(cat x.pid)"
joined $launcher 125
has err 'dmon: the daemon died before it was ready: killed'
holds '[ ! -e x.pid ]' "the pid file is left"

# Without /proc it says so, with words that fit.
unshare -m --propagation private bash -c 'mount -t tmpfs tmpfs /proc; dmon -p x.pid true 2>err; echo $? >status'
equal "$(cat status)" 125 "the status without /proc"
has err /proc
lacks err 'cannot start the daemon'
lacks err 'pid namespace'
