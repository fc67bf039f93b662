package cli

import (
	"fmt"

	"github.com/spf13/pflag"
)

// Option is all there is to say about one option: Add defines it, and its
// methods add what it contradicts, what it needs, and how --explain puts it.
// What is said of an option holds while it is on: while its value, whoever
// wrote it how often, is not its default.
type Option struct {
	set     *Flags
	flag    *pflag.Flag
	value   Setting
	shows   bool // --help tells the default
	early   bool // was given in the variable
	changed bool // was given on the command line
	nots    []relation
	needs   []string
}

type relation struct{ other, why, unless string }

// Add defines an option: its long name, its letter or "", and what --help says.
func (f *Flags) Add(value Setting, name, letter, help string) *Option {
	o := &Option{set: f, flag: f.VarPF(value, name, letter, help), value: value}
	if value.Type() == kindBool {
		o.flag.NoOptDefVal = "true"
	}
	f.options = append(f.options, o)
	return o
}

// Default gives the option the value that a user would have to write as text,
// and has --help say so. Without it the default is what the destination holds.
func (o *Option) Default(text string) *Option {
	if err := o.value.start(text); err != nil {
		panic("the default of --" + o.flag.Name + ": " + err.Error())
	}
	o.shows = true
	return o
}

// Not says that the option contradicts another, and why.
func (o *Option) Not(other, why string) *Option {
	o.nots = append(o.nots, relation{other: other, why: why})
	return o
}

// Unless says that what Not said last does not hold together with a third option.
func (o *Option) Unless(third string) *Option {
	o.nots[len(o.nots)-1].unless = third
	return o
}

// Needs says that the option means nothing without another, or without a Fact.
func (o *Option) Needs(other string) *Option {
	o.needs = append(o.needs, other)
	return o
}

// Fact is something beside options that an option may need. Hint says how to
// bring it about.
type Fact struct {
	Name  string // "a log command"
	Holds func() bool
	Hint  func() string
}

// Know lets Needs name a fact.
func (f *Flags) Know(fact Fact) { f.facts = append(f.facts, fact) }

// On reports whether an option has another value than its default.
func (f *Flags) On(name string) bool {
	o := f.option(name)
	return o != nil && o.on()
}

// Source is where an option was written: who asks whether one puts another out of
// force compares the two.
type Source int

// Sources, the stronger the later.
const (
	Unsaid Source = iota
	Variable
	CommandLine
)

// Source is where the value of an option was written, whatever that is.
func (f *Flags) Source(name string) Source {
	switch o := f.option(name); {
	case o.changed:
		return CommandLine
	case o.early:
		return Variable
	}
	return Unsaid
}

func (f *Flags) option(name string) *Option {
	for _, o := range f.options {
		if o.flag.Name == name {
			return o
		}
	}
	return nil
}

func (o *Option) on() bool { return (o.early || o.changed) && !o.value.resting() }

// Judge refuses options that contradict each other or lack what they need, by
// the values that are in force. What the command line says puts out of force
// what only the variable says against it.
func (f *Flags) Judge() error {
	for _, o := range f.options {
		for _, n := range o.nots {
			if err := f.settle(o, n); err != nil {
				return err
			}
		}
	}
	for _, o := range f.options {
		if len(o.needs) == 0 || !o.on() {
			continue
		}
		for _, name := range o.needs {
			if err := f.wants(o, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle decides between two options that contradict each other.
func (f *Flags) settle(o *Option, n relation) error {
	other := f.option(n.other)
	switch {
	case !o.on() || !other.on() || n.unless != "" && f.On(n.unless):
	case o.changed == other.changed:
		return Misusef("--%s contradicts --%s: %s", o.flag.Name, n.other, n.why)
	case o.changed:
		other.value.reset()
	default:
		o.value.reset()
	}
	return nil
}

func (f *Flags) wants(o *Option, name string) error {
	if f.On(name) {
		return nil
	}
	for _, fact := range f.facts {
		if fact.Name != name {
			continue
		}
		if fact.Holds() {
			return nil
		}
		return &Misuse{Text: fmt.Sprintf("--%s means nothing without %s", o.flag.Name, name), Hint: fact.Hint()}
	}
	return Misusef("--%s means nothing without --%s", o.flag.Name, name)
}

// note remembers where the options that were just parsed stand.
func (f *Flags) note(early bool) {
	for _, o := range f.options {
		if !o.flag.Changed {
			continue
		}
		if early {
			o.early, o.flag.Changed = true, false
		} else {
			o.changed = true
		}
	}
}
