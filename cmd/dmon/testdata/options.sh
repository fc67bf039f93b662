# The small things of sections 1 and 2 that only the whole program shows.
. "$LIB"

# Where the command ends and the log command begins.
equal "$(dmon -n -m 0 echo a -- sed s/^/log:/)" log:a "a log command"
equal "$(dmon -n -m 0 -- echo a -- sed s/^/log:/)" log:a "a log command after --"
equal "$(dmon -n -m 0 --separator :: echo -- a :: sed s/^/log:/)" "log:-- a" "a log command after ::"
equal "$(dmon -n -m 0 echo -n1e)" -n1e "options after the command"
equal "$(dmon -nm0 echo a b)" "a b" "bundled options"
ends_with 5 dmon -n1m0 sh -c 'exit 5'

# DMON_OPTIONS comes first, and the command never sees it.
export DMON_OPTIONS='-n --max-respawns 0 -E "GREETING=good day"'
equal "$(dmon sh -c 'echo "$GREETING ${DMON_OPTIONS-none}"')" "good day none" "what DMON_OPTIONS says"
equal "$(dmon -E GREETING=hello sh -c 'echo "$GREETING"')" hello "the command line's last word"
equal "$(dmon true -- sh -c 'echo "${DMON_OPTIONS-none}"')" none "DMON_OPTIONS of the log command"
DMON_OPTIONS='-n cmd' ends_with 125 dmon true 2>err
has err 'DMON_OPTIONS: only options are allowed there'
DMON_OPTIONS='-n "' ends_with 125 dmon true 2>err
has err 'DMON_OPTIONS: a " is not closed'
unset DMON_OPTIONS

# The environment: set, removed, for both; and what dmon tells.
export GONE=1 CHANGED=1
equal "$(dmon -n -m 0 -E GONE -E CHANGED=2 -E NEW= sh -c 'echo "${GONE-gone} $CHANGED ${NEW-unset}."')" "gone 2 ." "the environment of the command"
equal "$(dmon -n -m 0 -E GONE -E CHANGED=2 true -- sh -c 'echo "${GONE-gone} $CHANGED"')" "gone 2" "that of the log command"
equal "$(dmon -n -m 0 -E PATH=/nowhere:/bin -E LC_ALL sh -c 'echo "$PATH ${LC_ALL-unset}"')" "/nowhere:/bin unset" "PATH"
ends_with 127 dmon -n -E PATH=/nowhere sh -c 'echo ran' 2>err
dmon -n -m 2 --min-uptime 0 sh -c 'echo "$PPID $DMON_PID $DMON_RUN ${DMON_LAST_STATUS-none}"; [ $DMON_RUN = 2 ] && kill $$; exit 3' >runs &
dmon=$!
joined $dmon 3
equal "$(cat runs)" "$dmon $dmon 1 none
$dmon $dmon 2 3
$dmon $dmon 3 143" "what the runs were told"
DMON_LAST_STATUS=77 DMON_RUN=9 dmon -n -m 0 sh -c 'echo "$DMON_RUN ${DMON_LAST_STATUS-none}"' >runs
equal "$(cat runs)" "1 none" "what a run under another dmon is told"
equal "$(dmon -n -m 0 true -- sh -c 'echo "${DMON_RUN-none}"')" none "what the log command is told"
equal "$(GOMAXPROCS=7 dmon -n -m 0 sh -c 'echo $GOMAXPROCS')" 7 "the user's GOMAXPROCS"
GOMAXPROCS=7 dmon -m 0 sh -c 'env >env.new; mv env.new env.7'
wait_for '[ -e env.7 ]'
has env.7 GOMAXPROCS=7
dmon -m 0 sh -c 'env >env.new; mv env.new env.none'
wait_for '[ -e env.none ]'
lacks env.none GOMAXPROCS
lacks env.none DMON_LIFELINE

# --explain says it all and does nothing.
dmon --explain -p x.pid --cmd-pid-file c.pid -I events -W / -L 3 -l 1 -r core=0 -u daemon -1 -t 1h --give-up 5/1m touch "$PWD/a b" -- dlog log >said
for text in "touch '$PWD/a b'" 'dlog log' 'until it succeeds' 'at once after a run of 1s or more, else after 1s, doubling up to 30s' \
	'after 1h' 'TERM to the whole tree and CONT, 10s later KILL to the whole tree' \
	'load average is above 3, resumed below 1' core=0 'daemon (uid 1, gid 1, groups 1)' 'after 5 failures within 1m' x.pid c.pid events; do
	has said "$text"
done
holds '[ "$(ls | tr "\n" " ")" = "env.7 env.none err runs said " ]' "files: $(ls)"
dmon --explain --stop-sequence HUP:main/1s/INT:children/500ms/KILL -n -m 0 true >said
has said 'HUP to the main process and CONT, 1s later INT to the descendants and CONT, 500ms later KILL to the whole tree'
has said 'restart      never'
ends_with 125 dmon --explain -i 1 -1 true 2>err

# Help and version are answers.
dmon --help >said
for text in Usage: Examples: 'Exit status' '-L, --load-high' 'Pausing by load'; do has said "$text"; done
dmon -V | grep -q '^dmon '
