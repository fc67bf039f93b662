# F90: a full disk, readers that end at any moment and long lines: what comes of
# the event stream is whole lines, and the others are counted. F57: a planted link.
. "$LIB"
row F90 'ends of the event stream'
row F57 'planted at the event stream'
private_mounts
need python3 python3

# series FILE: all events by number, in JSON, or counted.
cat >series.py <<'T'
import json, sys
due = {}
for line in open(sys.argv[1]):
    e = json.loads(line)
    who = e.get('pid') if e['event'] == 'dmon' else None
    n = due.get(who, 1)
    if e['event'] == 'dropped':
        assert e['seq'] == n + e['count'] - 1, line
        due[who] = n + e['count']
    else:
        assert e['seq'] == n, (n, line)
        due[who] = n + 1
print(due.get(None, 1) - 1)
T

# A disk of a page or two, which is emptied while dmon runs.
mkdir disk
mount -t tmpfs -o size=12k tmpfs disk
head -c 4096 /dev/zero >disk/filler
dmon -p x.pid -I disk/events --info-format json --min-uptime 0 sh -c 'echo >>runs; exec sleep 0.02'
wait_for '[ "$(stat -c %s disk/events)" -ge 8000 ]'
was=$(stat -c %s disk/events)
runs=$(lines runs)
wait_for '[ "$(lines runs)" -ge '$((runs + 5))' ]' 60
rm disk/filler
wait_for '[ "$(stat -c %s disk/events)" -gt '"$((was + 300))"' ]'
stop x.pid
rm runs
[ -z "$(tail -c 1 disk/events)" ] || fail "the file ends with half a line: $(tail -n 1 disk/events)"
python3 series.py disk/events >said
has disk/events '"dropped"'

# Readers that end in the middle of lines, and others that come later.
mkfifo fifo
dmon -p x.pid -I fifo --info-format json --min-uptime 0 sh -c 'echo >>runs'
for _ in 1 2 3 4 5 6; do
	timeout 20 head -c 3001 fifo >part
	runs=$(lines runs)
	wait_for '[ "$(lines runs)" -ge '$((runs + 3))' ]' # dmon has found that nobody reads
	[ "$(head -c 1 part)" = '{' ] || fail "a reader begins with $(head -c 60 part)"
done
stop x.pid

# What nobody but the owner of the directory wants there.
chmod 711 .
mkdir foo
mkdir -m 700 private
echo secret >private/file
chown 65534 foo
setpriv --reuid 65534 --regid 65534 --clear-groups ln -s "$PWD/private/file" foo/ev
ends_with 125 dmon -n -m 0 -I foo/ev true 2>err
has err 'could lead it elsewhere'
ln private/file foo/hard
ends_with 125 dmon -n -m 0 -I foo/hard true 2>err
has err 'hard links'
equal "$(cat private/file)" secret "the file of root"
