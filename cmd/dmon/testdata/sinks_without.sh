# The sinks where the kernel, or a filter, lets them do less.
. "$LIB"
need strace strace
row F72 'no tee, no splice, from the beginning or later; no /proc and no /dev'

# Some writes with time for a look between them.
lines_slowly() {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		echo "line $i"
		wait_for "[ \$(lines log) = $i ]" >/dev/null
	done
	printf 'the last'
}
want=$(for i in 1 2 3 4 5 6 7 8; do echo "line $i"; done; echo 'the last')

for fault in tee:error=ENOSYS tee:error=EPERM tee:error=EINVAL:when=4+ tee:error=EPERM:when=5+ \
	splice:error=ENOSYS splice:error=EPERM:when=3+; do
	rm -f log
	lines_slowly | ends_with 0 strace -f -o trace -e trace=${fault%%:*} -e inject=$fault dlog log 2>err
	equal "$(cat log)" "$want" "the log with $fault"
	case $fault in
		splice*) equal "$(cat err)" "" "what is said with $fault" ;;
		*)
			equal "$(lines err)" 1 "how often it is told with $fault"
			has err 'dlog: cannot look into the pipe'
			has err 'if dlog is killed, lines that it has read are lost'
			;;
	esac
	# What comes at once, in large pieces.
	rm -f log
	seq 200000 | ends_with 0 strace -f -o trace -e trace=${fault%%:*} -e inject=$fault dlog -b log 2>err
	equal "$(md5sum <log)" "$(seq 200000 | md5sum)" "200,000 lines with $fault"
done

# A directory with nothing but the program in it.
mkdir jail
cp "$(command -v dlog)" jail
seq 1000 | ends_with 0 chroot jail /dlog -t -s 3k -m 0 /log 2>err
equal "$(cat err)" "" "what dlog says in an empty directory"
equal "$(cat jail/log.* jail/log | wc -l)" 1000 "the lines in an empty directory"

# An ordinary file, a socket or a terminal is no pipe: nothing is told.
ends_with 0 dlog log2 </etc/passwd 2>err
equal "$(cat err)" "" "what dlog says of a file"
