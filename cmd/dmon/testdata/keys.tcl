# What scripts with a terminal have in common: an interactive shell in it, which
# is spawned by begin, and what is waited for there.
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
# A key typed before the shell has handed the terminal over is not the job's.
proc in_front {program} {
	global spawn_out
	set tries 0
	while {![regexp "\\+ +$program" [exec ps -t $spawn_out(slave,name) -o stat=,comm=]]} {
		after 20
		if {[incr tries] > 500} { fail "$program does not come to the front" }
	}
}
proc prompt {} { want {>>> } }
# begin starts the shell.
proc begin {} {
	uplevel {
		spawn env "PS1=>>> " bash --norc --noprofile --noediting -i
		prompt
		send "stty -echo\r"
		prompt
	}
}
# status asks for that of the last command.
proc status {n} {
	send "echo status=\$?=\r"
	want "status=$n="
	prompt
}
# there waits for a file.
proc there {file} {
	set tries 0
	while {![file exists $file]} { after 20; if {[incr tries] > 1000} { fail "no $file" } }
}
