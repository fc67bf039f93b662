package condition

import (
	"errors"
	"fmt"
	"os"
	"time"

	"dmon/loadctl"
	"dmon/supervise"
)

// Placed is a condition about the contents of a path, by its index in the policy.
type Placed struct {
	Condition int
	Path      string
}

// Surroundings are the conditions about what is around a command.
type Surroundings struct {
	Placed []Placed
	Timed  []Timed
	Power  []Powered
}

// Around watches what is around a command, in goroutines that sleep until something
// happens there.
type Around struct {
	files []*file
	notes *notes   // nil: nothing tells, and all is looked at now and then
	hours *hours   // nil: the time of the day does not matter
	power *battery // nil: nor where the power comes from
	clock *loadctl.Clock
	tell  chan<- supervise.Input
}

// LookAround takes what there is now for what changes are told from; Start begins to
// tell them. first is what a machine has to hear before it begins. It is an error
// where something cannot be looked at.
func LookAround(s Surroundings) (a *Around, first []supervise.Input, err error) {
	a = &Around{}
	for _, look := range []func(Surroundings) ([]supervise.Input, error){a.lookAtFiles, a.lookAtClock, a.lookAtPower} {
		more, err := look(s)
		if err != nil {
			return nil, nil, err
		}
		first = append(first, more...)
	}
	return a, first, nil
}

func (a *Around) lookAtClock(s Surroundings) (first []supervise.Input, err error) {
	if len(s.Timed) == 0 {
		return nil, nil
	}
	a.hours = &hours{wall: time.Now}
	for _, one := range s.Timed {
		a.hours.list = append(a.hours.list, timed{Timed: one})
	}
	if a.hours.zone, err = LocalZone(); err != nil {
		return nil, err
	}
	if a.hours.alarm, err = newWallAlarm(); err != nil {
		return nil, err
	}
	return a.hours.early(), nil
}

func (a *Around) lookAtPower(s Surroundings) ([]supervise.Input, error) {
	if len(s.Power) == 0 {
		return nil, nil
	}
	a.power = &battery{root: supplies}
	for _, one := range s.Power {
		a.power.list = append(a.power.list, powered{Powered: one})
	}
	var err error
	a.power.bell, err = hearUevents(supplies)
	a.power.deaf = err != nil
	return a.power.early()
}

func (a *Around) lookAtFiles(s Surroundings) (trouble []supervise.Input, err error) {
	list := s.Placed
	if len(list) == 0 {
		return nil, nil
	}
	var unheard error
	a.notes, unheard = openNotes()
	for _, one := range list {
		f := &file{Contents: Contents{Path: one.Path}, condition: one.Condition}
		a.files = append(a.files, f)
		if err := f.watch(a.notes); err != nil {
			trouble = append(trouble, supervise.Met{Condition: one.Condition, Trouble: err})
		}
		if err := f.Begin(); err != nil {
			return nil, fmt.Errorf("cannot see whether %s changes: %w", one.Path, bare(err))
		}
	}
	if unheard != nil && !errors.Is(unheard, errors.ErrUnsupported) {
		unheard = fmt.Errorf("cannot watch any file, they are looked at each %v instead: %w", LookEach, unheard)
		trouble = append(trouble, supervise.Met{Condition: list[0].Condition, Trouble: unheard})
	}
	return trouble, nil
}

// bare is err without the path, where it has one.
func bare(err error) error {
	if path := (*os.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Missing are the paths of which nothing is there yet.
func (a *Around) Missing() (paths []string) {
	for _, f := range a.files {
		if !f.There() {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// Start begins to tell changes.
func (a *Around) Start(tell chan<- supervise.Input) {
	a.begin(time.Now(), tell)
	a.clock = loadctl.NewClock(0, func() time.Duration { return a.look(time.Now()) })
	if a.notes != nil {
		go a.notes.listen(a.clock.Now)
	}
	if a.hours != nil {
		go a.hours.alarm.listen(a.clock.Now)
	}
	if a.power != nil && !a.power.deaf {
		go a.power.bell.listen(a.clock.Now)
	}
}

func (a *Around) begin(now time.Time, tell chan<- supervise.Input) {
	a.tell = tell
	for _, f := range a.files {
		f.fill, f.next = now, now.Add(LookEach)
	}
}

// look does what is due, and returns how long until something is.
func (a *Around) look(now time.Time) time.Duration {
	if a.notes != nil {
		a.notes.read(func(f *file, elsewhere bool) { f.heard(now, elsewhere) }, func() { a.lost(now) })
	}
	first, moving := time.Time{}, false
	tell := func(met supervise.Met) { a.tell <- met }
	if a.hours != nil {
		a.hours.look(tell)
	}
	if a.power != nil {
		a.power.look(now, tell)
		first = a.power.due()
	}
	for _, f := range a.files {
		text, err := f.look(now, a.notes)
		if err != nil {
			tell(supervise.Met{Condition: f.condition, Trouble: err})
		}
		if text != "" {
			tell(supervise.Met{Condition: f.condition, Now: true, Text: text, Ago: now.Sub(f.began)})
		}
		first = earliest(first, f.due())
		moving = moving || f.moving()
	}
	if a.notes != nil && !moving {
		a.notes.ready()
	}
	if first.IsZero() {
		return never
	}
	return max(time.Until(first), 0)
}

// lost has everything looked at, since the kernel had more to say than there was
// room for.
func (a *Around) lost(now time.Time) {
	for _, f := range a.files {
		f.heard(now, true)
	}
}
