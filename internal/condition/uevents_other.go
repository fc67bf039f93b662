//go:build !linux

package condition

import "errors"

// uevents are not to be had here.
type uevents struct{}

func hearUevents(string) (uevents, error) { return uevents{}, errors.ErrUnsupported }

func (uevents) told(string) bool { return false }
func (uevents) listen(func())    {}
