package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// Flags is the option set of one program: a pflag.FlagSet that stops at the
// first operand and prints its options grouped by purpose. Groups are made by
// calling Group before the options that belong to it are defined.
type Flags struct {
	*pflag.FlagSet
	program string
	groups  []group
	options []*Option
	facts   []Fact
	rows    []row
	help    bool
	version bool
}

// group is a headline of --help, above the options from the first on.
type group struct {
	title string
	first int
}

// NewFlags returns an empty set for program, with --help and --version.
func NewFlags(program string) *Flags {
	f := &Flags{FlagSet: pflag.NewFlagSet(program, pflag.ContinueOnError), program: program}
	f.SetInterspersed(false)
	f.SortFlags = false
	f.Usage = func() {}
	f.SetOutput(io.Discard)
	return f
}

// Group opens a group: every option that define adds is listed under title.
func (f *Flags) Group(title string, define func()) {
	n := 0
	f.VisitAll(func(*pflag.Flag) { n++ })
	f.groups = append(f.groups, group{title, n})
	define()
}

// Standard adds -h and -V as the last group.
func (f *Flags) Standard() {
	f.Group("Help", func() {
		f.BoolVarP(&f.help, "help", "h", false, "print this help and exit")
		f.BoolVarP(&f.version, "version", "V", false, "print the version and exit")
	})
}

// Parse takes the words of the environment variable named after the program
// (DMON_OPTIONS for dmon) and then args, and returns the operands. The
// variable may hold options only. It returns an *Answer when help or version
// was asked for, and a *Misuse for everything that is wrong with a word.
// usage is what --help prints before the groups, after is printed behind them.
func (f *Flags) Parse(args []string, usage, after string) ([]string, error) {
	if len(args) == 1 && args[0] == ListOptions {
		return nil, f.listed()
	}
	variable := strings.ToUpper(f.program) + "_OPTIONS"
	words, err := SplitWords(os.Getenv(variable))
	if err != nil {
		return nil, Misusef("%s: %v", variable, err)
	}
	if len(words) > 0 {
		if err := f.parse(words); err != nil {
			return nil, prefixed(variable, err)
		}
		if f.NArg() > 0 || f.ArgsLenAtDash() >= 0 {
			return nil, &Misuse{
				Text: fmt.Sprintf("%s: only options are allowed there", variable),
				Hint: "an argument with blanks needs quotes, as in a shell",
			}
		}
		f.note(true)
	}
	if err := f.parse(args); err != nil {
		return nil, err
	}
	f.note(false)
	if f.help {
		return nil, &Answer{f.Help(usage, after)}
	}
	if f.version {
		return nil, &Answer{f.program + " " + Version() + "\n"}
	}
	return f.Args(), nil
}

func prefixed(variable string, err error) error {
	var misuse *Misuse
	if errors.As(err, &misuse) {
		return &Misuse{Text: variable + ": " + misuse.Text, Hint: misuse.Hint}
	}
	return err
}

// parse is pflag's, with its errors said in our words.
func (f *Flags) parse(args []string) error {
	err := f.FlagSet.Parse(f.unbundle(args))
	if err == nil {
		return nil
	}
	var answer *Answer
	if errors.As(err, &answer) {
		return answer
	}
	hint := "try '" + f.program + " --help'"
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return &Misuse{Text: "unknown option " + unknownName(unknown), Hint: f.guess(unknown) + hint}
	case errors.As(err, &missing):
		p := missing.GetFlag()
		return &Misuse{Text: FlagName(p.Name, p.Shorthand) + " needs " + article(p.Value.Type()), Hint: hint}
	case errors.As(err, &invalid):
		p := invalid.GetFlag()
		return &Misuse{Text: fmt.Sprintf("%s: %v", FlagName(p.Name, p.Shorthand), reason(invalid))}
	default:
		return &Misuse{Text: err.Error(), Hint: hint}
	}
}

func unknownName(e *pflag.NotExistError) string {
	bundle := e.GetSpecifiedShortnames()
	if bundle == "" {
		return "--" + e.GetSpecifiedName()
	}
	// The library names a byte: a letter may be longer.
	_, size := utf8.DecodeRuneInString(bundle)
	if size == len(bundle) {
		return "-" + bundle
	}
	return "-" + bundle[:size] + " (in -" + bundle + ")"
}

// unbundle takes short options apart that the library would pass over in
// silence: from "test." on it takes a bundle for an option of go test, so that
// "-test.5" would neither be -t nor an error. Everything else stays as it is.
func (f *Flags) unbundle(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		word := args[i]
		if len(word) < 2 || word[0] != '-' || word == "--" {
			return append(out, args[i:]...)
		}
		var wantsMore bool
		if long, ok := strings.CutPrefix(word, "--"); ok {
			out = append(out, word)
			p := f.Lookup(long)
			wantsMore = p != nil && p.NoOptDefVal == ""
		} else {
			var words []string
			words, wantsMore = f.letters(word[1:])
			if strings.Contains(word, "test.") {
				out = append(out, words...)
			} else {
				out = append(out, word)
			}
		}
		if wantsMore && i+1 < len(args) {
			i++
			out = append(out, args[i])
		}
	}
	return out
}

// letters splits a bundle into one word for each option and reports whether the
// last one takes the next argument as its value.
func (f *Flags) letters(bundle string) (words []string, wantsMore bool) {
	for len(bundle) > 0 {
		letter, rest := bundle[:1], bundle[1:]
		p := f.ShorthandLookup(letter)
		switch {
		case p == nil:
			// Unknown: what is left must not begin with "test." either.
			return append(words, "-"+letter), false
		case len(rest) > 1 && rest[0] == '=':
			return append(words, "-"+bundle), false
		case p.NoOptDefVal == "" && rest != "":
			return append(words, "-"+letter+"="+rest), false
		case p.NoOptDefVal == "":
			return append(words, "-"+letter), true
		}
		words, bundle = append(words, "-"+letter), rest
	}
	return words, false
}

// reason says what is wrong with a value: our own parsers explain themselves,
// the library's are given the words they lack.
func reason(e *pflag.InvalidValueError) error {
	if own := new(valueError); errors.As(e.Unwrap(), &own) {
		return own
	}
	if e.GetFlag().Value.Type() == kindBool {
		return fmt.Errorf("%q is neither true nor false", e.GetValue())
	}
	return fmt.Errorf("%q is not %s", e.GetValue(), article(e.GetFlag().Value.Type()))
}

// FlagName is how messages name an option: "-t, --timeout" or "--umask".
func FlagName(long, short string) string {
	if short == "" {
		return "--" + long
	}
	return "-" + short + ", --" + long
}

// Words are the options that were given, but for some, as somebody would write
// them to have the same again.
func (f *Flags) Words(but ...string) (words []string) {
	f.Visit(func(p *pflag.Flag) {
		if !slices.Contains(but, p.Name) {
			words = append(words, "--"+p.Name+"="+p.Value.String())
		}
	})
	return words
}
