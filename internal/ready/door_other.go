//go:build !linux

package ready

import (
	"errors"
	"os"

	"dmon/supervise"
)

type line struct{}

func (l *line) close() {}

func (l *line) hear() (supervise.Input, bool) { return nil, false }

func newLine(int, int, chan<- struct{}) (*line, int, error) { return nil, -1, errLinux }

func closeFD(int) {}

type socket struct{ address string }

type letter struct {
	text  string
	pid   int
	uid   uint32
	pidfd int
}

func listen(string, bool) (*socket, *os.File, error) { return nil, nil, errLinux }

func (s *socket) next() (l letter, ok bool) { return l, false }

func (s *socket) heard()  {}
func (s *socket) forget() {}
func (s *socket) close()  {}

func ring(*os.File, chan<- struct{}) {}

func probeOf(w *Wish, m Means) (func(*stretch) (bool, string), error) {
	if w.Kind == File {
		return probeFile(m.Path), nil
	}
	return nil, errLinux
}

var errLinux = errors.New("--ready can be exec, after and file on this system")
