package record

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// MaxName is how long each part of a name may be, in bytes.
const MaxName = 48

// others are characters of names beside letters and digits.
const others = "._@+-"

// CheckName says why name, [CATEGORY/]NAME, is none.
func CheckName(name string) error {
	category, last, ok := strings.Cut(name, "/")
	if !ok {
		return checkPart(name)
	}
	if err := checkPart(category); err != nil {
		return err
	}
	if slices.Contains(files, last) {
		return fmt.Errorf("%q is the name of a file that each dmon has", last)
	}
	return checkPart(last)
}

func checkPart(part string) error {
	switch {
	case part == "":
		return fmt.Errorf("a name, or its category, is empty")
	case len(part) > MaxName:
		return fmt.Errorf("%.20q... is longer than %d characters", part, MaxName)
	case strings.IndexByte(others, part[0]) >= 0:
		return fmt.Errorf("%q begins with %q: a name begins with a letter or a digit", part, part[0])
	}
	for _, c := range []byte(part) {
		if !letter(c) && strings.IndexByte(others, c) < 0 {
			return fmt.Errorf("%q holds %q: a name has letters, digits and %s", part, c, others)
		}
	}
	return nil
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// NameOf makes a name of a command's: its last part, with what no name may hold
// replaced.
func NameOf(command string) string {
	name := []byte(path.Base(command))
	for i, c := range name {
		if !letter(c) && (i == 0 || strings.IndexByte(others, c) < 0) {
			name[i] = '_'
		}
	}
	if len(name) > 0 && name[0] == '_' {
		name[0] = 'x'
	}
	return string(name[:min(len(name), MaxName)])
}

// Match reports whether name is what pattern means: with * for any run of
// characters but a slash and ? for one. A pattern without a slash and without
// wildcards is that name alone.
func Match(pattern, name string) bool {
	ok, err := path.Match(strings.ReplaceAll(pattern, "[", `\[`), name)
	return ok && err == nil
}
