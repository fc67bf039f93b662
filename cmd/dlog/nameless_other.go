//go:build unix && !linux

package main

import "errors"

// newNameless makes a file called temporary: every file has a name here.
func newNameless(temporary string) (*nameless, error) { return newNamed(temporary) }

func (n *nameless) link(name string) error { return errors.ErrUnsupported }
