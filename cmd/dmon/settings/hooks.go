package settings

import (
	"slices"
	"strings"

	"dmon/internal/cli"
	"dmon/supervise"
)

// addHook reads EVENTS=COMMAND, where EVENTS is a list.
func addHook(hooks *[]supervise.Hook, s string) error {
	if s == "help" {
		return &cli.Answer{Text: "EVENTS=COMMAND, where EVENTS is a list of these, or all:\n" + strings.Join(supervise.Occasions, "\n") + "\n"}
	}
	list, command, ok := strings.Cut(s, "=")
	if !ok {
		return cli.Invalidf("%q is not EVENTS=COMMAND, like fail=/etc/alarm", s)
	}
	argv, err := cli.CommandWords(command)
	if err != nil {
		return err
	}
	h := supervise.Hook{On: map[string]bool{}, Argv: argv}
	for word := range strings.SplitSeq(list, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		switch {
		case word == "all":
			for _, each := range supervise.Occasions {
				h.On[each] = true
			}
		case slices.Contains(supervise.Occasions, word):
			h.On[word] = true
		default:
			return cli.Invalidf("%q is none of %s, all", word, strings.Join(supervise.Occasions, ", "))
		}
	}
	*hooks = append(*hooks, h)
	return nil
}

// hookWords says for each hook when it runs.
func (s *Settings) hookWords() []string {
	var lines []string
	for _, h := range s.Policy.Hooks {
		var on []string
		for _, word := range supervise.Occasions {
			if h.On[word] {
				on = append(on, word)
			}
		}
		events := strings.Join(on, ", ")
		if len(on) == len(supervise.Occasions) {
			events = "all"
		}
		lines = append(lines, cli.Quote(h.Argv...)+" on "+events)
	}
	return lines
}
