package logpipe

import (
	"strconv"
	"time"
)

// Stamp is a way to write the time in front of a line. The zero value writes
// nothing.
type Stamp int

// The stamps, each followed by a blank, and each of one length whatever the time.
const (
	NoStamp     Stamp = iota
	StampDmon         // 2026-11-20/16:27:33 in UTC
	StampISO          // RFC 3339 in UTC with microseconds: 2026-11-20T16:27:33.123456Z
	StampLocal        // 2026-11-20/17:27:33 in the local time zone
	StampTAI64N       // TAI64N as multilog writes it: @40000000691f43cd075bca00
	StampUnix         // seconds since 1970 with microseconds: 1795192053.123456
)

// stampNames are in the order of the constants, without the first.
var stampNames = []string{"dmon", "iso", "local", "tai64n", "unix"}

// StampNames lists the names that StampByName knows.
func StampNames() []string { return append([]string(nil), stampNames...) }

// StampByName returns the stamp called name, and NoStamp where there is none.
func StampByName(name string) Stamp {
	for i, n := range stampNames {
		if n == name {
			return Stamp(i + 1)
		}
	}
	return NoStamp
}

// The layouts end in the blank that separates the stamp from the line.
const (
	dmonLayout = "2006-01-02/15:04:05 "
	isoLayout  = "2006-01-02T15:04:05.000000Z "
)

// taiOffset is what TAI64 labels add to the seconds since 1970: 2^62, and the
// ten seconds by which the two clocks differed then. Later leap seconds are
// not counted, and neither does multilog where its clock shows UTC.
const taiOffset = 1<<62 + 10

// Append adds the stamp for t to dst.
func (s Stamp) Append(dst []byte, t time.Time) []byte {
	switch s {
	case StampDmon:
		return t.UTC().AppendFormat(dst, dmonLayout)
	case StampISO:
		return t.UTC().AppendFormat(dst, isoLayout)
	case StampLocal:
		return Local(t).AppendFormat(dst, dmonLayout)
	case StampTAI64N:
		dst = append(dst, '@')
		dst = appendHex(dst, uint64(t.Unix()+taiOffset), 16)
		dst = appendHex(dst, uint64(t.Nanosecond()), 8)
		return append(dst, ' ')
	case StampUnix:
		dst = strconv.AppendInt(dst, t.Unix(), 10)
		dst = append(dst, '.')
		micro := strconv.Itoa(1e6 + t.Nanosecond()/1e3)
		dst = append(dst, micro[1:]...)
		return append(dst, ' ')
	default:
		return dst
	}
}

// Fine says that the stamp shows parts of a second.
func (s Stamp) Fine() bool { return s == StampISO || s == StampTAI64N || s == StampUnix }

func appendHex(dst []byte, n uint64, digits int) []byte {
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[n>>shift&15])
	}
	return dst
}

// looksLike says whether p, which has the length of a stamp of this kind, has
// its form: the same punctuation, and digits where example has digits.
func looksLike(p, example []byte) bool {
	for i, c := range p {
		if isDigit(example[i]) != isDigit(c) || !isDigit(c) && c != example[i] {
			return false
		}
	}
	return true
}

// isDigit takes the letters of TAI64N labels for digits, which no other stamp
// has in small letters.
func isDigit(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }
