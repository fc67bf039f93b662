package ready

import (
	"net/netip"
	"testing"
)

// Where somebody listens, as the kernel writes it, and at what he can be reached.
func TestAt(t *testing.T) {
	v4, v6 := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	any, local := Wish{Port: 8080}, Wish{Port: 8080, Local: true}
	four, six := Wish{Port: 8080, Host: v4}, Wish{Port: 8080, Host: v6}
	for text, want := range map[string][4]bool{ // any, local, 127.0.0.1, ::1
		"0100007F:1F90":                         {true, true, true, false},
		"0200007F:1F90":                         {true, true, false, false},
		"00000000:1F90":                         {true, true, true, false},
		"0100A8C0:1F90":                         {true, false, false, false},
		"00000000000000000000000001000000:1F90": {true, true, false, true},
		"00000000000000000000000000000000:1F90": {true, true, true, true},
		"0000000000000000FFFF00000100007F:1F90": {true, true, true, false},
		"000080FE00000000000000000100A8C0:1F90": {true, false, false, false},
		"0100007F:1F91":                         {},
		"0100007F":                              {},
		"x:1F90":                                {true, false, false, false},
		"":                                      {},
	} {
		for i, w := range []*Wish{&any, &local, &four, &six} {
			if got := w.at([]byte(text)); got != want[i] {
				t.Errorf("%s for %+v: %v", text, *w, got)
			}
		}
	}
}
