# alone
# F55: load_freeze.sh where no cgroup can be made.
. "$LIB"
without_cgroups
row F55 'no cgroup to be had'
. "${LIB%/*}/load_freeze.sh"
