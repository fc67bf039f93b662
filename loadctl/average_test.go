package loadctl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoadAverageNames(t *testing.T) {
	for _, row := range []struct {
		window Window
		want   string
	}{{OneMinute, "load"}, {FiveMinutes, "5-minute load"}, {FifteenMinutes, "15-minute load"}} {
		s := LoadAverage("", row.window)
		if s.Name() != row.want || s.Every() != 5*time.Second {
			t.Errorf("window %d: %q every %v", row.window, s.Name(), s.Every())
		}
	}
}

// The machine that the test runs on has load averages, whatever it is.
func TestLoadAverageOfThisMachine(t *testing.T) {
	for _, w := range []Window{OneMinute, FiveMinutes, FifteenMinutes} {
		v, err := LoadAverage("", w).Sample()
		if err != nil || v < 0 || v > 1e6 {
			t.Errorf("window %d: %v, %v", w, v, err)
		}
	}
	_, err := LoadAverage("", 3).Sample()
	if want := "cannot read the load average: no kernel keeps one over 3 minutes"; fmt.Sprint(err) != want {
		t.Errorf("window 3: %v", err)
	}
}

func TestCPUsOfThisMachine(t *testing.T) {
	if n, err := CPUs(""); err != nil || n < 1 || n > 1<<16 {
		t.Errorf("%d, %v", n, err)
	}
}

// rootWith returns a directory that holds text under name, as /proc would.
func rootWith(t testing.TB, name, text string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return root
}

// oneLiner is a sample, or what went wrong with the root cut out.
func oneLiner(root string, v any, err error) string {
	if err != nil {
		return strings.ReplaceAll(err.Error(), root, "ROOT")
	}
	return fmt.Sprint(v)
}
