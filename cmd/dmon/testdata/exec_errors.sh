# F19: what cannot be executed, in the foreground and as a daemon.
. "$LIB"
row F19 'what cannot be executed'

mkdir dir
echo 'echo "as a script: $0 $*"' >plain
printf '#!/no/such/interpreter\n' >lost
printf '#!/bin/sh\necho ran\n' >busy
cp /bin/true data
ln -s loop loop
chmod +x plain lost busy
chmod -x data

# refused STATUS REASON COMMAND...: both ways of running say so in one line.
refused() {
	local want=$1 reason=$2 how
	shift 2
	for how in -n '-p x.pid'; do
		# shellcheck disable=SC2086
		status dmon $how "$@" 2>err
		equal $rc "$want" "the status of dmon $how $*"
		equal "$(lines err)" 1 "the number of lines that dmon $how $* says ($(cat err))"
		has err "$reason"
		has err 'dmon: cannot execute'
		holds '[ ! -e x.pid ]' "the pid file is left"
	done
	has err "$1"
}
refused 127 'no such file' no-such-command
refused 127 'no such file' ./no-such-command
refused 127 'no such file' ./dir/no/such
refused 127 'no such file' ./lost
refused 126 'permission denied' ./dir
refused 126 'permission denied' ./data
refused 126 'too many levels' ./loop
refused 126 'file name too long' "./$(printf '%0300d' 0)"
refused 127 'no such file' ./data/x # not a directory
exec 8>>busy
refused 126 'text file busy' ./busy
exec 8>&-

# The log command likewise; the command is not run then.
for how in -n '-p x.pid'; do
	# shellcheck disable=SC2086
	ends_with 127 dmon $how touch ran -- no-such-logger 2>err
	has err 'cannot execute "no-such-logger"'
	# shellcheck disable=SC2086
	ends_with 126 dmon $how touch ran -- ./data 2>err
	holds '[ ! -e ran ] && [ ! -e x.pid ]' "the command ran, or the pid file is left"
done

# A script that names no interpreter is for the shell, as everywhere.
equal "$(dmon -n -m 0 ./plain a 'b c')" "as a script: ./plain a b c" "the output of ./plain"
PATH=$PWD:$PATH
equal "$(dmon -n -m 0 plain x)" "as a script: $PWD/plain x" "the output of plain"
# A name without a slash is looked for in PATH, past what cannot be executed.
mkdir -p one/prog two
printf '#!/bin/sh\necho two\n' >two/prog
chmod +x two/prog
equal "$(PATH=$PWD/none:$PWD/one:$PWD/two:$PATH dmon -n -m 0 prog)" two "the prog that was found"

# A later start that fails is tried again.
cp /bin/false prog
dmon -n -v --backoff 50ms:100ms ./prog 2>later.err &
dmon=$!
wait_for 'has later.err "run 2"'
rm prog
wait_for 'has later.err "cannot execute"'
holds "alive $dmon" "dmon gave up"
lines=$(count 'cannot execute' later.err)
wait_for '[ $(count "cannot execute" later.err) -gt '"$lines"' ]'
printf '#!/bin/sh\necho >back; exec sleep 1000\n' >new
chmod +x new
mv new prog
wait_for '[ -e back ]'
kill $dmon
joined $dmon 143
