//go:build !linux

package events

import "dmon/internal/place"

// pipeWhole is how much a pipe takes whole or not at all, in bytes: PIPE_BUF.
const pipeWhole = 512

// socketAt is the name of the socket.
func socketAt(d *place.Dir, name string) (to string, done func(), err error) {
	return d.Path(name), func() {}, nil
}
