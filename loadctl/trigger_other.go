//go:build !linux

package loadctl

// Call does nothing here: no other kernel calls.
func (g *pressure) Call(func()) (end func()) { return func() {} }
