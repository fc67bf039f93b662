package settings

import (
	"dmon/internal/cli"
	"dmon/internal/record"
)

// Names is what dmon is called, and what follows from it.
type Names struct {
	Name     string // given by hand; "" where Named is false, or it is made of the command's
	Named    bool   // there is one
	IfAbsent bool   // that the name is taken is no failure
	Down     bool   // the command is to be down at first

	given nameChoice
}

// nameChoice is what --name said: nothing, none ("") or a name.
type nameChoice struct {
	said bool
	name string
}

func (n *Names) define(f *cli.Flags, s *Settings) {
	f.Line("name", n.words)
	f.Group("Being found", func() {
		f.Add(cli.Value(&n.given, "[CATEGORY/]NAME", parseName), "name", "", "what dmonctl calls it (COMMAND's name); \"\" for none.\nA name given here is dmon's alone, and its record stays")
		f.Add(cli.Bool(&n.IfAbsent), "if-absent", "", "a dmon of that name already there is no failure: exit 0").Needs("name")
		f.Add(cli.Bool(&n.Down), "down", "", "begin with COMMAND down, until dmonctl up").Says("command", "is down until dmonctl up")
	})
	f.Know(cli.Fact{Name: "a name", Holds: func() bool { return n.Named }, Hint: func() string { return "without a name nobody could bring it up" }})
}

func parseName(s string) (nameChoice, error) {
	if s == "" {
		return nameChoice{said: true}, nil
	}
	if err := record.CheckName(s); err != nil {
		return nameChoice{}, cli.Invalidf("%v", err)
	}
	return nameChoice{true, s}, nil
}

func (s *Settings) resolveName() {
	s.Names.Name, s.Names.Named = s.given.name, !s.given.said || s.given.name != ""
}

// Base is what an automatic name is made of.
func (s *Settings) Base() string { return record.NameOf(s.Cmd.Argv[0]) }

func (n *Names) words() string {
	switch {
	case !n.Named:
		return ""
	case n.Name == "":
		return "that of the command, with .PID where that is taken"
	case n.IfAbsent:
		return n.Name + ", or end at once where that is taken"
	default:
		return n.Name
	}
}
