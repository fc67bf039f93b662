//go:build !linux

package ready

import (
	"errors"

	"dmon/supervise"
)

type line struct{}

func (l *line) close() {}

func (l *line) hear() (supervise.Input, bool) { return nil, false }

func newLine(int, int, chan<- struct{}) (*line, int, error) { return nil, -1, errLinux }

func closeFD(int) {}

func probeOf(w *Wish, m Means) (func(*stretch) (bool, string), error) {
	if w.Kind == File {
		return probeFile(m.Path), nil
	}
	return nil, errLinux
}

var errLinux = errors.New("--ready can be exec, after and file on this system")
