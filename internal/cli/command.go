package cli

import (
	"slices"
	"strings"
)

// shellChars are those for which a command in one word is a shell's matter.
const shellChars = "#;\"'*?[]&|<>(){}$`^~!\\=\n"

// shellWords are commands that only a shell knows.
var shellWords = []string{
	".", ":", "break", "case", "cd", "continue", "eval", "exec", "exit", "export", "for", "if", "read", "readonly",
	"return", "set", "shift", "times", "trap", "ulimit", "umask", "unset", "until", "wait", "while",
}

// CommandWords makes the words of a command that is given in one: executed by
// /bin/sh -c if it holds anything that means something to a shell, else directly, so
// that no shell is needed.
func CommandWords(text string) ([]string, error) {
	words := strings.Fields(text)
	switch {
	case len(words) == 0:
		return nil, Invalidf("an empty word is no command")
	case strings.IndexByte(text, 0) >= 0:
		return nil, Invalidf("%q holds a NUL byte", text)
	case strings.ContainsAny(text, shellChars), slices.Contains(shellWords, words[0]):
		return []string{"/bin/sh", "-c", text}, nil
	default:
		return words, nil
	}
}
