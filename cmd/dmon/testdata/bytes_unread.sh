# slow
# Bytes that the log command left unread when all is over are told without -v,
# as a failure; the status stays COMMAND's.
. "$LIB"

dmon -n -m 0 seq 3 -- true 2>err1 &
one=$!
dmon -n -m 0 --stop-sequence KILL sh -c 'echo; exit 3' -- sh -c 'while :; do sleep 1000; done' 2>err2 &
two=$!
dmon -n -q -m 0 seq 3 -- true 2>err3 &
three=$!
joined $one 0
joined $two 3
joined $three 0
equal "$(cat err1)" 'dmon: the log command left 6 bytes unread, which are lost' 'what is told'
has err2 'left 1 byte unread'
# What was read is not.
status dmon -n -m 0 seq 30000 -- sh -c 'cat >all' 2>err
equal $rc 0 'the status'
holds '[ ! -s err ]' 'something is told'
