# --info-size: the file of events is rotated by dmon, by logrotate, by several at
# once; on a full disk and in a directory that goes nothing is half, and what has
# no place is counted.
. "$LIB"
row F76 'the event stream'
row F75 'the event stream'
private_mounts
need python3 python3
need logrotate logrotate

# whole FILE...: the events of a dmon, in order and whole; says how many there
# are, and how many were dropped. The first files may be gone.
cat >whole.py <<'T'
import json, sys
due, count, dropped = 0, 0, 0
for name in sys.argv[1:]:
    text = open(name).read()
    assert text == '' or text.endswith('\n'), name + ' ends with half a line'
    for line in text.splitlines():
        e = json.loads(line)
        n = e['count'] if e['event'] == 'dropped' else 1
        assert not due or e['seq'] == due + n - 1, (due, name, line)
        due = e['seq'] + 1
        if e['event'] == 'dropped':
            dropped += n
        else:
            count += 1
print(count, dropped)
T
whole() { python3 whole.py "$@"; }

# By dmon itself: nothing is larger than it may be, and no more stay.
dmon -n -m 300 --min-uptime 0 -I ev --info-format json --info-size 4k --info-files 2 false 2>err || :
equal "$(ls ev* | wc -l)" 3 "the files of events"
for f in ev*; do holds "[ $(stat -c %s "$f") -le 4096 ]" "$f is too large"; done
whole ev.* ev >said
has ev '"cause":"no respawn is left"'

# Two of them at one file, which logrotate takes away now and then.
printf '%s {\n\trotate 99\n\tmissingok\n\tnocreate\n}\n' "$PWD/both" >rotate.conf
for n in two three; do
	dmon -n --name $n -m 300 --min-uptime 0 -I both --info-format json --info-size 9k --info-files 0 false 2>/dev/null &
	eval $n=\$!
done
for _ in 1 2 3 4 5; do
	wait_for '[ -s both ]'
	logrotate -f -s state rotate.conf
done
joined $two 1
joined $three 1
last=$(tail -1 ev | grep -o '"seq":[0-9]*')
for n in two three; do
	cat both* | grep "\"name\":\"$n\"" | sed 's/.*"seq":\([0-9]*\).*/\1/' | sort -n | uniq |
		awk '$1 != NR { exit 1 } END { print NR }' >numbers || fail "events of $n are missing"
	equal "\"seq\":$(cat numbers)" "$last" "the events of $n"
done
for f in both*; do equal "$(grep -c '^{.*}$' "$f")" "$(lines "$f")" "the whole lines of $f"; done

# A disk that is full, with rotations in it, and is emptied.
mkdir disk
mount -t tmpfs -o size=16k tmpfs disk
head -c 4096 /dev/zero >disk/filler
dmon -p x.pid -I disk/ev --info-format json --info-size 3k --info-files 0 --min-uptime 0 sh -c 'echo >>runs; exec sleep 0.01'
wait_for '[ "$(df --output=avail disk | tail -1)" -lt 4 ] && [ "$(ls disk | wc -l)" -ge 3 ]'
runs=$(lines runs)
wait_for '[ "$(lines runs)" -ge '$((runs + 12))' ]'
rm disk/filler
wait_for 'cat disk/ev* | grep -q dropped'
stop x.pid
whole disk/ev.* disk/ev >said
holds "[ $(cut -d' ' -f2 said) -gt 0 ]" "nothing was dropped on a full disk: $(cat said)"
umount disk
rm runs

# A directory that goes and comes back.
mkdir here
dmon -n -I here/ev --info-format json --info-size 64k --min-uptime 0 sh -c 'echo >>runs; exec sleep 0.01' 2>err &
dmon=$!
wait_for '[ -s here/ev ]'
rm -r here
wait_for 'has err "events: cannot open here/ev: no such file or directory"'
runs=$(lines runs)
wait_for '[ "$(lines runs)" -ge '$((runs + 3))' ]'
mkdir here
wait_for '[ -s here/ev ] && [ $(lines here/ev) -ge 2 ]'
kill $dmon
rc=0
wait $dmon || rc=$? # 0 where a run was over just then
case $rc in 0 | 143) ;; *) fail "the status is $rc" ;; esac
whole here/ev >said
holds "[ $(cut -d' ' -f2 said) -gt 0 ]" "nothing was dropped without a directory: $(cat said)"
equal "$(count 'events: cannot open' err)" 1 "how often it was told"

# What cannot be rotated is refused.
mkfifo fifo
ends_with 125 dmon -n -m 0 -I fifo --info-size 1k true 2>err
has err 'cannot rotate fifo: it is not a regular file'
