# What examples/ has: units that systemd accepts, and lines that do what they say.
. "$LIB"
need systemd-analyze systemd
need python3 python3
need ip iproute2
need cc gcc
if [ ! "${PRIVATE_MOUNTS-}" ]; then
	PRIVATE_MOUNTS=1 exec unshare -mn --propagation private bash -eu "$0"
fi
ip link set lo up
fake_load 0.10
fake_calm
examples=$DATA/../../../examples
export DMON_DIR=$PWD/names

# A static server, which also an image from scratch can run: --port N or --file PATH.
cat >server.c <<'X'
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int n, char **word) {
	if (n == 3 && !strcmp(word[1], "--port")) {
		struct sockaddr_in a = { AF_INET, htons(atoi(word[2])), { htonl(INADDR_LOOPBACK) } };
		int s = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(s, (void *)&a, sizeof a) || listen(s, 9)) return 1;
	}
	if (n == 3 && !strcmp(word[1], "--file")) close(open(word[2], O_CREAT | O_WRONLY, 0600));
	write(1, "it runs\n", 8);
	for (;;) pause();
}
X
mkdir bin
cc -static -o bin/server server.c
cp bin/server bin/worker
printf '#!/bin/sh\nexit 0\n' >bin/job
chmod +x bin/job
cp "$(command -v dmon)" "$(command -v dmonctl)" "$(command -v dlog)" bin/
PATH=$PWD/bin:$PATH
mount --bind bin /usr/local/bin
mount -t tmpfs none /var/log

# Units: what systemd finds wrong with them is nothing.
mkdir units
for unit in server user; do
	sed 's,/usr/bin/d,/usr/local/bin/d,g' "$examples/$unit.service" >units/$unit.service
	mode=
	[ $unit = server ] || mode=--user
	XDG_RUNTIME_DIR=$PWD systemd-analyze $mode --man=no verify "$PWD/units/$unit.service" >said 2>&1 || fail "$unit.service: $(cat said)"
	lacks said $unit.service
	# And dmon agrees with its line.
	awk '/^ExecStart=/ { on = 1 } on { print } on && !/\\$/ { exit }' units/$unit.service | sed 's/^ExecStart=//; s/\\$//' | tr -d '\n' >line
	bash -c "$(sed 's/ -n / -n --explain /' line)" >explained || fail "the line of $unit.service: $(cat line)"
done

# Crontab and inittab: each line is run as cron and init run it.
grep -v '^#' "$examples/crontab" | sed -E 's/^(@reboot|([^ ]+ ){5}) *//' >lines
equal "$(lines lines)" 3 'the lines of crontab'
while IFS= read -r line; do
	sh -c "$line" </dev/null >said 2>&1 || fail "$line: $(cat said)"
	equal "$(cat said)" '' "what cron would mail of: $line"
done <lines
holds 'dmonctl is up server' "cron has started it"
dmonctl stop server
line=$(grep -v '^#' "$examples/inittab" | cut -d : -f 4- | sed 's,/usr/bin/,/usr/local/bin/,')
sh -c "exec $line" </dev/null & init=$!
wait_for 'dmonctl is up server'
kill $init
wait $init || :
wait_for 'dmonctl is ended server'

# Five services in a script.
"$examples/services.sh" start
equal "$("$examples/services.sh" status | grep -c app/)" 5 'the services'
"$examples/services.sh" start # again does nothing
equal "$(dmonctl list --json | grep -c '"category":"app"\|"name":"app/')" 5 'the services after a second start'
"$examples/services.sh" stop
holds '[ -z "$(pgrep -x worker)" ]' "all are gone" 2>/dev/null || fail "a worker stays"

# The image and the pod: what they name is there and nothing else, and their probes agree.
mkdir -p image/proc
mount --bind /proc image/proc # which every container has
while read -r word files; do
	[ "$word" != COPY ] || for f in $files; do [ "$f" = / ] || cp "bin/$f" image/; done
done <"$examples/Dockerfile"
words() { sed -n "s/^$1 *//p" "$examples/Dockerfile" | python3 -c 'import json, sys; print("\n".join(json.loads(sys.stdin.read())))'; }
mapfile -t entry < <(words ENTRYPOINT)
mapfile -t health < <(words 'HEALTHCHECK CMD')
inside=(env -i DMON_DIR=/names "$(command -v chroot)" image)
inside() { "${inside[@]}" "$@"; }
"${inside[@]}" "${entry[@]}" & first=$!
wait_for 'inside "${health[@]}"'
inside /dmonctl stop server
wait $first || :
ends_with 3 inside "${health[@]}"

pod() { python3 - "$examples/pod.yaml" "$@" <<'X'
import re, sys, json
text = open(sys.argv[1]).read()
for part in sys.argv[2:]:
    for found in re.findall(part + r':(?:\s*\n\s*exec: \{command:)?\s*(\[.*?\])', text):
        print("\n".join(w.strip().strip('"') for w in found[1:-1].split(",")))
X
}
mapfile -t entry < <(pod ' command' ' args')
rm -rf image/names image/ready
"${inside[@]}" "${entry[@]}" & first=$!
mapfile -t ready < <(pod readinessProbe)
mapfile -t alive < <(pod livenessProbe)
mapfile -t before < <(pod preStop)
wait_for 'inside "${ready[@]}"'
inside "${alive[@]}"
inside "${before[@]}"
kill $first
wait $first || :
ends_with 3 inside "${alive[@]}"
