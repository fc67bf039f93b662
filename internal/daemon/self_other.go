//go:build !linux

package daemon

import "os"

func executable() (string, error) { return os.Executable() }

func name() {}
