# -H: dmonctl on another machine by a real sshd, with words that a shell would take apart.
. "$LIB"
need /usr/sbin/sshd openssh-server
need ssh openssh-client
private_mounts
mkdir bin away
SSH_ENV=DMON_DIR=$PWD/away/names serve_ssh
cat >ssh_config <<IN
Host there
HostName 127.0.0.1
Port $port
IdentityFile $PWD/key
IdentitiesOnly yes
UserKnownHostsFile $PWD/known
StrictHostKeyChecking accept-new
LogLevel ERROR
IN
printf '#!/bin/sh\nexec /usr/bin/ssh -F %s/ssh_config "$@"\n' "$PWD" >bin/ssh
chmod +x bin/ssh
away() { DMON_DIR=$PWD/away/names "$@"; }
PATH=$PWD/bin:$PATH

# The other side is another place, and every word arrives as it was.
dmon --name web sleep 1000
away dmon --name there/web sh -c 'sleep 1000; exit 7'
dmonctl -H there >out
has out there/web
lacks out ' web '
text="it's \"so\" \$HOME \`id\` * \\ ; -q
	# end"
dmonctl --host there text there/web "$text"
away dmonctl list --json there/web >out
holds '[ "$(sed "s/.*\"text\":\"\(.*\)\",\"dmon\".*/\1/" out)" = "it'"'"'s \\\"so\\\" \$HOME \`id\` * \\\\ ; -q\\n\\u0009# end" ]' 'the text is another'
dmonctl -H root@there is up 'there/*'
ends_with 4 dmonctl -H there stop 'ghost *' 2>err
has err "nothing here is called 'ghost *'"
ends_with 4 dmonctl -H there -q stop web 2>err
equal "$(cat err)" '' 'what -q says'
DMONCTL_OPTIONS='--color always -n 1' dmonctl -H there is up there/web

# The status comes back, and what waits there goes when we do.
for what in 'wait there/web' 'events -f there/web'; do
	dmonctl -H there $what >out &
	local=$!
	wait_for 'remote=$(pgrep -f "^dmonctl.* -- ${what%% *} there") && grep -sq inotify /proc/$remote/fdinfo/*'
	kill -KILL $local
	joined $local 137
	wait_for 'gone $remote'
done
dmonctl -H there wait there/web &
waiter=$!
wait_for 'remote=$(pgrep -f "^dmonctl.* -- wait there") && grep -sq inotify /proc/$remote/fdinfo/*'
away dmonctl stop there/web
joined $waiter 143
ends_with 3 dmonctl -H there -q status there/web

# No host is an option, a command or nothing.
for host in -oProxyCommand='touch pwned' '-F/dev/null' 'root@-oProxyCommand=touch pwned' '$(touch pwned)' 'there;touch pwned' "a b" "a'b" '|touch pwned' "$(printf 'there\nProxyCommand touch pwned')" '' '@' 'me@'; do
	ends_with 125 dmonctl -H "$host" list 2>err
	has err 'host'
done
holds '[ ! -e pwned ]' 'a host was executed'
rm bin/ssh
ends_with 125 env PATH="$(dirname "$(command -v dmonctl)")" "$(command -v dmonctl)" -H there list 2>err
has err 'no ssh here'
dmonctl stop web

