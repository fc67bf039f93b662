# F2: a command that is gone before anybody looks is noticed nevertheless.
. "$LIB"
row F2 'gone before anybody looks'

for _ in $(seq 100); do
	ends_with 0 timeout 20 dmon -n -m 0 true
done
for _ in $(seq 20); do
	ends_with 0 timeout 20 dmon -p x.pid -m 0 true
	wait_for '[ ! -e x.pid ]'
	ends_with 0 timeout 20 dmon -n -m 0 true -- true
done
