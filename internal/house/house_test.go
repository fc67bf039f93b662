package house

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// cores import nothing of ours.
var cores = []string{"supervise", "loadctl", "logpipe"}

// mayImport says what of ours a room may import, where that is not nothing;
// its own tests may not more.
var mayImport = map[string][]string{
	"internal/proc":              {"supervise", "internal/place"},
	"internal/events":            {"supervise", "internal/place", "internal/logfile", "internal/varlink"},
	"internal/condition":         {"supervise", "loadctl"},
	"internal/beacon":            {"supervise", "loadctl"},
	"internal/ready":             {"supervise", "loadctl"},
	"internal/daemon":            {"internal/place"},
	"internal/logfile":           {"internal/place", "internal/gzipped"}, // the latter in tests alone: see without
	"internal/journal":           {"internal/place"},
	"cmd/dmon":                   {"supervise", "loadctl", "logpipe", "internal/proc", "internal/daemon", "internal/events", "internal/beacon", "internal/journal", "internal/place", "internal/cli", "internal/condition", "internal/notify", "internal/ready", "internal/speech", "internal/upkeep", "internal/record", "internal/control", "cmd/dmon/settings", "cmd/dmon/report", "cmd/dmon/named"},
	"cmd/dmon/report":            {"supervise", "logpipe", "internal/cli"},
	"cmd/dmon/named":             {"supervise", "internal/cli", "internal/control", "internal/events", "internal/record", "internal/varlink"},
	"cmd/dmon/settings":          {"supervise", "loadctl", "logpipe", "internal/beacon", "internal/condition", "internal/proc", "internal/ready", "internal/record", "internal/cli"},
	"cmd/dlog":                   {"logpipe", "internal/gzipped", "internal/logfile", "internal/place", "internal/cli", "internal/sinks"},
	"cmd/dsyslog":                {"logpipe", "internal/cli", "internal/sinks"},
	"internal/sinks":             {"logpipe", "internal/cli", "internal/speech"},
	"internal/record":            {"internal/place", "internal/varlink"},
	"internal/control":           {"internal/place", "internal/varlink"},
	"internal/completion":        {"internal/cli"},
	"internal/house/completions": {"internal/cli", "internal/completion"},
	"cmd/dmonctl":                {"internal/cli", "internal/completion", "internal/place", "internal/record", "internal/varlink"},
	"bench/cost":                 {"internal/varlink"}, // as a client
}

// owners says which rooms may import what is not ours and not Go's own.
var owners = map[string][]string{
	"github.com/spf13/pflag":           {"internal/cli"},
	"github.com/varlink/go":            {"cmd/dmon"},    // in a test, as the client that nobody here wrote
	"github.com/prometheus":            {"cmd/dmonctl"}, // in a test, as those who read metrics
	"github.com/shirou/gopsutil":       {"loadctl"},
	"gopkg.in/natefinch/lumberjack.v2": {"cmd/dlog"},
	"golang.org/x/sys":                 {"loadctl", "internal/condition", "logpipe", "internal/proc", "internal/notify", "internal/ready", "internal/daemon", "internal/events", "internal/beacon", "internal/place", "internal/logfile", "internal/journal", "internal/sinks", "internal/speech", "internal/upkeep", "internal/record", "internal/control", "cmd/dmon", "cmd/dmonctl", "cmd/dlog", "cmd/dsyslog", "bench"},
}

// within reports whether path is root or below it.
func within(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

func withinAny(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return within(path, root) })
}

// oursFaults is rule 1: arrows point down only.
func oursFaults(module string, s *source) (faults []string) {
	for _, path := range s.imports() {
		if !within(path, module) {
			continue
		}
		room := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		switch {
		case room == s.room: // an external test and its package
		case within(room, "cmd") && strings.Count(room, "/") == 1:
			faults = append(faults, fmt.Sprintf("%v imports %s: nothing imports a program", s, room))
		case within(s.room, "bench") && within(room, "bench"):
		case slices.Contains(cores, s.room):
			faults = append(faults, fmt.Sprintf("%v imports %s: a core imports nothing of ours", s, room))
		case !slices.Contains(mayImport[s.room], room):
			faults = append(faults, fmt.Sprintf("%v imports %s, which is not below it", s, room))
		}
	}
	return faults
}

// foreignFaults is rule 3: what is not ours has one owner.
func foreignFaults(module string, s *source) (faults []string) {
	for _, path := range s.imports() {
		host, _, _ := strings.Cut(path, "/")
		if within(path, module) || !strings.Contains(host, ".") {
			continue
		}
		allowed := false
		for foreign, rooms := range owners {
			allowed = allowed || within(path, foreign) && withinAny(s.room, rooms)
		}
		if !allowed {
			faults = append(faults, fmt.Sprintf("%v imports %s, which it does not own", s, path))
		}
	}
	return faults
}

