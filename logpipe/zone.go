package logpipe

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// localTime is where the system says which time zone it is in.
const localTime = "/etc/localtime"

// local is the zone of all local times here.
var local = sync.OnceValue(func() *zone {
	tz, set := os.LookupEnv("TZ")
	return newZone(tz, set, localTime)
})

// Local returns t in the local time zone, as the C library would have it at this
// moment: TZ may be a description, and a zone that was changed is the new one.
func Local(t time.Time) time.Time { return local().in(t) }

// zone is the local time zone as the C library has it: TZ names a file, or is
// a description as POSIX has it, such as CET-1CEST; without TZ another file says.
// A file is looked at now and then, because it may be replaced. The runtime's own
// local zone knows no descriptions, and reads its file once.
type zone struct {
	mu     sync.Mutex
	where  *time.Location
	file   string // to be followed, empty for none
	seen   place
	second int64 // of the last look
}

func newZone(tz string, set bool, file string) *zone {
	if set {
		if file = zoneFile(tz); file == "" {
			return &zone{where: zoneOf(tz)}
		}
	}
	z := &zone{where: time.UTC, file: file}
	z.follow(time.Now())
	return z
}

// in returns t as this zone shows it.
func (z *zone) in(t time.Time) time.Time {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.file != "" && t.Unix() != z.second {
		z.follow(t)
	}
	return t.In(z.where)
}

// follow reads the file, if it is another one since the last look.
func (z *zone) follow(now time.Time) {
	z.second = now.Unix()
	at := placeOf(z.file)
	if at == z.seen {
		return
	}
	if at == (place{}) {
		z.where, z.seen = time.UTC, at
	} else if where := zoneIn(z.file); where != nil {
		z.where, z.seen = where, at
	} // or else somebody is writing it at this moment, perhaps
}

// zoneDirs are where files of zones are looked for, behind what TZDIR names.
var zoneDirs = []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"}

// zoneFile is the file that a value of TZ names, "" where that names none.
func zoneFile(tz string) string {
	tz = strings.TrimPrefix(tz, ":")
	if filepath.IsAbs(tz) {
		return tz
	}
	if tz == "" || !filepath.IsLocal(tz) {
		return ""
	}
	for _, dir := range append([]string{os.Getenv("TZDIR")}, zoneDirs...) {
		if file := filepath.Join(dir, tz); dir != "" && zoneIn(file) != nil {
			return file
		}
	}
	return ""
}

// zoneOf is the zone that a value of TZ means, UTC where it means none.
func zoneOf(tz string) *time.Location {
	tz = strings.TrimPrefix(tz, ":")
	if tz == "" {
		return time.UTC
	}
	if tz != "Local" {
		if where, err := time.LoadLocation(tz); err == nil {
			return where
		}
	}
	return zoneAs(tz)
}

// zoneIn is the zone in a file, nil where that holds none.
func zoneIn(file string) *time.Location {
	data := readSmall(file)
	if data == nil {
		return nil
	}
	where, err := time.LoadLocationFromTZData("Local", data)
	if err != nil {
		return nil
	}
	return where
}

// zoneMax is more than any file of a zone has.
const zoneMax = 1 << 20

// readSmall reads a file of a zone, and neither waits at a FIFO nor reads a device
// without an end; nil where that fails.
func readSmall(name string) []byte {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if unix.Fstat(fd, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size > zoneMax {
		return nil
	}
	data := make([]byte, st.Size)
	for n := 0; n < len(data); {
		m, err := unix.Read(fd, data[n:])
		if err == unix.EINTR {
			continue
		}
		if err != nil || m == 0 {
			return nil
		}
		n += m
	}
	return data
}

// zoneAs is the zone with a description as POSIX has it: UTC where it is none. A
// file of time zones ends with such a description, of the time after all that it
// knows, so it is read as a file that knows nothing else.
func zoneAs(tz string) *time.Location {
	where, err := time.LoadLocationFromTZData(tz, described(tz))
	if err != nil {
		return time.UTC
	}
	return where
}

// described is a file of time zones that knows the description tz, and that
// time is UTC where that is none.
func described(tz string) []byte {
	var data []byte
	for range 2 { // the second time is for who reads more than 32 bits
		data = append(data, "TZif2"...)
		data = append(data, make([]byte, 15)...)
		for _, count := range []uint32{0, 0, 0, 0, 1, 4} { // one kind of time, and its name
			data = binary.BigEndian.AppendUint32(data, count)
		}
		data = append(data, 0, 0, 0, 0, 0, 0, 'U', 'T', 'C', 0)
	}
	return append(data, "\n"+tz+"\n"...)
}

// place tells one file from another with the same name. Numbers of inodes are
// used again at once, but not together with the time.
type place struct {
	dev, ino uint64
	made     unix.Timespec
}

func placeOf(path string) place {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return place{}
	}
	return place{uint64(st.Dev), st.Ino, st.Mtim}
}
