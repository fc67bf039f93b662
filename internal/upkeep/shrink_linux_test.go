package upkeep

import "testing"

func TestCodeRangeTakesOnlyPagesThatNobodyWrote(t *testing.T) {
	const exe = "/usr/bin/dmon"
	for _, c := range []struct {
		line string
		want bool
	}{
		{"00400000-0052e000 r-xp 00000000 fe:00 99                            /usr/bin/dmon\n", true},
		{"0052e000-006a8000 r--p 0012e000 fe:00 99                            /usr/bin/dmon\n", true},
		{"006a8000-006b8000 rw-p 002a8000 fe:00 99                            /usr/bin/dmon\n", false},
		{"00400000-0052e000 r-xp 00000000 fe:00 99                            /usr/bin/other\n", false},
		{"00400000-0052e000 r-xp 00000000 fe:00 99                            /opt/usr/bin/dmon\n", false},
		// A program that was moved: its read-only data was written by the loader.
		{"55d0c0000000-55d0c0100000 r--p 00000000 fe:00 99                    /usr/bin/dmon\n", false},
		{"7ffe57966000-7ffe57987000 rw-p 00000000 00:00 0                     [stack]\n", false},
		{"no line at all\n", false},
		{"\n", false},
	} {
		if _, _, ok := codeRange(c.line, exe); ok != c.want {
			t.Errorf("codeRange(%q) = %v", c.line, ok)
		}
	}
}

func TestCodeRangeReadsTheAddresses(t *testing.T) {
	from, to, ok := codeRange("00400000-0052e000 r-xp 00000000 fe:00 99 /x y/dmon\n", "/x y/dmon")
	if !ok || from != 0x400000 || to != 0x52e000 {
		t.Errorf("got %x-%x, %v", from, to, ok)
	}
}
