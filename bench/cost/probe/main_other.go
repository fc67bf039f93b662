//go:build !linux || (!amd64 && !arm64)

package main

func main() {
	panic("probe: written for linux on amd64 and arm64 only")
}
