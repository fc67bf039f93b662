# F69: -W is entered anew at each start of both commands, also through a link that
# is moved and whose old target is removed.
. "$LIB"
for path in "$PWD/current" current; do
	row F69 "-W $path moved, its old target removed"
	mkdir old new
	printf '#!/bin/sh\necho old >>"$1/ran"\nexec sleep 1000\n' >old/app
	printf '#!/bin/sh\necho new >>"$1/ran"\nexec sleep 1000\n' >new/app
	printf '#!/bin/sh\necho "log $(basename "$(pwd -P)")" >>"$1/ran"\nexec cat\n' | tee old/log >new/log
	chmod +x old/* new/*
	ln -sfn old current
	: >ran
	dmon -n --min-uptime 0 -I ev --cmd-pid-file pid -W "$path" ./app "$PWD" -- ./log "$PWD" 2>err &
	dmon=$!
	wait_for '[ -s old/pid ] && has ran old && has ran "log old"'
	ln -sfn new current
	kill "$(cat old/pid)"
	wait_for 'has ran new'
	kill "$(awk '/log start/ {print $3}' old/ev)"
	wait_for 'has ran "log new"'
	holds '[ ! -e new/pid ]' 'the pid file moved too'

	row F69 "-W $path missing at a later start: tried again"
	rm current
	kill "$(cat old/pid)"
	wait_for 'has err "cannot use work directory"'
	mkdir third
	cp new/* third
	sed -i s/new/third/ third/app
	ln -sfn third current
	wait_for 'has ran third' 60
	rm -rf old
	kill $dmon
	joined $dmon 143
	rm -rf old new third current
done

row F69 'missing at the first start'
ends_with 125 dmon -n -W nowhere true 2>err
has err 'cannot use work directory' || fail 'it does not say why'

# LISTEN_PID, where it named dmon, names the command, and nobody else.
# shellcheck disable=SC2016
ends_with 0 sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec dmon -n -m 0 sh -c "echo \$LISTEN_PID \$\$ >names; exec true" -- sh -c "echo \$LISTEN_PID \$\$ >log; exec cat"'
read -r named itself <names
equal "$named" "$itself" 'LISTEN_PID'
read -r named itself <log
holds '[ $named != $itself ]' 'the log command was named'
ends_with 0 env LISTEN_PID=1 dmon -n -m 0 sh -c 'echo $LISTEN_PID >names'
equal "$(cat names)" 1 'the LISTEN_PID of another'
