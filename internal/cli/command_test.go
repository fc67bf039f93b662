package cli

import (
	"slices"
	"testing"
)

func TestCommandWords(t *testing.T) {
	for _, row := range []struct {
		text string
		want []string
	}{
		{"true", []string{"true"}},
		{"  /bin/a  b\tc-d ", []string{"/bin/a", "b", "c-d"}},
		{"-x %s @a:b,c", []string{"-x", "%s", "@a:b,c"}},
		{"exit 3", []string{"/bin/sh", "-c", "exit 3"}},
		{"A=1 b", []string{"/bin/sh", "-c", "A=1 b"}},
		{"a; b", []string{"/bin/sh", "-c", "a; b"}},
		{"cat >$HOME/x", []string{"/bin/sh", "-c", "cat >$HOME/x"}},
		{"a 'b c'", []string{"/bin/sh", "-c", "a 'b c'"}},
		{"a\nb", []string{"/bin/sh", "-c", "a\nb"}},
	} {
		if got, err := CommandWords(row.text); err != nil || !slices.Equal(got, row.want) {
			t.Errorf("%q: %q %v", row.text, got, err)
		}
	}
	for _, bad := range []string{"", " ", "a\x00b"} {
		if _, err := CommandWords(bad); err == nil {
			t.Errorf("%q is a command", bad)
		}
	}
}
