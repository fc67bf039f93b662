package loadctl

// MemoryBound is how many bytes of memory we may have: the smallest limit of the
// control groups that we are in, else all of the machine. root is where /proc is
// mounted.
func MemoryBound(root string) (int64, error) {
	m, err := (&minMemory{file: newProcFile(root, "meminfo"), groups: memoryGroups(root)}).read()
	return m.total, err
}
