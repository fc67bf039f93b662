# slow
# F10: a member of the tree becomes root, and a dmon that is not root may not
# signal it. It says so, ends the rest, and ends itself.
. "$LIB"
need gcc gcc
need setpriv util-linux
row F10 'a member that became root'

cat >become.c <<'C'
#include <unistd.h>

int main(void)
{
	if (setuid(0) != 0)
		return 1;
	execl("/bin/sleep", "sleep", "1000", (char *)0);
	return 1;
}
C
gcc -o become become.c
chmod u+s become
mkdir home
chown 61309 home
cd home

setpriv --reuid 61309 --regid 61309 --clear-groups dmon -n -v -k 100ms sh -c '
	../become & echo $! >root
	sleep 1000 & echo $! >plain
	wait' 2>said &
dmon=$!
wait_for '[ -s plain ] && [ "$(cat /proc/$(cat root)/comm)" = sleep ]'
read -r root <root
read -r plain <plain
start=$(now)
kill $dmon
status wait $dmon
gone "$plain"
alive "$root"
holds "[ $(($(now) - start)) -lt 30000 ]" "it took long"
has said "process $root"
kill -KILL "$root"
