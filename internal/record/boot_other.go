//go:build !linux

package record

// BootID is the kernel's name for this boot of the machine; none is known here.
func BootID() string { return "" }
