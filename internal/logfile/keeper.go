package logfile

import (
	"fmt"
	"sync/atomic"
	"time"

	"dmon/internal/place"
)

const (
	// sweepFirst and sweepLast are the shortest and the longest pause before
	// something that failed, or that somebody still writes to, is looked at again.
	sweepFirst = time.Second
	sweepLast  = time.Minute
	// roomPatience is how long lines wait for a compression that makes room.
	roomPatience = time.Second
)

// keeper looks after rotated files: it removes those nobody wants any more, and
// compresses the rest. It does so in a goroutine of its own, because lines must
// not wait for that.
//
// With inline it is the caller who does.
//
// It works from what is in the directory, never from memory, so that whatever
// a predecessor left half done is finished, too. One file that cannot be
// removed or compressed is told and left; the others are looked after.
type keeper struct {
	Keep
	call *Calls
	tell func(about string, err error)
	size *atomic.Int64 // of the file in use
	want atomic.Int64  // the same with the lines that wait for room, 0 if none do
	// What old files hold, without those that cannot be removed, is the sum of
	// what was rotated and of seen, which the last look found less what had been
	// rotated before it.
	turned, seen atomic.Int64

	// named is for where the file system has no files without a name, or
	// cannot give them one.
	named bool

	inline bool // no goroutine: whoever nudges does it
	nudges chan spot
	asks   chan chan struct{} // for room
	urgent atomic.Int64       // since when room is asked for, in nanoseconds of 1970; 0 if it is not
	quit   chan struct{}
	done   chan struct{}

	spot
	told    map[string]bool // old files of which a failure was told
	pause   time.Duration   // before the next look at what failed
	buffers buffers
}

// spot is where the rotated files of base are.
type spot struct {
	dir  *place.Dir
	base string
}

// start begins to look after rotated files, as soon as nudge names them.
func (k *keeper) start() {
	if k.done == nil {
		k.nudges, k.asks = make(chan spot, 1), make(chan chan struct{})
		k.quit, k.done = make(chan struct{}), make(chan struct{})
		go k.run()
	}
}

// nudge says that there may be something to do for the rotated files of base.
func (k *keeper) nudge(d *place.Dir, base string) {
	own, err := d.Again()
	if err != nil {
		k.tell(AboutOld, fmt.Errorf("cannot look after old files: %w", err))
		return
	}
	if k.inline {
		k.spot = spot{own, base}
		k.sweep(time.Now()) // what failed is looked at again with the next rotation
		own.Close()
		return
	}
	k.start()
	select {
	case k.nudges <- spot{own, base}:
	default:
		own.Close() // it looks at everything there is anyway
	}
}

// rotated is nudge for a file of that many bytes more.
func (k *keeper) rotated(d *place.Dir, base string, size int64) {
	k.turned.Add(size)
	if k.Keep == (Keep{}) {
		return // there is never anything to do
	}
	k.nudge(d, base)
}

// old is what old files hold, or more.
func (k *keeper) old() int64 { return k.turned.Load() + k.seen.Load() }

// forLines is how much of the total lines may take. A file is there twice for a
// moment when it was compressed.
func (k *keeper) forLines() int64 {
	if k.Compress != nil {
		return k.Total - k.Total/16
	}
	return k.Total
}

// makeRoom waits until n bytes more have room under the total. It goes on
// without that where it would last: a compression is given up for it.
func (f *File) makeRoom(n int) {
	k := f.keeper
	if k == nil || k.Total <= 0 || !f.named || k.done == nil {
		return
	}
	// One of the two, this or whoever adds an old file, sees what the other did.
	want := f.at.size + int64(n)
	if f.size.Store(want); want+k.old() <= k.forLines() {
		return
	}
	f.size.Store(f.at.size)
	k.want.Store(want)
	k.urgent.Store(time.Now().UnixNano())
	done := make(chan struct{})
	k.asks <- done
	<-done
	k.urgent.Store(0)
	f.size.Store(want)
	k.want.Store(0)
}

// end waits until everything is in order. Once hurry is closed, a compression
// under way is given up, and the next start does it.
func (k *keeper) end(hurry <-chan struct{}) {
	if k == nil || k.done == nil {
		return
	}
	close(k.nudges)
	select {
	case <-hurry:
		close(k.quit)
		<-k.done
	case <-k.done:
	}
}

func (k *keeper) run() {
	defer close(k.done)
	var timer <-chan time.Time
	for {
		var asked chan struct{}
		select {
		case s, ok := <-k.nudges:
			if !ok {
				k.dir.Close()
				return
			}
			k.dir.Close()
			k.spot, k.pause = s, 0
		case asked = <-k.asks:
		case <-timer:
		}
		timer = nil
		if next := k.sweep(time.Now()); next > 0 {
			timer = time.After(next)
		}
		if asked != nil {
			close(asked)
		}
	}
}

// sweep brings everything in order, and returns how long it is until the next
// look, 0 if there is no need for one.
func (k *keeper) sweep(now time.Time) (next time.Duration) {
	if k.dir == nil {
		return 0
	}
	turned := k.turned.Load()
	files, err := list(k.dir, k.base, now)
	if err != nil {
		k.tell(AboutOld, fmt.Errorf("cannot look after old files: %w", err))
		return k.again()
	}
	k.tell(AboutOld, nil)
	round := &round{keeper: k, now: now, turned: turned, told: map[string]bool{}}
	files = round.prune(files, false)
	if k.Compress != nil {
		files = round.compress(files)
	}
	files = round.prune(files, true)
	k.seen.Store(sum(files) - turned)
	k.told = round.told
	if round.again {
		next = k.again()
	} else {
		k.pause = 0
	}
	for _, f := range files {
		if left := max(time.Second, k.Age-now.Sub(f.modified)); k.Age > 0 && (next == 0 || left < next) {
			next = left
		}
	}
	return next
}

// again is the pause before the next attempt at what failed.
func (k *keeper) again() time.Duration {
	k.pause = min(max(sweepFirst, 2*k.pause), sweepLast)
	return k.pause
}

// hurried says that whatever lasts is to be given up: the process ends, or
// lines wait for room.
func (k *keeper) hurried() bool {
	select {
	case <-k.quit:
		return true
	default:
	}
	since := k.urgent.Load()
	return since != 0 && time.Since(time.Unix(0, since)) > roomPatience
}
