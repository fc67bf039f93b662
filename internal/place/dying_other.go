//go:build !linux

package place

// Outlive waits for nothing: a lock is gone here as soon as its holder is.
func Outlive(int) bool { return false }
