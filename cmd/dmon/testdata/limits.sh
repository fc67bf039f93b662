# F22: limits, small ones too, for the command alone.
. "$LIB"
row F22 'small limits'
need prlimit util-linux
need setpriv util-linux

limits() { awk -v n="$2" 'index($0, n) == 1 { $0 = substr($0, 27); print $1, $2 }' "$1"; }

# Through a pipe: nothing can be written to a file under fsize=0.
dmon -n -m 0 -r vmem=20m -r files=16 -r nproc=1 -r stack=256k -r fsize=0 -r core=0 -r cpu=1m -r data=10m \
	-r locks=5 -r mlock=64k -r msgq=1k -r nice=0 -r rss=1g -r rtprio=0 -r rttime=5ms -r sigpending=100 \
	sh -c 'cat /proc/$$/limits' | cat >got
equal "${PIPESTATUS[0]}" 0 "the status under all limits"
equal "$(limits got 'Max address space')" "20971520 20971520" vmem
equal "$(limits got 'Max open files')" "16 16" files
equal "$(limits got 'Max processes')" "1 1" nproc
equal "$(limits got 'Max stack size')" "262144 262144" stack
equal "$(limits got 'Max file size')" "0 0" fsize
equal "$(limits got 'Max core file size')" "0 0" core
equal "$(limits got 'Max cpu time')" "60 60" cpu
equal "$(limits got 'Max data size')" "10485760 10485760" data
equal "$(limits got 'Max file locks')" "5 5" locks
equal "$(limits got 'Max locked memory')" "65536 65536" mlock
equal "$(limits got 'Max msgqueue size')" "1024 1024" msgq
equal "$(limits got 'Max nice priority')" "0 0" nice
equal "$(limits got 'Max resident set')" "1073741824 1073741824" rss
equal "$(limits got 'Max realtime priority')" "0 0" rtprio
equal "$(limits got 'Max realtime timeout')" "5000 5000" rttime
equal "$(limits got 'Max pending signals')" "100 100" sigpending

# dmon keeps its own, and so does the log command.
cat /proc/$$/limits >ours
dmon -n -m 0 -r files=16 -r core=0 sh -c 'cat /proc/$PPID/limits >dmons; cat /proc/$$/limits' -- sh -c 'cat /proc/$$/limits >loggers; cat >commands'
cmp ours loggers
equal "$(limits commands 'Max open files')" "16 16" "files of the command"
diff ours dmons
dmon -n -m 0 sh -c 'cat /proc/$$/limits >plain'
cmp ours plain

# A soft limit of open files below the hard one, which the Go runtime raises for
# itself, is passed on as it was given: to the command, its logger, a daemon's.
few() { prlimit --nofile=100:200 "$@"; }
equal "$(few dmon -n -m 0 sh -c 'ulimit -Sn; ulimit -Hn' | tr '\n' ' ')" "100 200 " "open files"
equal "$(few dmon -n -m 0 true -- sh -c 'ulimit -Sn; ulimit -Hn' | tr '\n' ' ')" "100 200 " "open files of the log command"
few dmon -m 0 sh -c 'ulimit -Sn >few.new; mv few.new few.daemon'
wait_for '[ -e few.daemon ]'
equal "$(cat few.daemon)" 100 "open files of a daemon's command"

# The last word on one limit counts, and unlimited is a value.
equal "$(dmon -n -m 0 -r core=0 -r core=5k sh -c 'ulimit -Hc; ulimit -Sc' | tr '\n' ' ')" "10 10 " "core in blocks of 512"
equal "$(prlimit --core=0:unlimited dmon -n -m 0 -r core=unlimited sh -c 'ulimit -c')" unlimited core

# A limit that is refused is an error, and nothing runs.
ends_with 125 setpriv --reuid 61322 --regid 61322 --clear-groups prlimit --nofile=100:200 dmon -n -r files=300 touch ran 2>err
has err 'cannot set limit files: operation not permitted'
ends_with 125 setpriv --reuid 61322 --regid 61322 --clear-groups prlimit --nofile=100:200 dmon -r files=300 touch ran 2>err
has err 'cannot set limit files: operation not permitted'
holds '[ ! -e ran ]' "the command ran"

# The names are listed.
equal "$(dmon -r help | wc -l)" 16 "the number of limits"

# The rest of what is for the command alone.
equal "$(dmon -n -m 0 --umask 027 sh -c umask)" 0027 umask
equal "$(dmon -n -m 0 --nice 7 nice)" 7 niceness
equal "$(dmon -n -m 0 --oom-score-adj 500 cat /proc/self/oom_score_adj)" 500 oom_score_adj
equal "$(dmon -n -m 0 --no-new-privs grep NoNewPrivs /proc/self/status | tr -d '\t')" NoNewPrivs:1 NoNewPrivs
equal "$(dmon -n -m 0 --cpus 0 grep Cpus_allowed_list /proc/self/status | cut -f2)" 0 processors
equal "$(dmon -n -m 0 --ionice idle ionice)" idle "I/O class"
equal "$(dmon -n -m 0 --ionice best-effort:6 ionice)" "best-effort: prio 6" "I/O class"
dmon -n -m 0 --umask 077 --nice 9 --oom-score-adj 300 --no-new-privs --cpus 0 true -- sh -c 'umask; nice; cat /proc/self/oom_score_adj; grep NoNewPrivs /proc/self/status' >loggers
equal "$(tr '\n\t' '  ' <loggers)" "$(umask) $(nice) $(cat /proc/self/oom_score_adj) NoNewPrivs: 0 " "the log command's"
equal "$(dmon -n -m 1 --min-uptime 0 --oom-score-adj 400 sh -c 'cat /proc/$PPID/oom_score_adj')" "$(printf '%s\n' "$(cat /proc/$$/oom_score_adj)" "$(cat /proc/$$/oom_score_adj)")" "dmon's own oom_score_adj"
ends_with 125 dmon -n --cpus 1000 true 2>err
has err 'cannot run on the given processors: invalid argument'
