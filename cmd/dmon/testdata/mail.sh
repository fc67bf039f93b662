# --mail-to: by a sendmail that writes down what it is given, and by a real one.
. "$LIB"
need python3 python3
need msmtp msmtp-mta
private_mounts

mkdir bin mails
cat >bin/sendmail <<'S'
#!/bin/sh
n=$(ls mails | wc -l)
{ echo "args: $*"; cat; } >mails/$n
case $how in fail) exit 75 ;; hang) echo $$ >hangs; trap '' TERM; while :; do sleep 1000; done ;; esac
S
chmod +x bin/sendmail
export PATH="$PWD/bin:$PATH"
mails() { find mails -type f | wc -l; }

# The first at once, with last words; what follows comes together in one at the end.
ends_with 3 dmon -n --name web -m 199 --min-uptime 0 --mail-to root,admin@example.org sh -c '[ $DMON_RUN != 1 ] || sleep 0.05; echo run $DMON_RUN; [ $DMON_RUN != 1 ] || exit 9; exit 3' -- dlog log 2>err
equal "$(mails)" 2 "the mails of 200 failures"
equal "$(head -1 mails/0)" "args: -oi -t" "the arguments of sendmail"
grep -qE '^Subject: \[[^]]+\] web: exited with status 9 after [0-9.]+m?s$' mails/0 || fail "the subject of the first"
grep -qE '^Subject: .* web: exited with status 3 after [0-9.]+m?s \(200th in [0-9.]+m?s\)$' <(sed ':a; /=$/ { N; s/=\n//; ba }' mails/1) || fail "the subject of the second"
has mails/1 '199 x  exited with status 3'
has mails/0 '    run 1'
has mails/1 '    run 200'
equal "$(sed -n '/^To:/,/^Subject:/p' mails/0 | head -2 | tr -d '\n')" "To: root, admin@example.org" "the addresses"
lacks mails/0 'From:'

# Well again: at the first success. Nobody is mailed of what was asked for.
rm mails/*
dmon -n -1 --min-uptime 0 --mail-to root sh -c '[ $DMON_RUN = 3 ] || exit 1' 2>err
equal "$(mails)" 2 "the mails of two failures and a success"
has mails/1 'well again, after 2 troubles'
rm mails/*
dmon -n --mail-to root sleep 1000 &
sleep_=$!
wait_for 'pgrep -P $sleep_ sleep'
kill $sleep_
joined $sleep_ 143
equal "$(mails)" 0 "the mails of a stop"
dmon -n -m 0 --mail-to root --stop-if age=100ms sleep 1000 2>err || equal $? 124 "the status"
grep -q '^Subject: .*stopped: ' mails/0 || fail "no mail of a condition"

# sendmail fails, or hangs: told, and nothing waits for it but the end, until that is urgent.
how=fail ends_with 3 dmon -n -m 0 --mail-to root sh -c 'exit 3' 2>err
has err "mail by $PWD/bin/sendmail: ended with status 75"
how=hang dmon -n --backoff 10ms --mail-to root sh -c 'echo $DMON_RUN >>runs; exit 3' 2>err &
dmon=$!
wait_for '[ -s hangs ] && [ "$(lines runs)" -gt 5 ]'
kill $dmon
insist $dmon
joined $dmon 3
gone "$(cat hangs)"

# A real one, and a server that keeps what it gets.
cat >server.py <<'P'
import socket
s = socket.create_server(("127.0.0.1", 0))
open("port", "w").write(str(s.getsockname()[1]))
c = s.accept()[0]
f = c.makefile("rwb", 0)
say = lambda t: f.write(t + b"\r\n")
say(b"220 here")
kept = open("kept", "wb")
while True:
    line = f.readline()
    kept.write(line)
    if line[:4] == b"EHLO": say(b"250 here")
    elif line[:4] == b"DATA":
        say(b"354 go on")
        while line != b".\r\n":
            line = f.readline()
            kept.write(line)
        say(b"250 kept")
    elif line[:4] == b"QUIT":
        say(b"221 bye")
        break
    else: say(b"250 yes")
P
python3 server.py &
server=$!
wait_for '[ -s port ]'
printf 'account default\nhost 127.0.0.1\nport %s\nfrom dmon@localhost\ntls off\nauth off\n' "$(cat port)" >.msmtprc
chmod 600 .msmtprc
mv bin/sendmail bin/fake
ln -s "$(command -v msmtp)" bin/sendmail
HOME=$PWD ends_with 3 dmon -n -m 0 --name real --mail-to 'someone@example.org,root' sh -c 'echo .; echo "From here"; exit 3' -- dlog log5
joined $server 0
tr -d '\r' <kept >kept.txt
grep -q '^RCPT TO:<someone@example.org>' kept.txt || fail "the recipient"
grep -q '^Subject: .* real: exited with status 3' kept.txt || fail "the subject"
has kept.txt '    From here'

# What is no address, or could be taken for a program or a file, and what cannot be mailed.
for bad in '' 'a b' '-f' '|/bin/sh' '/etc/passwd' 'a@b@c' $'a\nBcc: b' 'a@' '@b' 'a,' 'a@-b' '<a>' 'a;b' 'a@b..c'; do
	ends_with 125 dmon -n --mail-to "$bad" true 2>err
done
mv bin/sendmail bin/other
[ ! -e /usr/sbin/sendmail ] || mount --bind server.py /usr/sbin/sendmail
ends_with 125 env PATH=/usr/bin:/bin:"$(dirname "$(command -v dmon)")" dmon -n --mail-to root touch ran 2>err
has err 'there is no sendmail here'
holds '[ ! -e ran ]' "the command ran"
