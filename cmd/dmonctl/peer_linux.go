package main

import (
	"fmt"
	"net"

	"dmon/internal/place"
	"dmon/internal/varlink"

	"golang.org/x/sys/unix"
)

// socketPath names the socket in dir however deep that lies: a socket's address
// has room for 107 bytes.
func socketPath(dir *place.Dir) string {
	return fmt.Sprintf("/proc/self/fd/%d/control", dir.FD())
}

// sameUser refuses an answer from anybody but who has the name: a link in a user's
// directory may lead to the socket of another's dmon, root's too.
func sameUser(client *varlink.Client, uid int) error {
	conn, ok := client.Conn().(*net.UnixConn)
	if !ok {
		return fmt.Errorf("not a Unix socket")
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var cerr error
	if err := raw.Control(func(fd uintptr) { cred, cerr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil {
		return err
	}
	if cerr != nil {
		return cerr
	}
	if int(cred.Uid) != uid {
		return fmt.Errorf("user %d listens there", cred.Uid)
	}
	return nil
}
