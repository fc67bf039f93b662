package logfile

import (
	"io"
	"time"
)

// Options say what a File does. The zero value appends and never rotates.
type Options struct {
	Mkdir   bool          // the directories on the way are made where they are missing
	Durable bool          // Sync brings what was written to the disk
	MaxSize int64         // bytes that a file holds at most, 0 for any number
	MaxTime time.Duration // how old a file gets, 0 for ever
	// Turns, unless nil, says when a file begins anew whatever its age and size: at the
	// last moment that is not after now, and at the next one, as Calendar.Around does.
	// It is asked every minute at least, for clocks are set and zones change.
	Turns func(now time.Time) (last, next time.Time)
	Keep  Keep
	// Tidy asks to look after old files from the start, and not only after a
	// rotation.
	Tidy bool
	// Inline has old files looked after at each rotation, before it is over, and not
	// in the background: for few of them, that are not compressed.
	Inline bool
	// Regular refuses to open what is no regular file, also later.
	Regular bool
	// Mode is that of a file that is made where there was none, 0666 if 0; the umask
	// takes from it.
	Mode uint32
	// Patience bounds the wait for another process that writes to the file, 5 seconds
	// if 0.
	Patience time.Duration
	// Retry is how long after a failure something is tried again, a second if 0.
	Retry time.Duration
	// Tell is told of troubles that are survived, about a thing in a word or two.
	// A nil error says that the trouble is over. It is called at each occurrence,
	// also by another goroutine.
	Tell func(about string, err error)
	// Calls are the calls of the system to make, nil for System().
	Calls *Calls
}

// Keep says what becomes of old files.
type Keep struct {
	Files    int           // how many stay, 0 for all
	Age      time.Duration // how long after the last write to them they stay, 0 for ever
	Total    int64         // bytes that all files hold at most, the one in use included; 0 for any number
	Compress Packer        // nil for not at all
}

// Packer compresses files, one at a time, for the one goroutine that looks after
// old files.
type Packer interface {
	// Pack returns a writer whose input arrives compressed in to, as a file of that
	// time. Its Close leaves to open.
	Pack(to io.Writer, modified time.Time) io.WriteCloser
	// Unpack returns a reader of what is compressed in from. It says io.EOF only
	// where everything was as it should be.
	Unpack(from io.Reader) (io.Reader, error)
}

// What Tell is told about. An old file is told by its name.
const (
	AboutOpening  = "opening"
	AboutRotation = "rotation"
	AboutOld      = "old files"
)

// parts is into how many files a total is divided where the size of one is not
// given, or is too large for another one to be kept beside it.
const parts = 4

// rotates says that files are rotated without being asked.
func (o *Options) rotates() bool { return o.MaxSize > 0 || o.MaxTime > 0 || o.Turns != nil }

// complete fills in what was left open.
func (o *Options) complete() {
	if o.Retry == 0 {
		o.Retry = time.Second
	}
	if o.Patience == 0 {
		o.Patience = lockPatience
	}
	if o.Mode == 0 {
		o.Mode = 0o666
	}
	if o.Tell == nil {
		o.Tell = func(string, error) {}
	}
	if o.Calls == nil {
		o.Calls = System()
	}
	if total := o.Keep.Total; total > 0 && o.rotates() && (o.MaxSize == 0 || o.MaxSize > total/2) {
		o.MaxSize = max(1, total/parts)
	}
}
