package cli

import (
	"errors"
	"slices"
	"strings"
)

// SplitWords splits s as a shell splits words: blanks separate, single quotes
// keep everything, double quotes keep everything but a backslash before one of
// " \ $ `, a backslash elsewhere keeps the next character. Nothing is expanded.
func SplitWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	open := false // a word has begun, even if it is empty so far
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case ' ', '\t', '\n':
			if open {
				words = append(words, word.String())
				word.Reset()
				open = false
			}
			continue
		case '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return nil, errors.New("a ' is not closed")
			}
			word.WriteString(s[i+1 : i+1+end])
			i += end + 1
		case '"':
			end, err := quoted(&word, s[i+1:])
			if err != nil {
				return nil, err
			}
			i += end + 1
		case '\\':
			i++
			if i == len(s) {
				return nil, errors.New("nothing follows the last \\")
			}
			// A shell joins lines at a backslash before a newline.
			if s[i] == '\n' {
				continue
			}
			word.WriteByte(s[i])
		default:
			word.WriteByte(c)
		}
		open = true
	}
	if open {
		words = append(words, word.String())
	}
	return words, nil
}

// quoted adds what stands in front of the closing " of s to word, and returns
// the index of that quote.
func quoted(word *strings.Builder, s string) (int, error) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return i, nil
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == '\n':
			i++
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\"\\$`", s[i+1]) >= 0:
			i++
			word.WriteByte(s[i])
		default:
			word.WriteByte(s[i])
		}
	}
	return 0, errors.New("a \" is not closed")
}

// SplitCommands splits operands at the first separator after COMMAND into
// COMMAND with its arguments and LOGCOMMAND with its arguments, which is nil
// where there is none. Either one empty is a *Misuse.
func SplitCommands(operands []string, separator string) (command, logcommand []string, err error) {
	if len(operands) == 0 || operands[0] == separator {
		return nil, nil, &Misuse{
			Text: "no command given",
			Hint: "usage: dmon [OPTION]... COMMAND [ARG]... [-- LOGCOMMAND [ARG]...]",
		}
	}
	at := slices.Index(operands, separator)
	if at < 0 {
		return operands, nil, nil
	}
	if at == len(operands)-1 || operands[at+1] == separator {
		return nil, nil, &Misuse{
			Text: "no log command after " + separator,
			Hint: "--separator WORD makes another word stand between the two commands",
		}
	}
	// The capacity ends with COMMAND, so that appending to it spares LOGCOMMAND.
	return operands[:at:at], operands[at+1:], nil
}
