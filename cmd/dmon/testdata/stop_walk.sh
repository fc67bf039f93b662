# F55: stop.sh where no cgroup can be made.
. "$LIB"
without_cgroups
row F55 'no cgroup to be had'
. "${LIB%/*}/stop.sh"
