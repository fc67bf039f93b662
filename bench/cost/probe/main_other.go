//go:build !linux || !amd64

package main

func main() {
	panic("probe: written for linux on amd64 only")
}
