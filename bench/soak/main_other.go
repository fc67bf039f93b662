//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: the soak uses tmpfs, namespaces and /proc: linux only")
	os.Exit(1)
}
