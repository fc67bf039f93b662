# A real service manager, that of a user, has dmon as a service of Type=notify: started when
# the command is ready, watched, told how it is, ended well.
. "$LIB"
need systemctl systemd
private_mounts
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/user config/systemd/user
mkdir -m 700 /run/user/x
export XDG_RUNTIME_DIR=/run/user/x XDG_CONFIG_HOME=$PWD/config HOME=$PWD
cat >config/systemd/user/try.service <<END
[Service]
Type=notify
WorkingDirectory=$PWD
Environment=DMON_DIR=$PWD/names
ExecStart=$(command -v dmon) -n --name try --ready file:there bash serve -- sh -c 'env >logenv; exec cat'
KillMode=mixed
SuccessExitStatus=143
WatchdogSec=1
END
cat >serve <<'END'
env >env
read -r _ <go
: >there
exec sleep 1040
END
mkfifo go
/lib/systemd/systemd --user >manager 2>&1 & manager=$!
trap 'kill $manager; wait $manager || :' EXIT
wait_for '[ -S /run/user/x/systemd/private ]'
shows() { systemctl --user show try -p "$1" --value; }

systemctl --user start try & starts=$!
wait_for '[ -s env ]'
wait_for '[[ $(shows StatusText) = "command starting, pid "* ]]'
equal "$(shows ActiveState)" activating 'the state before it is ready'
echo >go
joined $starts 0
[ -e there ] || fail 'it is started before it is ready'
nap 1.2
equal "$(shows ActiveState) $(shows NRestarts)" 'active 0' 'the state after a while'
DMON_DIR=$PWD/names dmonctl pause try
wait_for '[[ $(shows StatusText) = "command paused: by request"* ]]'
systemctl --user stop try
equal "$(shows ActiveState) $(shows Result)" 'inactive success' 'its end'
! grep -q '^\(NOTIFY_SOCKET\|WATCHDOG\)' env logenv || fail 'it leaks'
