//go:build !linux || (!amd64 && !arm64)

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "bench: the measurements read /proc and use a probe in assembly: linux on amd64 or arm64 only")
	os.Exit(1)
}
