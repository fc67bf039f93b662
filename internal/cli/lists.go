package cli

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxCPUs bounds a CPU list: what the kernel's fixed-size CPU set holds.
const maxCPUs = 1024

// ParseCPUs reads a list of CPUs, numbers and ranges with commas between them
// ("0-3,5"), and returns their numbers, ascending and each once. Whether the
// machine has them is for the kernel to say.
func ParseCPUs(s string) ([]int, error) { return parseNumbers(s, "CPUs", 0, maxCPUs-1) }

// maxFD bounds a list of descriptors: beyond it no system goes unasked.
const maxFD = 1<<16 - 1

// ParseDescriptors reads a list of file descriptors beside the standard streams,
// as ParseCPUs does CPUs.
func ParseDescriptors(s string) ([]int, error) { return parseNumbers(s, "descriptors", 3, maxFD) }

// parseNumbers reads numbers from least to most, and ranges of them.
func parseNumbers(s, what string, least, most int) ([]int, error) {
	var list []int
	for _, item := range strings.Split(s, ",") {
		from, to, isRange := strings.Cut(item, "-")
		if !isRange {
			to = from
		}
		lo, loErr := strconv.ParseUint(from, 10, 16)
		hi, hiErr := strconv.ParseUint(to, 10, 16)
		if loErr != nil || hiErr != nil || lo > hi || int(lo) < least || int(hi) > most {
			return nil, Invalidf("%q is not a list of %s: numbers and ranges from %d to %d, like %d-%d,%d",
				s, what, least, most, least, least+3, least+5)
		}
		for n := lo; n <= hi; n++ {
			list = append(list, int(n))
		}
		// A list that repeats itself must not grow with its length.
		slices.Sort(list)
		list = slices.Compact(list)
	}
	return list, nil
}

// ParseRange returns a parser for a whole number from lo to hi; a sign is
// allowed.
func ParseRange(lo, hi int) func(string) (int, error) {
	return func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < lo || n > hi {
			return 0, Invalidf("%q is not a whole number from %d to %d", s, lo, hi)
		}
		return n, nil
	}
}

// ParseMode reads a file mode mask, octal as umask(1) takes it: 0 to 777.
func ParseMode(s string) (int, error) {
	n, err := strconv.ParseUint(s, 8, 16)
	if err != nil || n > 0o777 {
		return 0, Invalidf("%q is not an octal mask from 0 to 777", s)
	}
	return int(n), nil
}

// ParseFactor reads the limit of a load: a positive number ("4", "0.5"), or
// one with an x behind it ("2.5x"), which stands for that many times the number
// of CPUs: perCPU is true then, and the caller multiplies.
func ParseFactor(s string) (n float64, perCPU bool, err error) {
	number, unit := cutNumber(s)
	n, err = strconv.ParseFloat(number, 64)
	if err != nil || n <= 0 || math.IsInf(n, 0) || unit != "" && unit != "x" {
		return 0, false, Invalidf(
			"%q is not a limit: a number above 0, or one with x for times the number of CPUs, like 4, 0.5 or 2.5x", s)
	}
	return n, unit == "x", nil
}
