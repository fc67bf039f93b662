# Names: given, automatic, taken, kept; what dmonctl sees of them and does to them.
. "$LIB"

up() { wait_for "dmonctl is up $1"; }

# A name given by hand is one dmon's; the other hears whose, or with --if-absent nothing.
dmon --name web/a sleep 1000
up web/a
first=$(dmonctl list --json web/a | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/')
ends_with 125 dmon --name web/a sleep 1001 2>err
has err "web/a is already running as process $first"
ends_with 0 dmon --if-absent --name web/a sleep 1001 2>err
equal "$(cat err)" "" "what --if-absent says"

# One made of the command's gives way, and leaves nothing.
dmon sleep 1002
up sleep
dmon sleep 1003
wait_for '[ "$(dmonctl list | grep -c "^sleep")" = 2 ]'
dmonctl stop sleep 'sleep.*'
wait_for '[ -z "$(ls "$DMON_DIR" | grep -v "^web$")" ]'

# The same run again, down and up, the user's own pause.
ends_with 0 dmonctl restart web/a
dmonctl status web/a >out
has out 'runs       2, respawned once'
has out 'TERM (request)'
dmonctl down web/a
dmonctl is down web/a
ends_with 3 dmonctl -q status web/a
dmonctl up web/a
dmonctl pause web/a
dmonctl is paused web/a
holds '! dmonctl is up web/a' 'it is up and paused'
dmonctl resume web/a
dmonctl is up web/a
ends_with 1 dmonctl is lost web/a
dmonctl text web/a 'all is well'
dmonctl list web/a >out
has out 'all is well'

# Who am I: the dmon that has a process, whatever depth it lies at.
dmon -n -m 0 --name deep sh -c 'sh -c "dmonctl whoami; :"; :' >out
equal "$(cat out)" deep 'who that is'
ends_with 1 dmonctl whoami $$
ends_with 4 dmonctl whoami 999999

# The end is kept; the same words bring it back; nothing is known of strangers.
dmonctl stop web/a
dmonctl list web/a >out
has out 'ended'
ends_with 143 dmonctl wait web/a
ends_with 3 dmonctl -q status web/a
ends_with 0 dmonctl stop web/a
dmonctl start web/a
dmonctl is up web/a
ends_with 125 dmonctl forget web/a 2>err
has err 'end it first'
dmonctl stop 'web/*'
dmonctl forget web/a
ends_with 4 dmonctl -q status web/a
ends_with 4 dmonctl stop web/a 2>err
has err 'nothing here is called web/a'
dmonctl list web/a >out 2>err

# Killed: the record says it ran, the lock says it does not.
dmon --name victim sleep 1004
up victim
pid=$(dmonctl list --json victim | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/')
dmonctl wait victim 2>err &
waiter=$!
kill -KILL "$pid"
joined $waiter 3
has err 'was lost'
dmonctl is lost victim
dmon --name victim sleep 1005
up victim
dmonctl stop victim

# What is no name, what means nothing.
ends_with 125 dmon --name '../x' true 2>err
ends_with 125 dmon --name 'a/b/c' true 2>err
ends_with 125 dmon --if-absent true 2>err
ends_with 125 dmonctl nonsense 2>err
has err 'is no verb'
ends_with 125 dmonctl --for up list 2>err

# Without a name there is none, and where none can be had that is no failure.
before=$(ls "$DMON_DIR")
dmon -n -m 0 --name '' true
equal "$(ls "$DMON_DIR")" "$before" 'names'
DMON_DIR=/dev/null/x dmon -n -m 0 true
ends_with 125 env DMON_DIR=/dev/null/x dmon -n -m 0 --name x true 2>err
has err 'cannot take the name x'

# Down from the beginning.
dmon --name later --down sh -c 'touch ran; sleep 1006'
dmonctl is down later
holds '[ ! -e ran ]' 'it ran'
dmonctl up later
wait_for '[ -e ran ]'
dmonctl stop later
