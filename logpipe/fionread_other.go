//go:build !linux

package logpipe

// fionread is what every BSD calls it; x/sys does not name it for all of them.
const fionread = 0x4004667f
