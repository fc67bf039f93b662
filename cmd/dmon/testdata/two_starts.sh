# F32: of two that start at once exactly one wins, and the other says so.
. "$LIB"
row F32 'two starts at once'

for _ in $(seq 50); do
	rm -f err.1 err.2
	dmon -p x.pid sleep 1000 2>err.1 &
	one=$!
	dmon -p x.pid sleep 1000 2>err.2 &
	two=$!
	a=0
	b=0
	wait $one || a=$?
	wait $two || b=$?
	case $a,$b in
	0,125) has err.2 'dmon: already running' ;;
	125,0) has err.1 'dmon: already running' ;;
	*) fail "the statuses are $a and $b: $(cat err.1 err.2)" ;;
	esac
	stop x.pid
done

# A third one, later, names the one that runs.
dmon -p x.pid sleep 1000
ends_with 125 dmon -p x.pid touch ran 2>err
equal "$(cat err)" "dmon: already running as process $(cat x.pid) (x.pid is locked)" "what it says"
ends_with 125 dmon -n -p x.pid touch ran 2>err
has err "already running as process $(cat x.pid)"
holds '[ ! -e ran ]' "the command ran"
stop x.pid

# Held in the foreground too.
dmon -n -p x.pid sleep 1000 &
dmon=$!
wait_for '[ -s x.pid ]'
equal "$(cat x.pid)" $dmon "the pid"
ends_with 125 dmon -p x.pid true 2>/dev/null
kill $dmon
joined $dmon 143
