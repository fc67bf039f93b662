# What a user forges in his own directory misleads root's dmonctl in nothing: no other's dmon, process or file is taken for his.
. "$LIB"
unset DMON_DIR
cat >inside.sh <<'IN'
. "$LIB"
mount -t tmpfs tmpfs /run
one="setpriv --reuid 61401 --regid 61401 --clear-groups"
dmon --name root-one --stdout "$PWD/secret" sh -c 'echo a secret; exec sleep 1000'
wait_for '[ -s secret ]'
chmod 600 secret
mkdir -m 777 his
$one dmon --name mine --stdout "$PWD/his/log" sh -c 'echo of mine; exec sleep 1001'
wait_for '[ -s his/log ]'
dir=/run/dmon/61401/mine
process() { dmonctl $1 list --json "$2" | sed "s/.*\"$3\":{\"pid\":\([0-9]*\),\"start\":\([0-9]*\)}.*/\1 \2/"; }
read -r dmon began <<<"$(process '' root-one dmon)"
read -r cmd begun <<<"$(process '' root-one command)"
read -r hisdmon hisbegan <<<"$(process '-u 61401' mine dmon)"
read -r hiscmd hisbegun <<<"$(process '-u 61401' mine command)"
dmonctl -u 61401 logs mine >out
equal "$(cat out)" 'of mine' 'his log'

# A link to root's socket is nobody's.
$one mv $dir/control $dir/kept
$one ln -s /run/dmon/0/root-one/control $dir/control
for verb in stop restart down 'signal KILL'; do
	status timeout 20 dmonctl -u 61401 $verb mine 2>err
	equal $rc 125 "the status of $verb"
	has err 'user 0 listens there'
done
dmonctl is up root-one
equal "$(process '' root-one command)" "$cmd $begun" 'the command of root'
$one mv $dir/kept $dir/control

# A command that is another's has neither memory, nor a log, nor a home here.
forge() { $one sh -c "sed -i 's/$1/$2/' $dir/record.json"; }
forge "\"pid\":$hiscmd,\"start\":$hisbegun" "\"pid\":$cmd,\"start\":$begun"
dmonctl -u 61401 list mine >out
holds '! grep -q "%" out' "root's processor time is shown as his"
ends_with 125 dmonctl -u 61401 logs mine 2>err
has err 'not its own'
equal "$(dmonctl whoami $cmd)" root:root-one 'the home of the command'

# Nor has a dmon.
forge "\"pid\":$hisdmon,\"start\":$hisbegan" "\"pid\":$dmon,\"start\":$began"
$one sh -c "echo $dmon >$dir/lock"
dmonctl -u 61401 status mine >out 2>err
has err 'is not believed'
lacks out "$dmon"
equal "$(dmonctl whoami $cmd 2>err)" root:root-one 'the home of the command'
dmonctl -a list >list 2>err
has err 'is not believed'

# Rotated files that are links, or somebody else's, are none of the log.
forge "\"pid\":$dmon,\"start\":$began" "\"pid\":$hisdmon,\"start\":$hisbegan"
forge "\"pid\":$cmd,\"start\":$begun" "\"pid\":$hiscmd,\"start\":$hisbegun"
$one sh -c "echo $hisdmon >$dir/lock; ln -s $PWD/secret $PWD/his/log.1; mkfifo $PWD/his/log.2"
ln secret his/log.3
timeout 20 dmonctl -u 61401 logs -n 100 mine >out
equal "$(cat out)" 'of mine' 'his log'

# His directories may pass on their group.
chmod g+s /run/dmon
chgrp 61401 /run/dmon
setpriv --reuid 61404 --regid 61404 --clear-groups dmon --name set/gid sleep 1002
dmonctl -u 61404 is up set/gid
dmonctl -u 61404 stop set/gid

# Who has become root by sudo learns where his own are.
export SUDO_UID=61401
ends_with 4 dmonctl stop mine 2>err
has err 'dmonctl -u 61401'
ends_with 4 dmonctl stop ghost 2>err
lacks err 'dmonctl -u'
dmonctl -u 61401 stop mine
dmonctl stop root-one
dmonctl forget root-one
dmonctl >out 2>err
has err 'user 61401 has mine'
IN
unshare -m bash -eu inside.sh
