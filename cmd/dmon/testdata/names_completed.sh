# Completion in a real bash on a terminal: verbs, options of a verb, values, names that a verb is for.
. "$LIB"
need expect expect

for name in web/one web/two 'odd.@_+-1' down1 gone/x; do dmon --name "$name" sleep 1000; done
dmonctl down down1
dmonctl stop gone/x
(cd / && dmon --name killed sleep 1000)
kill -KILL "$(dmonctl list --json killed | sed 's/.*"dmon":{"pid":\([0-9]*\).*/\1/')"
wait_for 'dmonctl is lost killed'
mkdir dir
touch dir/a.svg

# The words of a line are shown as they came, and not carried out.
cat >rc <<'IN'
set +o history
PS1='>>> '
bind 'set bell-style none' 'set show-all-if-ambiguous on' 'set completion-query-items 0' 'set page-completions off' 'set enable-bracketed-paste off' 'set print-completions-horizontally on' 'set completion-display-width 0'
real=$(command -v dmonctl)
. <("$real" completion bash)
dmonctl() { if [ "${2-}" = names ]; then "$real" "$@"; else printf '<%s>' "$@"; echo .; fi; }
IN
cat >keys.exp <<'IN'
set timeout 20
log_file -noappend session.txt
proc fail {what} { puts "FAIL: $what"; exit 1 }
proc want {pattern} {
	expect {
		-re $pattern {}
		timeout { fail "waited in vain for $pattern" }
		eof { fail "end of file before $pattern" }
	}
}
spawn env TERM=dumb bash --rcfile rc -i
want {>>> }
# is TYPED RESULT: a tab behind what is typed makes that of it.
proc is {typed result} {
	send "$typed\t\r"
	expect {
		-re {\n(<[^\n]*>\.)\r} { if {$expect_out(1,string) ne $result} { fail "$typed becomes $expect_out(1,string), not $result" } }
		timeout { fail "nothing came of $typed" }
	}
	want {>>> }
}
# lists TYPED WORDS: a tab behind what is typed lists these, one a line.
proc lists {typed words} {
	send "$typed\t"
	expect {
		-re {\n((?:[^\n]*\r\n)+)>>> } { set got [lsort [split [string trim [string map {"\r" ""} $expect_out(1,string)]] "\n"]] }
		timeout { fail "nothing is listed for $typed" }
	}
	if {[lsort $words] ne $got} { fail "$typed lists $got, not $words" }
	send "\025"
	send "echo =\r"
	want {\n=\r\n>>> }
}
is "dmonctl sto" "<stop>."
is "dmonctl -q sta" "<-q><sta>."
is "dmonctl -u root rest" "<-u><root><restart>."
is "dmonctl -qu root rest" "<-qu><root><restart>."
is "dmonctl -uroot rest" "<-uroot><restart>."
is "dmonctl -t 5 --for ready wai" "<-t><5><--for><ready><wait>."
is "dmonctl --for re" "<--for><re>."
is "dmonctl --for pau" "<--for><paused>."
is "dmonctl --for=pau" "<--for=paused>."
is "dmonctl --color=al" "<--color=always>."
is "dmonctl wait --f" "<wait><--for>."
is "dmonctl stop --f" "<stop><--f>."
is "dmonctl stop od" "<stop><odd.@_+-1>."
is "dmonctl stop odd.@" "<stop><odd.@_+-1>."
is "dmonctl stop odd.@_" "<stop><odd.@_+-1>."
is "dmonctl stop 'od" "<stop><odd.@_+-1>."
is "dmonctl stop web/one web/t" "<stop><web/one><web/two>."
is "dmonctl stop gon" "<stop><gon>."
is "dmonctl start gon" "<start><gone/x>."
is "dmonctl is up odd.@_" "<is><up><odd.@_+-1>."
is "dmonctl is pau" "<is><paused>."
is "dmonctl signal HU" "<signal><HUP>."
is "dmonctl signal HUP do" "<signal><HUP><down1>."
is "dmonctl events down1 we" "<events><down1><we>."
is "dmonctl -H there stop we" "<-H><there><stop><we>."
is "dmonctl -o dir/" "<-o><dir/a.svg>."
is "dmonctl completion fi" "<completion><fish>."
is "dmonctl help timel" "<help><timeline>."
lists "dmonctl stop " {down1 odd.@_+-1 web/one web/two}
lists "dmonctl start " {down1 gone/x killed}
is "dmonctl up " "<up><down1>."
lists "dmonctl forget " {gone/x killed}
lists "dmonctl status web/" {web/one web/two}
lists "dmonctl wait --for r" {ready restart}
send "COMP_WORDBREAKS=' '\r"
want {>>> }
is "dmonctl stop odd.@" "<stop><odd.@_+-1>."
is "dmonctl --for=pau" "<--for=paused>."
send "exit\r"
expect eof
puts done
IN
expect keys.exp >expect.out 2>&1 || { tail -c 2000 expect.out; fail 'see above'; }
has expect.out done
dmonctl stop '*' 'web/*'
