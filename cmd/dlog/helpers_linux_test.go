package main

import (
	"fmt"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// onDisk mounts a small disk at its first argument, which nobody else sees,
// tells so through descriptor 3, and becomes the dlog of the other arguments.
func onDisk() {
	if err := unix.Mount("tmpfs", os.Args[1], "tmpfs", 0, "size=1m,mode=0777"); err != nil {
		fmt.Fprintln(os.Stderr, "mount:", err)
		os.Exit(99)
	}
	ready := os.NewFile(3, "ready")
	if _, err := ready.WriteString("x"); err != nil {
		os.Exit(99)
	}
	ready.Close()
	err := syscall.Exec(os.Args[2], os.Args[2:], os.Environ())
	fmt.Fprintln(os.Stderr, "exec:", err)
	os.Exit(99)
}

// limited makes files end at as many bytes as its first argument says, and
// becomes the dlog of the other arguments.
func limited() {
	n, err := strconv.ParseUint(os.Args[1], 10, 64)
	if err == nil {
		err = unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: unix.RLIM_INFINITY})
	}
	if err == nil {
		err = syscall.Exec(os.Args[2], os.Args[2:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(99)
}
