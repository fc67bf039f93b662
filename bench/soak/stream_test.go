//go:build linux

package soak

import "strconv"

// longest is the longest line of the stream: far longer than what a pipe takes
// in one piece, and shorter than all it holds.
const longest = 200 << 10

// line puts line number n of the stream into dst, which is empty, without its newline. Every
// line is different, and says all over what it is.
func line(dst []byte, n uint64, limit int) []byte {
	dst = strconv.AppendUint(dst, n, 10)
	size := lengthOf(n, limit)
	if size > len(dst) {
		dst = append(dst, ' ')
	}
	h := mix(n)
	for i := len(dst); i < size; i++ {
		if i%16 == 0 {
			h = mix(h)
		}
		dst = append(dst, " abcdefghijklmnopqrstuvwxyz012345"[h>>(i%12*5)&31])
	}
	return dst
}

// lengthOf is how long line n is at least: most are short, a few long.
func lengthOf(n uint64, limit int) int {
	h := mix(n ^ 0x5eed)
	size := int(h >> 8 % 200)
	switch {
	case h%5003 == 0:
		size = int(h >> 8 % longest)
	case h%211 == 0:
		size = int(h >> 8 % (9 << 10))
	}
	return min(size, limit)
}

// mix is the finalizer of a well-known hash: neighbours become strangers.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
