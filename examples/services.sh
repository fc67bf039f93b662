#!/bin/sh
# services.sh start|stop|status: five services, in order, with nothing but dmon.
set -eu

start() {
	dmon --if-absent --name app/db -e server -- dlog -t db.log
	dmonctl wait --for ready -t 30s app/db
	dmon --if-absent --name app/queue -e server -- dlog -t queue.log
	dmon --if-absent --name app/web --ready port:7002 -e server --port 7002 -- dlog -t web.log
	# Out of the way of the other ones, and never more than a gigabyte.
	dmon --if-absent --name app/worker --pressure cpu=30 --restart-if memory=1g/1m worker
	# Every ten minutes, however it ended.
	dmon --if-absent --name app/clean -i 10m --success any --backoff 10m job
}

case ${1:-} in
start) start ;;
stop) dmonctl stop 'app/*' ;;
status) dmonctl list 'app/*' ;;
*)
	echo "usage: $0 start|stop|status" >&2
	exit 2
	;;
esac
