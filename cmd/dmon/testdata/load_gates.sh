# slow
# --pressure and --min-memory, the machine being what files of ours say.
. "$LIB"
private_mounts
mount -t tmpfs -o mode=1777 none /run/lock # no turns with other tests

# machine STALLED BUSY IDLE: so many hundredths of a second more of each.
stalled=0 busy=0 idle=0
machine() {
	stalled=$((stalled + $1)) busy=$((busy + $2)) idle=$((idle + $3))
	for f in pressure_cpu pressure_io pressure_memory; do
		printf 'some avg10=%05.2f avg60=0.00 avg300=0.00 total=%012d0000\n' "${recent:-0}" $stalled 1<>$f
	done
	printf 'cpu  %020d 0 0 %020d 0 0 0 0 0 0\ncpu0 1\ncpu1 1\n' $busy $idle 1<>stat
}
# available MIB
available() { printf 'MemTotal: %012d kB\nMemAvailable: %012d kB\n' $((8 << 20)) $(($1 << 10)) 1<>meminfo; }
# Over the kernel's, and not to be written there: nobody is to set a trigger.
over() { mount --bind "$1" "$2" && mount -o remount,bind,ro "$2"; }

# What this machine does not have is told before anything is started.
mount -t tmpfs none /proc/pressure
ends_with 125 dmon -n --pressure io=10 touch ran 2>err
has err 'cannot tell the io pressure: open /proc/pressure/io: no such file or directory (the kernel lacks it, or was not started with psi=1)'
ends_with 125 dmon -p x.pid --pressure cpu=10 touch ran 2>err
has err 'cannot tell the cpu pressure'
umount /proc/pressure
echo nothing >nothing
mount --bind nothing /proc/meminfo
ends_with 125 dmon -n --min-memory 1m touch ran 2>err
has err 'cannot tell the available memory: read /proc/meminfo: no total and available memory'
umount /proc/meminfo
holds '[ ! -e ran ] && [ ! -e x.pid ]' "a command ran without its gate"

machine 1000 1000 1000
available 1000
over stat /proc/stat
over meminfo /proc/meminfo
for r in cpu io memory; do over pressure_$r /proc/pressure/$r; done

# Pressure pauses, and its end alone does not resume: processors must be idle.
dmon -n -v -I c.events --pressure cpu=20:10 sh -c 'while :; do :; done' 2>c.err &
cpu=$!
dmon -n -v -I i.events --pressure io=20 --pressure memory=90 sleep 1000 2>i.err &
io=$!
dmon -n -v -I m.events --min-memory 500m sleep 1000 2>m.err &
mem=$!
wait_for 'has c.events "cmd start" && has i.events "cmd start" && has m.events "cmd start"'
nap 2.5
lacks c.events 'cmd pause'
machine 100000 100000 0
wait_for 'has c.events "cmd pause"'
wait_for "grep -Eq '^dmon: paused: cpu pressure [0-9.]+% is above 20%, resumes below 10% with [0-9.]+ processors idle' c.err" # a message follows its event
wait_for 'has i.events "cmd pause"'
wait_for "grep -Eq '^dmon: paused: (io|memory) pressure [0-9.]+% is above' i.err"
wait_for 'has i.events "cmd resume"' # the others are not held up
wait_for "grep -Eq '^dmon: resumed: .*pressure 0% is below' i.err"
lacks c.events 'cmd resume'
wait_for "kill -USR1 $cpu; grep -Eq 'command paused, .*cpu pressure 0%, pauses above 20%, resumes below 10% with [0-9.]+ processors idle, 0.0 are' c.err"
wait_for 'machine 0 0 100; has c.events "cmd resume"' 60
wait_for "grep -Eq '^dmon: resumed: cpu pressure 0% is below 10% and [0-9.]+ processors are idle' c.err"

# So does too little memory, until there is a tenth more.
available 499
wait_for 'has m.events "cmd pause"'
wait_for 'has m.err "dmon: paused: available memory 499.0MiB is below 500.0MiB, resumes above 550.0MiB"'
available 540
nap 2.5
lacks m.events 'cmd resume'
available 551
wait_for 'has m.events "cmd resume"' 60
wait_for 'has m.err "dmon: resumed: available memory 551.0MiB is above 550.0MiB"'

# Blind later on: told, and let run.
available 100
wait_for '[ $(count "cmd pause" m.events) = 2 ]'
printf x 1<>meminfo
wait_for 'has m.err "cannot tell the available memory"'
wait_for '[ $(count "cmd resume" m.events) = 2 ]' 60

# A start is held by what the kernel remembers.
recent=50 machine 0 0 0
dmon -n -v --pressure cpu=20 true 2>h.err &
held=$!
wait_for "has h.err 'dmon: held: cpu pressure 50% is above 20%, resumes below 10% with 0.9 processors idle'"
kill $held
joined $held 143

kill $cpu $io $mem
for p in $cpu $io $mem; do joined $p 143; done
