package proc

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestEnviron(t *testing.T) {
	ours := os.Environ()
	set := func(env []string) {
		os.Clearenv()
		for _, e := range env {
			name, value, _ := strings.Cut(e, "=")
			os.Setenv(name, value)
		}
	}
	t.Cleanup(func() { set(ours) })
	set([]string{"A=1", "B=2", "PATH=/bin", "DMON_OPTIONS=-n", "DMON_PID=1", "DMON_RUN=4", "DMON_LAST_STATUS=9", "DMON_OTHER=kept"})
	for _, row := range []struct{ changes, want string }{
		{"", "A=1 B=2 PATH=/bin DMON_OTHER=kept"},
		{"A", "B=2 PATH=/bin DMON_OTHER=kept"},
		{"A=", "B=2 PATH=/bin DMON_OTHER=kept A="},
		{"A=x A=y", "B=2 PATH=/bin DMON_OTHER=kept A=y"},
		{"A=x A", "B=2 PATH=/bin DMON_OTHER=kept"},
		{"A A=x", "B=2 PATH=/bin DMON_OTHER=kept A=x"},
		{"C=d=e D", "A=1 B=2 PATH=/bin DMON_OTHER=kept C=d=e"},
		{"DMON_OPTIONS=-v", "A=1 B=2 PATH=/bin DMON_OTHER=kept DMON_OPTIONS=-v"},
	} {
		if got := strings.Join(Environ(strings.Fields(row.changes)), " "); got != row.want {
			t.Errorf("-E %s: %s, not %s", row.changes, got, row.want)
		}
	}
}

func TestCandidates(t *testing.T) {
	for _, row := range []struct {
		name string
		env  []string
		want string
	}{
		{"a/b", []string{"PATH=/x"}, "a/b"},
		{"/b", []string{"PATH=/x"}, "/b"},
		{"", []string{"PATH=/x"}, ""},
		{"b", []string{"PATH=/x:/y"}, "/x/b /y/b"},
		{"b", []string{"PATH=:/y:"}, "./b /y/b ./b"},
		{"b", []string{"PATH="}, "./b"},
		{"b", []string{"PATH=/x", "PATH=/y"}, "/y/b"},
		{"b", []string{"XPATH=/x"}, "/usr/local/sbin/b /usr/local/bin/b /usr/sbin/b /usr/bin/b /sbin/b /bin/b"},
	} {
		if got := strings.Join(candidates(row.name, row.env), " "); got != row.want {
			t.Errorf("%q in %v: %s, not %s", row.name, row.env, got, row.want)
		}
	}
}

func TestLookupUser(t *testing.T) {
	for _, row := range []struct{ spec, group, want string }{
		{"", "", "nothing"},
		{"root", "", "0:0 [0] HOME USER LOGNAME SHELL"},
		{"0", "", "0:0 [0] HOME USER LOGNAME SHELL"},
		{"1234:5678", "", "1234:5678 [5678]"},
		{"1234:5:6:5", "", "1234:5 [5 6]"},
		{"1234", "7", "1234:7 [7]"},
		{"1234:5", "7", "1234:7 [7 5]"},
		{"root:5", "", "0:5 [5] HOME USER LOGNAME SHELL"},
		{"", "7", fmt.Sprintf("%d:7 [7]", os.Geteuid())},
		{"no-such-user", "", `there is no user "no-such-user"`},
		{"1234", "", "a user without an entry needs a group, as in 1234:1234"},
		{"4294967295:1", "", `there is no user "4294967295"`},
		{"4294967296:1", "", `there is no user "4294967296"`},
		{"-1:1", "", `there is no user "-1"`},
		{":1", "", `there is no user ""`},
		{"root:", "", `there is no group ""`},
		{"root:no-such-group", "", `there is no group "no-such-group"`},
		{"root:4294967295", "", `there is no group "4294967295"`},
		{"root", "no-such-group", `there is no group "no-such-group"`},
	} {
		c, err := LookupUser(row.spec, row.group)
		got := "nothing"
		switch {
		case err != nil:
			got = err.Error()
		case c != nil:
			got = fmt.Sprintf("%d:%d %v", c.UID, c.GID, c.Groups)
			for _, e := range c.Env {
				name, _, _ := strings.Cut(e, "=")
				got += " " + name
			}
		}
		if got != row.want {
			t.Errorf("%q with group %q: %s, not %s", row.spec, row.group, got, row.want)
		}
	}
}

func TestShellOf(t *testing.T) {
	if shell := shellOf("no-such-user"); shell != "/bin/sh" {
		t.Errorf("the shell of nobody is %s", shell)
	}
	if data, err := os.ReadFile(passwd); err == nil && strings.HasPrefix(string(data), "root:") {
		want := strings.TrimSpace(strings.Split(strings.SplitN(string(data), "\n", 2)[0], ":")[6])
		if shell := shellOf("root"); shell != want {
			t.Errorf("the shell of root is %s, not %s", shell, want)
		}
	}
}

// The tables of names are complete and without doubles.
func TestLimitNames(t *testing.T) {
	var names []string
	seen := map[int]bool{}
	for _, l := range LimitNames {
		if seen[l.Resource] || l.Help == "" {
			t.Errorf("limit %s is there twice, or without help", l.Name)
		}
		seen[l.Resource] = true
		names = append(names, l.Name)
	}
	if !slices.IsSorted(names) {
		t.Errorf("the names are not sorted: %v", names)
	}
}
