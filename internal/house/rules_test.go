package house

import (
	"strings"
	"testing"
)

// Each rule notices what it is there for, and nothing else: want is a part of
// the one complaint, or empty.
func TestRulesNotice(t *testing.T) {
	for _, row := range []struct{ room, name, text, want string }{
		{"supervise", "x.go", `import "time"`, ""},
		{"supervise", "x.go", `import "dmon/internal/cli"`, "a core imports nothing"},
		{"supervise", "x_test.go", `import "dmon/logpipe"`, "a core imports nothing"},
		{"loadctl", "x.go", `import "dmon/supervise"`, "a core imports nothing"},
		{"logpipe", "x.go", `import "dmon/internal/proc"`, "a core imports nothing"},
		{"logpipe", "x_test.go", `import "dmon/logpipe"`, ""},
		{"internal/proc", "x.go", `import "dmon/supervise"`, ""},
		{"internal/proc", "x.go", `import "dmon/internal/cli"`, "not below it"},
		{"internal/cli", "x.go", `import "dmon/supervise"`, "not below it"},
		{"internal/new", "x.go", `import "dmon/internal/cli"`, "not below it"},
		{"cmd/dmon", "x.go", `import "dmon/internal/cli"`, ""},
		{"cmd/dmon", "x.go", `import "dmon/cmd/dlog"`, "nothing imports a program"},
		{"bench/cost", "x.go", `import "dmon/cmd/dlog"`, "nothing imports a program"},
		{"bench/cost", "x.go", `import "dmon/bench/cost/probe"`, ""},
		{"bench/cost", "x.go", `import "dmon/supervise"`, "not below it"},
		{"cmd/dlog", "x.go", `import "dmon/supervise"`, "not below it"},

		{"internal/cli", "x.go", `import "github.com/spf13/pflag"`, ""},
		{"cmd/dmon", "x.go", `import "github.com/spf13/pflag"`, "does not own"},
		{"cmd/dmon", "x_test.go", `import "github.com/spf13/pflag"`, "does not own"},
		{"loadctl", "x.go", `import "github.com/shirou/gopsutil/v3/load"`, ""},
		{"cmd/dlog", "x.go", `import "gopkg.in/natefinch/lumberjack.v2"`, ""},
		{"logpipe", "x.go", `import "gopkg.in/natefinch/lumberjack.v2"`, "does not own"},
		{"internal/new", "x.go", `import "golang.org/x/sys/unix"`, "does not own"},
		{"internal/place", "x.go", `import "dmon/supervise"`, "not below it"},
		{"cmd/dmon", "x.go", `import "github.com/new/thing"`, "does not own"},
		{"cmd/dmon", "x.go", `import "encoding/json"`, ""},

		{"internal/proc", "x.go", `import "os/exec"`, "owns every wait"},
		{"cmd/dmon", "x.go", `import "os/exec"`, "owns every wait"},
		{"cmd/dmon", "x_test.go", `import "os/exec"`, ""},
		{"internal/daemon", "x.go", `import "os/exec"`, ""},

		{"cmd/dmon/settings", "x.go", `import "dmon/supervise"`, ""},
		{"cmd/dmon/settings", "x.go", `import "dmon/cmd/dmon"`, "nothing imports a program"},
		{"cmd/dmon", "x.go", `import "dmon/cmd/dmon/settings"`, ""},
		{"cmd/dlog", "x.go", `import "dmon/cmd/dmon/settings"`, "not below it"},
		{"cmd/dmon/settings", "x.go", "import \"os\"\nfunc f() { os.Setenv(\"a\", \"b\") }", "os.Setenv where options are parsed"},
		{"cmd/dlog", "options.go", "import \"os\"\nfunc f() { os.Setenv(\"a\", \"b\") }", "os.Setenv where options are parsed"},
		{"cmd/dlog", "values.go", "import sys \"syscall\"\nfunc f() { sys.Umask(0) }", "syscall.Umask where options are parsed"},
		{"internal/cli", "x.go", "import \"os\"\nfunc f() { _ = os.Getenv(\"a\") }", ""},
		{"internal/cli", "x.go", "import \"os\"\nfunc f() { _ = os.Chdir }", "os.Chdir where options are parsed"},
		{"cmd/dmon", "wire.go", "import \"os\"\nfunc f() { os.Setenv(\"a\", \"b\") }", ""},
		{"cmd/dlog", "options.go", `import "golang.org/x/sys/unix"`, "x/sys/unix where options are parsed"},

		{"loadctl", "x.go", "import \"time\"\nfunc f() { time.Sleep(1) }", "x.go:3: time.Sleep"},
		{"loadctl", "x.go", "import clock \"time\"\nvar f = clock.Sleep", "time.Sleep"},
		{"loadctl", "x_test.go", "import \"time\"\nfunc f() { time.Sleep(1) }", ""},
		{"loadctl", "x.go", "var time struct{ Sleep func() }\nvar f = time.Sleep", ""},

		{"loadctl", "x.go", strings.Repeat("\n", maxLines-2), ""},
		{"loadctl", "x_test.go", strings.Repeat("\n", maxLines-1), "351 lines"},

		{"loadctl", "x.go", "func F() {}", "F is exported"},
		{"loadctl", "x.go", "// F is.\nfunc F() {}", ""},
		{"loadctl", "x.go", "func f() {}", ""},
		{"loadctl", "x_test.go", "func F() {}", ""},
		{"loadctl", "x.go", "func (t *T) F() {}", "F is exported"},
		{"loadctl", "x.go", "func (t T[E]) F() {}", "F is exported"},
		{"loadctl", "x.go", "func (t *t) F() {}", ""},
		{"loadctl", "x.go", "func (t T) String() string { return `` }", ""},
		{"loadctl", "x.go", "func String() {}", "String is exported"},
		{"loadctl", "x.go", "type T int", "T is exported"},
		{"loadctl", "x.go", "// T is.\ntype T int", ""},
		{"loadctl", "x.go", "// Types.\ntype (\n\tT int\n)", "T is exported"},
		{"loadctl", "x.go", "type (\n\t// T is.\n\tT int\n\tU int\n)", ""},
		{"loadctl", "x.go", "type (\n\t// T is.\n\tT int\n\n\tU int\n)", "U is exported"},
		{"loadctl", "x.go", "const C = 1", "C is exported"},
		{"loadctl", "x.go", "const C = 1 // is", ""},
		{"loadctl", "x.go", "// All.\nconst (\n\tC = 1\n\tD = 2\n)", ""},
		{"loadctl", "x.go", "var c, V = 1, 2", "V is exported"},
	} {
		s, err := parse(row.room, row.name, []byte("package x\n"+row.text+"\n"))
		if err != nil {
			t.Fatalf("%s: %v", row.text, err)
		}
		faults := fileFaults("dmon", s)
		switch {
		case row.want == "" && len(faults) > 0:
			t.Errorf("%v: %.80q:\n%q", s, row.text, faults)
		case row.want != "" && (len(faults) != 1 || !strings.Contains(faults[0], row.want)):
			t.Errorf("%v: %.80q:\n%q, not one about %q", s, row.text, faults, row.want)
		}
	}
}