// gopsutilFaults: it stands in one file, so that it can be replaced.
func gopsutilFaults(files []*source) (faults []string) {
	var in []string
	for _, s := range files {
		if slices.ContainsFunc(s.imports(), func(p string) bool { return within(p, "github.com/shirou/gopsutil") }) {
			in = append(in, s.String())
		}
	}
	if len(in) > 1 {
		faults = append(faults, fmt.Sprintf("gopsutil is imported by %v and not by one file", in))
	}
	return faults
}

// without is what a room imports by no way: supervise because it decides and does
// not act (rule 2), dmon because of what each start would pay for it.
var without = map[string][]string{
	"supervise":        {"os/exec", "os/signal", "net", "golang.org/x/sys", "github.com/spf13/pflag"},
	"cmd/dmon":         {"compress", "hash", "crypto", "net/http", "regexp", "text/template"},
	"internal/logfile": {"compress"},
}

// withoutFaults is for a list of what a room imports by whatever way.
func withoutFaults(room string, deps []string) (faults []string) {
	for _, path := range deps {
		if withinAny(path, without[room]) {
			faults = append(faults, fmt.Sprintf("%s imports %s, which it shall do without", room, path))
		}
	}
	return faults
}

// execFaults is rule 4: os/exec waits for its children itself, which steals
// statuses from whoever waits for all. Only the launcher and dmonctl may use it, and what
// is no part of the programs.
func execFaults(s *source) (faults []string) {
	if s.test || s.room == "internal/daemon" || s.room == "cmd/dmonctl" || within(s.room, "bench") || within(s.room, "internal/house") {
		return nil
	}
	if slices.Contains(s.imports(), "os/exec") {
		faults = append(faults, fmt.Sprintf("%v imports os/exec: proc.Children owns every wait", s))
	}
	return faults
}

// effects are the functions that change the process, or the world.
var effects = map[string][]string{
	"os": {
		"Setenv", "Unsetenv", "Clearenv", "Chdir", "Open", "OpenFile", "Create", "CreateTemp", "WriteFile", "Mkdir", "MkdirAll",
		"Remove", "RemoveAll", "Rename", "Chmod", "Chown", "Truncate", "StartProcess", "NewFile",
	},
	"syscall": {
		"Setenv", "Unsetenv", "Clearenv", "Chdir", "Open", "Creat", "Setrlimit", "Umask", "Dup2", "Dup3", "Kill", "Exec", "ForkExec",
		"Setuid", "Setgid", "Setgroups", "Setsid", "Setpgid", "Setpriority", "Syscall", "Syscall6", "RawSyscall", "RawSyscall6",
	},
}

// parsingFaults is rule 5: everything is checked before anything is changed.
func parsingFaults(s *source) (faults []string) {
	if s.test || s.room != "internal/cli" && s.room != "cmd/dmon/settings" && !(within(s.room, "cmd") && slices.Contains([]string{"options.go", "values.go", "check.go"}, s.name)) {
		return nil
	}
	for pkg, names := range effects {
		s.uses(pkg, func(name string, n ast.Node) {
			if slices.Contains(names, name) {
				faults = append(faults, fmt.Sprintf("%s: %s.%s where options are parsed", s.at(n), pkg, name))
			}
		})
	}
	if withinAny("golang.org/x/sys/unix", s.imports()) {
		faults = append(faults, fmt.Sprintf("%v imports x/sys/unix where options are parsed", s))
	}
	return faults
}

// sleepFaults: a delay is a due time, never a sleep.
func sleepFaults(s *source) (faults []string) {
	if s.test {
		return nil
	}
	s.uses("time", func(name string, n ast.Node) {
		if name == "Sleep" {
			faults = append(faults, s.at(n)+": time.Sleep")
		}
	})
	return faults
}

// maxLines is how long a file may be: one that needs more has two topics.
const maxLines = 350

func lengthFaults(s *source) (faults []string) {
	if s.lines > maxLines {
		faults = append(faults, fmt.Sprintf("%v has %d lines, more than %d", s, s.lines, maxLines))
	}
	return faults
}

// fileFaults are what one file breaks by itself.
func fileFaults(module string, s *source) []string {
	return slices.Concat(oursFaults(module, s), foreignFaults(module, s), execFaults(s),
		parsingFaults(s), sleepFaults(s), lengthFaults(s), docFaults(s))
}

// TestHouse holds the whole tree against the rules.
func TestHouse(t *testing.T) {
	module, packages, files := sources(t)
	var faults []string
	rooms := map[string]bool{}
	for _, s := range files {
		rooms[s.room] = true
		faults = append(faults, fileFaults(module, s)...)
	}
	faults = append(faults, gopsutilFaults(files)...)
	faults = append(faults, packageDocFaults(files)...)
	for _, p := range packages {
		faults = append(faults, withoutFaults(strings.TrimPrefix(p.ImportPath, module+"/"), p.Deps)...)
	}
	for _, core := range cores {
		if !rooms[core] {
			faults = append(faults, "there is no "+core)
		}
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}
