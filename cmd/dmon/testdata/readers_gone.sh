# F28: whoever reads dmon's output is gone; that is no reason to end.
. "$LIB"
row F28 'readers gone'

set +o pipefail
dmon -n -v -m 0 sh -c 'sleep 0.1; exit 5' 2>&1 | true
equal "${PIPESTATUS[0]}" 5 "dmon's status without a reader"
dmon -n -v --min-uptime 0 -m 30 sh -c 'exit 6' 2>&1 | true
equal "${PIPESTATUS[0]}" 6 "dmon's status without a reader"

# The command is on its own: SIGPIPE ends it as it would without dmon.
dmon -n -m 0 sh -c 'sleep 0.1; echo; echo; echo; exec yes' 2>/dev/null | true
equal "${PIPESTATUS[0]}" 141 "the status of a command without a reader"

# A daemon whose launcher's standard error is gone starts all the same.
dmon -p x.pid sleep 1000 2>&1 | true
wait_for '[ -s x.pid ]'
stop x.pid
# /dev/full takes nothing.
ends_with 4 dmon -n -v -m 0 sh -c 'exit 4' 2>/dev/full
ends_with 125 dmon --help >/dev/full