// The same for the rules about more than one file.
func TestWholeRulesNotice(t *testing.T) {
	of := func(room, text string) *source {
		s, err := parse(room, "x.go", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	gopsutil := of("loadctl", "// Package x is.\npackage x\nimport \"github.com/shirou/gopsutil/v3/load\"\n")
	silent := of("loadctl", "package x\n")
	if f := gopsutilFaults([]*source{gopsutil, silent}); f != nil {
		t.Error(f)
	}
	if f := gopsutilFaults([]*source{gopsutil, silent, gopsutil}); len(f) != 1 {
		t.Error(f)
	}
	if f := packageDocFaults([]*source{silent, gopsutil}); f != nil {
		t.Error(f)
	}
	if f := packageDocFaults([]*source{silent}); len(f) != 1 {
		t.Error(f)
	}
	if f := withoutFaults("supervise", []string{"os", "time", "internal/syscall/execenv", "nets"}); f != nil {
		t.Error(f)
	}
	if f := withoutFaults("supervise", []string{"os/exec", "os/signal", "net", "net/http", "golang.org/x/sys/unix", "github.com/spf13/pflag"}); len(f) != 6 {
		t.Error(f)
	}
	if f := withoutFaults("cmd/dmon", []string{"net", "compress/flate", "hash/crc32"}); len(f) != 2 {
		t.Error(f)
	}
}
