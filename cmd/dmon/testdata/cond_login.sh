# slow
# Idle logins by a real sshd: what works is not idle, the keyboard does not matter, the warning is on the
# terminal, and what an idle login left open ends before its shell.
. "$LIB"
need /usr/sbin/sshd openssh-server
need ssh openssh-client
private_mounts
cat >shell <<S
#!/bin/sh
cd $PWD
exec dmon -n --tty --name '' -I events.\$SSH_ORIGINAL_COMMAND --info-format json --tell-if idle=1.5s:3% --stop-if idle=3s:3% \\
	--stop-sequence HUP:children/4s/KILL:children/0.5s/HUP:main/5s/KILL bash --rcfile rc.\$SSH_ORIGINAL_COMMAND -i
S
chmod +x shell
serve_ssh "ForceCommand $PWD/shell"
login() { exec ssh -tt -i key -o IdentitiesOnly=yes -o UserKnownHostsFile=known -o StrictHostKeyChecking=no -o LogLevel=ERROR -p "$port" 127.0.0.1 "$@"; }

# A terminal that stays: input without end, and what comes back.
mkfifo keys
exec 8<>keys

# A job that hears no HUP, one that does, and a screen clock: idle. The shell hears HUP last.
cat >rc.idle <<'R'
PS1='$ '
bash -c 'trap "" HUP; echo $BASHPID >deaf; exec sleep 1000' &
bash -c 'trap "echo child >>ends; exit" HUP; while :; do read -rt 0.2 <> <(:) || :; printf "\e7\e[H%(%T)T\e8"; done' &
R
# A silent job that works.
cat >rc.busy <<'R'
bash -c "while :; do :; done" &
R
login idle <keys >idle.out 2>&1 &
idle=$!
login busy <keys >busy.out 2>&1 &
busy=$!
joined $idle 124
tr -d '\r' <idle.out >idle.text
has idle.text 'idle for '
holds 'grep -q "\"event\":\"tell\".*idle for [12]s (idle=1.5s:3%)" events.idle' "what was told: $(cat events.idle)"
holds 'grep -q "\"event\":\"reach\".*idle for [34]s (idle=3s:3%)" events.idle' "what was told: $(cat events.idle)"
equal "$(xargs <ends)" child "which child heard of it"
equal "$(sed -n 's/.*"event":"signal".*"signal":\([0-9]*\).*/\1/p' events.idle | xargs)" "1 9 1" "the signals"
has events.idle '"status":1,"signal":1,"cause":"idle"'
holds 'gone $(cat deaf)' "what hears no HUP is left"
# That it was idle before the shell came to its job may be told, where others keep the machine.
holds 'lacks events.busy reach' "what works was taken for idle: $(cat events.busy)"
alive $busy
kill $busy # the terminal is gone
wait_for 'has events.busy "\"event\":\"exit\""'
wait $busy || :
