# What a hook is told of a run: its last words, from wherever its output went.
. "$LIB"
need setpriv util-linux
need python3 python3
need strace strace

words() { python3 -c 'import json, sys; sys.stdout.write(json.load(open(sys.argv[1])).get("last_words", "none"))' "$1"; }
crash() { ends_with 3 dmon -n -m 0 --on 'fail=cat >told' "$@" 2>err; }
say='for i in $(seq 30); do echo line $i; done; echo bye >&2; exit 3'
last=$(seq -f 'line %g' 11 30)

# A log command: what is in the pipe is written first, however slow its reader is.
crash sh -c "$say" -- dlog log
equal "$(words told)" "$last" "last words by dlog"
crash sh -c "$say" -- sh -c 'exec 5>>log2; sleep 0.2; while read -r l; do echo "$l"; done >&5'
equal "$(words told)" "$last" "last words by a slow logger"
crash -e sh -c "$say" -- dlog -t log
words told | grep -q ' bye$'
crash sh -c 'echo x; exit 3' -- sh -c 'exec cat >/dev/null'
equal "$(words told)" none "last words of what goes nowhere"

# Files: errors go first; what an earlier run has said is not this one's.
crash --stdout out sh -c "$say"
equal "$(words told)" "$last" "last words in --stdout"
crash --stdout out --stderr errs sh -c "$say"
equal "$(words told)" bye "last words in --stderr"
touch -d '1 minute ago' out
crash --stdout out sh -c 'exit 3'
equal "$(words told)" none "last words of a silent run"
rc=0
dmon -n -m 0 --on 'fail=cat >told' sh -c "$say" >own 2>own2 || rc=$?
equal "$rc $(words told)" "3 bye" "last words in our own standard error"
rc=0
dmon -n -m 0 -e --on 'fail=cat >told' sh -c 'echo one; exit 3' >own3 || rc=$?
equal "$rc $(words told)" "3 one" "last words in our own standard output"

# Any bytes, lines of any length: one line of JSON, of a bound.
crash --stdout bin sh -c 'head -c 100000 /dev/urandom; exit 3'
equal "$(lines told)" 1 "the lines of JSON"
holds '[ $(stat -c %s told) -lt 40000 ]' "the size of binary last words"
crash --stdout long sh -c 'head -c 100000 /dev/zero | tr "\0" y; exit 3'
equal "$(words told | wc -c)" 4096 "the bytes of a long line"

# Only of ends, and with each of them, in order, also while the next run writes.
rm -f told*
ends_with 9 dmon -n -m 3 --min-uptime 0 --on 'all=cat >>told.$DMON_EVENT' sh -c 'echo run $DMON_RUN; exit 9' -- dlog log3 2>err
lacks told.start last_words
equal "$(count '"last_words":"run' told.exit)$(count '"last_words":"run' told.fail)" 44 "the events with last words"

# Nobody's file is read for them that somebody else has led us to.
mkdir -m 1777 shared
echo secret >secret
chmod 600 secret
chmod 755 .
: >shared/out
chown 65534 shared/out
ends_with 3 dmon -n -m 0 -u 65534 --stdout shared/out --on 'fail=cat >told' sh -c 'rm -f shared/out; ln -s ../secret shared/out; exit 3' 2>err
touch secret
lacks told secret

# It costs no descriptor, and nothing where nobody asks.
dmon -n -m 1 --on 'exit=ls -l /proc/$DMON_PID/fd >fds' sh -c 'echo x' -- dlog log4
lacks fds log4
strace -f -qq -o trace -e trace=openat dmon -n -m 0 sh -c 'echo x; exit 3' -- cat >/dev/null 2>&1 || :
lacks trace /fdinfo/
