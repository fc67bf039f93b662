package condition

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"time"
)

// LocalZone is where the local time is told of: TZ in the environment as tzset(3)
// reads it, also in the form that needs no files (CET-1CEST,M3.5.0,M10.5.0/3), else
// the machine's. A zone that is not known here is an error, since nobody would notice
// UTC in its place.
func LocalZone() (*time.Location, error) {
	tz, given := os.LookupEnv("TZ")
	tz = strings.TrimPrefix(tz, ":")
	switch {
	case !given:
		return time.Local, nil
	case tz == "":
		return time.UTC, nil
	case strings.HasPrefix(tz, "/"):
		data, err := os.ReadFile(tz)
		if err != nil {
			return nil, fmt.Errorf("cannot tell the local time: %w", err)
		}
		return time.LoadLocationFromTZData(tz, data)
	}
	if zone, err := time.LoadLocation(tz); err == nil {
		return zone, nil
	}
	if zone, ok := ruled(tz); ok {
		return zone, nil
	}
	return nil, fmt.Errorf("cannot tell the local time: the zone of TZ=%s is not known here (is there no zoneinfo?)", tz)
}

// unnamed is what no rule calls a zone.
const unnamed = "?"

// ruled is the zone of a rule as POSIX has it, which is also what ends a file of
// zoneinfo: one with nothing else in it is made here, for the time package to read.
func ruled(rule string) (*time.Location, bool) {
	if strings.ContainsAny(rule, "\n\x00") {
		return nil, false
	}
	block := make([]byte, 44)
	copy(block, "TZif2")
	binary.BigEndian.PutUint32(block[36:], 1)                      // one type of local time:
	binary.BigEndian.PutUint32(block[40:], uint32(len(unnamed)+1)) // the length of all names
	block = append(block, 0, 0, 0, 0, 0, 0)
	block = append(block, unnamed+"\x00"...)
	data := string(block) + string(block) + "\n" + rule + "\n"
	zone, err := time.LoadLocationFromTZData(rule, []byte(data))
	if err != nil {
		return nil, false
	}
	name, _ := time.Unix(0, 0).In(zone).Zone()
	return zone, name != unnamed
}
