package proc

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestLastLine(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", ""}, {"\n \n", ""}, {"one", "one"}, {"one\ntwo\n", "two"}, {"one\r\ntwo \r\n\n\t\n", "two"},
		{"\x9f\xa4 cut", " cut"}, {"a\xffb", "a?b"}, {strings.Repeat("x", tailSize), strings.Repeat("x", tailSize)},
	} {
		if got := lastLine([]byte(row.text)); got != row.want {
			t.Errorf("%q: %q", row.text, got)
		}
	}
}

// All that is written is read, and who keeps the pipe open is not waited for.
func TestTail(t *testing.T) {
	var none *tail
	if none.lastLine() != "" {
		t.Error("a line of nothing")
	}
	for _, stays := range []bool{false, true} {
		k, out, err := newTail()
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(out), "out")
		if _, err := f.Write(append(bytes.Repeat([]byte("much\n"), 100_000), "the end\n"...)); err != nil {
			t.Fatal(err)
		}
		if !stays {
			f.Close()
		}
		if got := k.lastLine(); got != "the end" {
			t.Errorf("%q", got)
		}
		f.Close()
	}
}
