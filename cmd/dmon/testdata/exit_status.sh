# F1: dmon ends as the last run of its command did: 0 to 255, and 128+n for
# each signal.
. "$LIB"
row F1 'exit statuses'
ulimit -c 0

for n in $(seq 0 255); do
	ends_with "$n" dmon -n -m 0 sh -c "exit $n"
done
for n in $(seq 1 31) 34 50 64; do
	case $(kill -l "$n") in CHLD | CONT | STOP | TSTP | TTIN | TTOU | URG | WINCH) continue ;; esac
	ends_with $((128 + n)) dmon -n -m 0 sh -c "kill -$n \$\$"
done
# The last run's, not the worst one's.
echo 3 >n
ends_with 0 dmon -n -1 --min-uptime 0 sh -c 'read n <n; echo $((n - 1)) >n; exit $n'
