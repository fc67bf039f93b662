//go:build !linux

package notify

// monotonic is nothing that anybody compares here.
func monotonic() string { return "0" }
