//go:build !linux

package daemon

import (
	"os"

	"golang.org/x/sys/unix"
)

func executable() (string, error) { return os.Executable() }

func name() {}

func closeOnExec() { closeOnExecEach("/dev/fd") }

func redirect(from, to int) error { return unix.Dup2(from, to) }
