# list -w on a small terminal that changes its size, ^Z, fg and ^C; colours; a pipe; jq.
. "$LIB"
need tmux tmux
need jq jq
export TMUX_TMPDIR=$PWD LC_ALL=C.UTF-8
unset TMUX NO_COLOR

for n in 1 2 3 4 5 6; do dmon --name "job/$n" sleep 1000; done
dmonctl text job/1 '準備完了 🚀🚀 ééé and far too much for any window that one has on a small screen'
dmonctl text job/2 "$(printf '\033[31mred\a\tx\nline')"
dmonctl pause job/3

tm() { tmux -L t -f /dev/null "$@"; }
trap 'tm kill-server 2>/dev/null || :' EXIT
seen() { tm capture-pane -p >seen; }
# sees PATTERN: the screen shows it. first PATTERN: in its first line.
sees() { wait_for "seen; grep -q -- '$1' seen"; }
first() { wait_for "seen; head -1 seen | grep -q -- '$1'"; }
# screen OTHER CURSOR: whether a screen of its own is shown, and a cursor.
screen() { wait_for "[ \"\$(tm display -p '#{alternate_on} #{cursor_flag}')\" = '$1' ]"; }
tm new-session -d -x 60 -y 6 "env PS1='>>> ' TERM=screen-256color bash --norc"
sees '>>>'
tm send-keys 'dmonctl list -w' Enter
first '^NAME  *STATE'
sees '^(2 more)'
equal "$(grep -c '^job/' seen)" 4 'names in six lines'
tm resize-window -x 30 -y 4
sees '^(4 more)'
first '^NAME'
tm resize-window -x 150 -y 20
sees '^job/6.*sleep 1000'
first '^NAME.*COMMAND$'
has seen '\x1b[31mred\x07\x09x\x0aline'
equal "$(sed -n 's/sleep 1000.*//p' seen | while IFS= read -r line; do printf '%s\n' "$line" | wc -L; done | sort -u | wc -l)" 1 'columns where COMMAND begins'
dmonctl stop job/6
sees '^job/6.* ended '
tm send-keys C-z
sees 'Stopped'
lacks seen COMMAND
screen '0 1'
tm send-keys fg Enter
first '^NAME.*COMMAND$'
screen '1 0'
tm send-keys C-c
screen '0 1'
tm send-keys 'echo rc=$? ' Enter
sees '^rc=0'

# Colours are for terminals, and for who wants them.
green=$(printf '\033[32mup\033')
coloured() { shown=$((${shown-0} + 1)); tm send-keys "clear; $1 list; echo en''d$shown" Enter; wait_for 'tm capture-pane -p -e >seen; has seen "end$shown"'; }
coloured dmonctl
has seen "$green"
for without in 'NO_COLOR=1 dmonctl' 'TERM=dumb dmonctl' 'dmonctl --color never'; do
	coloured "$without"
	has seen job/1
	lacks seen "$green"
done
coloured 'NO_COLOR=1 dmonctl --color always'
has seen "$green"
tm kill-server
dmonctl list >out
lacks out "$(printf '\033')"
dmonctl --color always list >out
has out "$(printf '\033[33mpaused\033[0m')"

# A pipe gets plain frames, and ends who writes when it is closed.
dmonctl list -w | head -9 >out
equal "$(grep -c '^NAME' out)" 2 'heads in nine lines'
lacks out "$(printf '\033')"

# Every object is one that jq reads, whatever is in it.
equal "$(dmonctl list --json | jq -rs 'map(.state) | join(" ")')" 'up up paused up up ended' 'states'
equal "$(dmonctl status --json job/2 | jq -r .text)" "$(printf '\033[31mred\a\tx\nline')" 'the text'
equal "$(dmonctl events job/3 | jq -rs 'map(.event) | join(" ")')" 'snapshot start pause' 'events'
dmonctl -q stop 'job/*'
