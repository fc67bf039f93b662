//go:build !(linux && amd64) || race

package proc

// WatchInterrupts does nothing here.
func WatchInterrupts() {}

// Sent is 0: an INT is taken for the terminal's.
func Sent() uint32 { return 0 }
