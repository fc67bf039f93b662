# Completion in the real shells, on a terminal: what is made from the options is
# loaded as a user would load it, and the tab key is pressed.
. "$LIB"
need expect expect
need zsh zsh
need fish fish
need shellcheck shellcheck

completions "$(dirname "$(command -v dmon)")" made || fail "none are made"
shellcheck -s bash -S error made/bash/* || fail "bash's is no shell script"
for name in dmon dlog dsyslog dmonctl; do
	holds '[ -s made/bash/$name ] && [ -s made/zsh/_$name ] && [ -s made/fish/$name.fish ]' "$name has completions for three shells"
done

touch a-file-of-mine
DMON_DIR=$PWD/names dmon --name shop/web sleep 1000 || fail "no dmon to be named"
export DMON_DIR=$PWD/names HOME=$PWD

cat >press.exp <<'X'
set timeout 30
log_user 0
set shell [lindex $argv 0]
set env(TERM) xterm
set load(bash) {bind 'set bell-style none'; PS1='ready> '; for f in made/bash/*; do . $f; done}
set load(zsh) {unsetopt beep; PS1='ready> '; fpath=($PWD/made/zsh $fpath); autoload -U compinit; compinit -u -D}
set load(fish) {function fish_prompt; echo 'ready> '; end; set -g fish_complete_path $PWD/made/fish $fish_complete_path; set -g fish_autosuggestion_enabled 0}
set call(bash) {bash --norc --noprofile -i}
set call(zsh) {zsh -f -i}
set call(fish) {fish --no-config -i}

proc fail {text} {
	global expect_out shell
	send_user "$shell: $text: [string map {\x1b ^} $expect_out(buffer)]\n"
	exec kill -KILL [exp_pid]
	exit 1
}

# press sends what somebody types, and the tab key, and wants to see the rest.
proc press {typed rest} {
	send -- "$typed\t"
	expect {
		-ex $rest {}
		timeout { fail "'$typed' does not become $rest" }
	}
	send "\025"
}

eval spawn -noecho $call($shell)
send -- "$load($shell); echo loa''ded\r"
expect {
	loaded {}
	timeout { fail "it does not begin" }
}
press "dmon --restart" "-if"
press "dmon -n --load-of oth" "ers"
press "dmon --pressure c" "pu="
press "dmon -n --cmd-pid-file a-fi" "le-of-mine"
press "dmon -u roo" "t"
press "dmon -n slee" "p"
press "dmon sleep 1 -- dsyslo" "g"
press "dlog --compr" "ess"
press "dlog a-fi" "le-of-mine"
press "dmonctl who" "ami"
press "dmonctl stop sh" "op/web"
press "dmonctl wait --for hea" "lthy"
exec kill -KILL [exp_pid]
X
for shell in bash zsh fish; do
	expect -f press.exp "$shell" || fail "$shell does not complete"
done
dmonctl stop shop/web
