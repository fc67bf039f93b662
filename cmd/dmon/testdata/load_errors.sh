# What -L cannot be used with, and a load that cannot be read.
. "$LIB"
private_mounts

ends_with 125 dmon -n -L 2 -l 2 true 2>err
has err 'dmon: --load-low 2 is not below --load-high 2'
ends_with 125 dmon -n -l 2 true 2>err
has err '--load-low means nothing without --load-high'
ends_with 0 dmon -n -m 0 -L 1000x -l 999x true
ends_with 0 dmon -n -m 0 -L 1000 --load-window 15 true

# Each window is its own number.
printf '  1.00   9.00   1.00 1/100 1\n' >loadavg
mount --bind loadavg /proc/loadavg
ends_with 0 dmon -n -m 0 -L 4 touch one
dmon -p x.pid -L 4 --load-window 5 touch five 2>err
has err 'held: 5-minute load 9.00 is above 4.00, resumes below 2.00'
stop x.pid
holds '[ ! -e five ]' "the command ran above the 5-minute load"
ends_with 0 dmon -n -m 0 -L 4 --load-window 15 touch fifteen

# One that cannot be read is told before anything is started.
echo nonsense >loadavg
ends_with 125 dmon -n -L 4 touch ran 2>err
has err 'cannot read the load average'
ends_with 125 dmon -L 4 -p x.pid touch ran 2>err
has err 'cannot read the load average'
holds '[ ! -e ran ] && [ ! -e x.pid ]' "the command ran"

# One that cannot be read any more is told without -v, once, and nothing is paused for it.
fake_load 1
dmon -n -m 0 -L 4 sleep 1000 2>err &
dmon=$!
wait_for 'pgrep -P $dmon -x sleep >/dev/null'
equal "$(cat err)" "" "what is told while it can be read"
echo nonsense 1<>loadavg
wait_for 'has err "nothing is paused for it until that is over"'
has err 'dmon: cannot read the load average'
kill -USR1 $dmon
wait_for 'has err "command up"'
kill $dmon
joined $dmon 143
equal "$(count 'nothing is paused' err)" 1 "complaints about the load"
