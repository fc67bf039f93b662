package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Quote says words so that a shell would take them back, and a terminal shows
// them as they are: what is not to be seen stands as $'\x1b'.
func Quote(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, " ")
}

func quote(w string) string {
	if !isPlain(w) {
		w = strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(w)
		return "$'" + OneLine(w) + "'"
	}
	if w == "" || strings.ContainsFunc(w, needsQuotes) {
		return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
	}
	return w
}

func needsQuotes(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./_-", r))
}

// isPlain reports whether s is shown as what it is: nothing in it moves the
// cursor, turns the text around, begins a line or is not to be seen.
func isPlain(s string) bool {
	for _, r := range s {
		if !strconv.IsGraphic(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// OneLine keeps a message on its line, and the terminal's state as it is,
// whatever a file name or an argument in it contains.
func OneLine(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case strconv.IsGraphic(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		s = s[size:]
	}
	return b.String()
}
