# F23: users and groups, and the variables that follow the user.
. "$LIB"
row F23 'users and groups'
need setpriv util-linux
need id coreutils

as() { setpriv --groups 0,4,27 dmon -n -m 0 "$@"; } # root with groups of its own
equal "$(as -u daemon id)" "uid=1(daemon) gid=1(daemon) groups=1(daemon)" "id under -u daemon"
equal "$(as -u 1 id)" "uid=1(daemon) gid=1(daemon) groups=1(daemon)" "id under -u 1"
equal "$(as -u daemon:sys id)" "uid=1(daemon) gid=3(sys) groups=3(sys)" "id under -u daemon:sys"
equal "$(as -u daemon:sys:tty id)" "uid=1(daemon) gid=3(sys) groups=3(sys),5(tty)" "id under -u daemon:sys:tty"
equal "$(as -u daemon -g tty id)" "uid=1(daemon) gid=5(tty) groups=5(tty)" "id under -u daemon -g tty"
equal "$(as -u 61323:61324 id)" "uid=61323 gid=61324 groups=61324" "id under numbers without entries"
equal "$(as -g sys id -G)" "3" "the groups under -g alone"
equal "$(as -g sys id -u)" "0" "the user under -g alone"
equal "$(as id -G)" "0 4 27" "the groups without -u"

# All four ids, not only the effective one.
equal "$(as -u daemon sh -c 'grep -E "^(Uid|Gid)" /proc/$$/status' | tr '\t\n' '  ')" "Uid: 1 1 1 1 Gid: 1 1 1 1 " "all ids"
equal "$(as -u daemon grep CapEff /proc/self/status | cut -f2)" 0000000000000000 "capabilities"

export HOME=/root
vars() { HOME=/root USER=root LOGNAME=root SHELL=/bin/rash as "$@" sh -c 'echo $HOME $USER $LOGNAME $SHELL'; }
entry=$(getent passwd daemon)
IFS=: read -r _ _ _ _ _ home shell <<<"$entry"
equal "$(vars -u daemon)" "$home daemon daemon $shell" "the variables of daemon"
equal "$(vars -u daemon -E HOME=/elsewhere -E LOGNAME)" "/elsewhere daemon $shell" "what -E says"
equal "$(vars)" "/root root root /bin/rash" "the variables without -u"

# The log command has a user of its own.
as -u daemon id -un -- sh -c 'cat >cmd; id -un >log; echo $HOME >>log'
equal "$(cat cmd log)" "daemon
root
$HOME" "the users without -U"
as -U daemon id -un -- sh -c 'cat; id -un; echo $USER' >both
equal "$(cat both)" "root
daemon
daemon" "the users with -U"
equal "$(as true -- id -G)" "0 4 27" "the groups of the log command"
equal "$(as -U daemon -G sys true -- id -G)" 3 "the groups of the log command with -G"

# One without rights can become itself and nobody else.
chmod 777 .
self="setpriv --reuid 61323 --regid 61324 --clear-groups"
equal "$($self dmon -n -m 0 -u 61323:61324 id -u)" 61323 "the user who became itself"
ends_with 125 $self dmon -n -m 0 -u daemon touch ran 2>err
has err 'only root can become another user'
ends_with 125 dmon -n -m 0 -u no-such-user touch ran 2>err
has err 'there is no user "no-such-user"'
ends_with 125 dmon -n -m 0 -u 61323 touch ran 2>err
has err 'a user without an entry needs a group'
ends_with 125 dmon -n -m 0 -g no-such-group touch ran 2>err
has err 'there is no group "no-such-group"'
holds '[ ! -e ran ]' "the command ran"

# What the command's user must not execute cannot be executed.
cp /bin/true ours
chmod 700 ours
ends_with 126 dmon -n -m 0 -u daemon ./ours 2>err
has err 'cannot execute "./ours": permission denied'
# --stdout is opened by dmon's own rights.
mkdir -m 700 private
dmon -n -m 0 -u daemon --stdout private/out --stdin /etc/hostname cat
cmp /etc/hostname private/out
