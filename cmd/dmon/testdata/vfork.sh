# F9: a parent in a vfork waits in state D until its child executes or ends, so
# it neither stops nor dies before that. Both are ended nevertheless.
. "$LIB"
need gcc gcc
row F9 'a parent that waits in a vfork'

cat >vforks.c <<'C'
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	signal(SIGTERM, SIG_IGN);
	if (vfork() == 0) {
		FILE *f = fopen("child", "w");
		fprintf(f, "%d\n", getpid());
		fclose(f);
		for (;;)
			pause();
	}
	return 0;
}
C
gcc -o vforks vforks.c

dmon -n -k 200ms --cmd-pid-file cmd.pid ./vforks &
dmon=$!
wait_for '[ -s child ] && [ -s cmd.pid ]'
read -r child <child
read -r parent <cmd.pid
wait_for "[ \"\$(state $parent)\" = D ]"
kill $dmon
joined $dmon 137
gone "$child"
gone "$parent"
