//go:build !linux

package daemon

func pseudo(int) bool { return false }
