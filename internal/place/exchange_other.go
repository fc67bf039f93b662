//go:build !linux

package place

import "errors"

// Exchange is not to be had here.
func (d *Dir) Exchange(a, b string) error { return d.failed("rename", a, errors.ErrUnsupported) }
