package supervise

import "time"

// Job is a short command that is run beside the command and the log command,
// on dmon's own behalf: to tell somebody of an event, to check, to stop.
type Job struct {
	Argv  []string
	Limit time.Duration // it is ended when it has run so long
	Event *Event        // what it is about; nil: nothing has happened
}
