package proc

import (
	"os"
	"strings"
	"syscall"
)

// Spec says how the processes of one task are made. It is read once, by New;
// its zero value, but for Argv, asks for nothing beyond executing Argv.
type Spec struct {
	Argv []string // Argv[0] is looked up in the PATH of Env
	Env  []string // all of it; New adds nothing

	// Stdio are the descriptors that become 0, 1 and 2. They stay ours. For 2
	// the value SameAsStdout stands for whatever 1 has become.
	Stdio [3]int
	// Open are paths that the process itself opens in place of Stdio before it
	// changes its user; "" leaves Stdio. 1 and 2 are created and appended to.
	Open [3]string

	// Dir, unless "", is the working directory of the process, looked up at each
	// start. A relative one is below the directory that the descriptor DirFrom is of.
	Dir     string
	DirFrom int

	Session Session
	// Keys means that what the terminal sends us is for the process too, which
	// has a session of its own.
	Keys bool
	User *Credential // nil: ours

	Limits     []Limit
	Umask      *int
	Nice       *int // the niceness itself, not an increment
	IOPriority *int // as ioprio_set(2) takes it
	CPUs       []int
	OOMScore   *int // /proc/PID/oom_score_adj
	NoNewPrivs bool

	// Forking means that the process may go into the background: while any of
	// its descendants lives the run goes on, and the eldest of those that came to
	// us is the main process.
	Forking bool

	// Bare closes all descriptors but the three, also what dmon's caller left open.
	Bare bool

	// OnOurDeath is sent to the process when dmon dies without stopping it
	// first; 0 is none. It does not survive the execution of a set-user-ID
	// program.
	OnOurDeath syscall.Signal
}

// SameAsStdout joins standard error to standard output in Spec.Stdio.
const SameAsStdout = -1

// Session says how far a process is set apart from dmon.
type Session int

// Sessions.
const (
	// Shared leaves the process in dmon's process group, so that what is typed
	// at the terminal reaches both.
	Shared Session = iota
	// OwnGroup keeps what is typed at the terminal away from the process.
	OwnGroup
	// OwnSession also takes the terminal away. A process that signals its
	// group or hangs up its session does not hit dmon.
	OwnSession
	// Foreground is OwnGroup, and the group has the terminal as long as we would
	// have it. It needs a Terminal.
	Foreground
)

// Limit is a resource limit: both the soft and the hard one.
type Limit struct {
	Resource int    // RLIMIT_*
	Name     string // for messages
	Value    uint64 // in the unit of setrlimit(2); Unlimited
}

// Unlimited is the Value of no limit.
const Unlimited = ^uint64(0)

// Unit is what the value of a limit counts.
type Unit int

// Units.
const (
	Count Unit = iota
	Bytes
	Seconds
	Microseconds
)

// LimitName is a limit that this system knows.
type LimitName struct {
	Name     string
	Resource int
	Unit     Unit
	Help     string
}

// defaultPath is searched where the environment has no PATH.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Find returns the file that would be executed for name with the PATH of env in
// the directory dir, "" being ours; "" where there is none. It looks at names and
// modes alone: the kernel has the last word.
func Find(name string, env []string, dir string) string {
	for _, path := range candidates(name, env) {
		if dir != "" && !strings.HasPrefix(path, "/") {
			path = dir + "/" + path
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// candidates are the files that name may stand for, in the order of execvp(3).
func candidates(name string, env []string) []string {
	if strings.Contains(name, "/") || name == "" {
		return []string{name}
	}
	path := defaultPath
	for _, e := range env {
		if v, ok := strings.CutPrefix(e, "PATH="); ok {
			path = v // the last one counts, as for the program itself
		}
	}
	var list []string
	for _, dir := range strings.Split(path, ":") {
		if dir == "" {
			dir = "."
		}
		list = append(list, dir+"/"+name)
	}
	return list
}

// Environ is our environment without what is dmon's own business, and with the
// changes: NAME=VALUE sets, NAME removes, later ones win.
func Environ(changes []string) []string {
	env := make([]string, 0, len(os.Environ())+len(changes))
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !private[name] && !changed(changes, name) {
			env = append(env, e)
		}
	}
	for i, c := range changes {
		name, _, set := strings.Cut(c, "=")
		if set && !changed(changes[i+1:], name) {
			env = append(env, c)
		}
	}
	return env
}

// private names are dmon's own: what one dmon was told is not for another one
// that its command may be.
var private = map[string]bool{
	"DMON_OPTIONS": true, "DMON_PID": true, "DMON_RUN": true, "DMON_LAST_STATUS": true,
	"DMON_JOB":      true,
	"NOTIFY_SOCKET": true, "WATCHDOG_USEC": true, "WATCHDOG_PID": true, "FDSTORE": true,
}

// has reports whether the process is given the variable name by the user.
func (s *Spec) has(name string) bool {
	for _, e := range s.Env {
		if strings.HasPrefix(e, name) && strings.HasPrefix(e[len(name):], "=") {
			return true
		}
	}
	return false
}

func changed(changes []string, name string) bool {
	for _, c := range changes {
		if n, _, _ := strings.Cut(c, "="); n == name {
			return true
		}
	}
	return false
}
