# What the scripts have in common. Each begins with: . "$LIB"
# shellcheck shell=bash

exec 9<> <(:) # never written to: reading it with a time limit is a nap without a process

# fail TEXT: say so and end.
fail() {
	echo "FAIL: $* (lines ${BASH_LINENO[*]})" >&2
	exit 1
}

set -E
trap 'echo "FAILED: $BASH_COMMAND (lines $LINENO ${BASH_LINENO[*]})" >&2' ERR

# row FN WHAT: what follows is row N of the faults that dmon must survive.
# make check collects these and tells which rows were tested.
row() { echo "row $*"; }

# need TOOL PACKAGE: the script cannot do without it.
need() { command -v "$1" >/dev/null || fail "$1 is missing: apt-get install $2"; }

nap() { read -rt "${1:-0.02}" -u 9 || :; }

# wait_for CONDITION [SECONDS]: until eval of CONDITION is true. The time only
# bounds a failure.
wait_for() {
	local end=$((SECONDS + ${2:-30}))
	until eval "$1" 2>/dev/null; do
		[ $SECONDS -lt $end ] || fail "waited ${2:-30} s in vain for: $1"
		nap
	done
}

# holds CONDITION WHY: must be true now.
holds() { eval "$1" || fail "$2 (not true: $1)"; }

# equal GOT WANT WHAT
equal() { [ "$1" = "$2" ] || fail "$3 is '$1', not '$2'"; }

# status COMMAND...: sets rc to its exit status, whatever that is.
status() { rc=0; "$@" || rc=$?; }

# ends_with STATUS COMMAND...
ends_with() {
	local want=$1
	shift
	status "$@"
	equal $rc "$want" "the status of: $*"
}

# joined PID STATUS: a background job of ours ends with STATUS.
joined() {
	rc=0
	wait "$1" || rc=$?
	equal $rc "$2" "the status of process $1"
}

# insist PID: ask a dmon that was asked before until it sees that it is urgent:
# what comes within a second of the first request is the same one.
insist() { wait_for "kill $1; gone $1"; }

# has FILE TEXT: a line of FILE holds TEXT.
has() { grep -qF -- "$2" "$1"; }
lacks() { ! grep -qF -- "$2" "$1"; }

# count PATTERN FILE: the number of lines that match.
count() { grep -c -- "$1" "$2" || :; }

# lines FILE: how many it has, 0 without a file.
lines() { local n=0; [ ! -e "$1" ] || n=$(wc -l <"$1"); echo "$n"; }

# state PID: the letter in /proc/PID/stat; nothing when it is gone.
state() { local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 0; s=${s##*) }; echo "${s%% *}"; }

# alive PID: there, and no zombie. gone PID: not so.
alive() { case $(state "$1") in '' | Z | X) return 1 ;; esac; }
gone() { ! alive "$1"; }

# ready PID: a sink hears TERM. The runtime catches it, and every other signal,
# from the start; that QUIT and PWR are left to the kernel comes behind that. The
# bash that is to execute the sink looks the same.
ready() {
	local mask
	mask=$(awk '/^Name/ { name = $2 } /^SigCgt/ && name != "bash" { print $2 }' "/proc/$1/status") &&
		[ -n "$mask" ] && [ $((0x$mask & 0x20004004)) = $((0x4000)) ]
}

# paused PID: it stands still, by a signal or because its cgroup is frozen. A
# shell that waits for its child to execute, which is stopped, is in state D.
paused() {
	local line
	case $(state "$1") in T | D) return 0 ;; '' | Z | X) return 1 ;; esac
	while read -r line; do
		case $line in 0::*) grep -qs '^frozen 1' "$(unified)${line#0::}/cgroup.events" && return 0 ;; esac
	done <"/proc/$1/cgroup"
	return 1
}

# unified: where cgroups of version 2 are mounted.
unified() { awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo; }

# without_cgroups: goes on where none can be made.
without_cgroups() {
	private_mounts
	[ "${NO_CGROUPS-}" ] && return
	export NO_CGROUPS=1
	mount --bind "$(unified)" "$(unified)"
	mount -o remount,bind,ro "$(unified)"
	! mkdir "$(unified)/dmon.no" 2>/dev/null || fail "a cgroup can be made still"
}

# now: milliseconds of a clock, for bounds that are generous.
now() { local t=${EPOCHREALTIME/[.,]/}; echo $((t / 1000)); }

# stop PIDFILE: TERM to the dmon there, and wait for its end.
stop() {
	local pid
	pid=$(cat "$1")
	kill "$pid"
	wait_for "gone $pid"
}

# private_mounts: goes on in a mount namespace of the script's own.
private_mounts() {
	[ "${PRIVATE_MOUNTS-}" ] || PRIVATE_MOUNTS=1 exec unshare -m --propagation private bash -eu "$0"
}

# fake_load N: the load average from now on. Wants private_mounts.
fake_load() {
	local fresh=
	[ -e loadavg ] || fresh=1
	# In place and in one piece: dmon may read at any time.
	printf '%6.2f %6.2f %6.2f 1/100 1\n' "$1" "$1" "$1" 1<>loadavg
	[ -z "$fresh" ] || mount --bind loadavg /proc/loadavg
}

# fake_calm: nothing is held up for want of anything, however busy the machine is. Wants
# private_mounts.
fake_calm() {
	local resource
	printf '%s avg10=0.00 avg60=0.00 avg300=0.00 total=0\n' some full >calm
	for resource in cpu io memory; do
		mount --bind calm "/proc/pressure/$resource"
		mount -o remount,bind,ro "/proc/pressure/$resource" # nobody is to set a trigger
	done
}

# serve_ssh [SETTING]...: a real sshd on 127.0.0.1 at $port, for the key in the file key;
# who logs in reads no profile but the script's. Wants private_mounts.
serve_ssh() {
	need /usr/sbin/sshd openssh-server
	need ssh openssh-client
	mount -t tmpfs tmpfs /run
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f host
	ssh-keygen -q -t ed25519 -N '' -f key
	printf '%s\n' 'ListenAddress 127.0.0.1' "HostKey $PWD/host" "AuthorizedKeysFile $PWD/key.pub" 'StrictModes no' 'UsePAM no' \
		'PidFile none' 'LogLevel ERROR' "SetEnv HOME=$PWD PATH=$PATH LC_ALL=C DMON_SCRIPT=$DMON_SCRIPT${SSH_ENV:+ $SSH_ENV}" "$@" >sshd_config
	trap 'kill $sshd 2>/dev/null' EXIT # it hides its environment from who looks for what is left
	until sshd_listens; do :; done
}

# sshd_listens: at a port that was free.
sshd_listens() {
	port=$((20000 + RANDOM % 10000))
	/usr/sbin/sshd -D -e -f sshd_config -p "$port" 2>sshd.log &
	sshd=$!
	wait_for 'gone $sshd || (: </dev/tcp/127.0.0.1/$port)'
	alive $sshd
}
