//go:build !linux || !amd64

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: the measurements read /proc and use a probe in assembly: linux on amd64 only")
	os.Exit(1)
}
