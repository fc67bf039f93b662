//go:build !linux

package loadctl

// call does nothing here: no other kernel calls.
func (g *pressure) call(func()) (end func()) { return func() {} }
