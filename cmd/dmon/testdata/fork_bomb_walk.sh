# F55: fork_bomb.sh where no cgroup can be made.
. "$LIB"
without_cgroups
row F55 'no cgroup to be had'
. "${LIB%/*}/fork_bomb.sh"
