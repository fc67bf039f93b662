package proc

// groupState is what stands in the way of whoever is born into a group, or did
// when it was opened. 0 is a group that we have made, and have done nothing to.
type groupState uint8

const (
	found  groupState = 1 << iota // it was there before us
	frozen                        // its members stand still, or will soon: until thaw
	spent                         // cgroup.kill was used, see bears: until renew
)

func (s groupState) has(what groupState) bool { return s&what != 0 }
