package proc

import (
	"os/exec"
	"testing"
)

// A tree of three, one of which holds memory of its own.
func TestSurvey(t *testing.T) {
	cmd := exec.Command("sh", "-c", `sleep 1000 & sh -c 'x=$(head -c 20000000 /dev/zero | tr "\0" x); echo over; sleep 1000' & wait`)
	out, _ := cmd.StdoutPipe()
	startElsewhere(t, cmd)
	c := NewCensus()
	if s, err := c.Survey(0); err != nil || len(s.Each) != 0 || s.Memory != 0 {
		t.Errorf("an empty tree: %+v, %v", s, err)
	}
	line := make([]byte, 5)
	if _, err := out.Read(line); err != nil {
		t.Fatal(err)
	}
	c.kin.Store(&kin{cmd: cmd.Process.Pid})
	s, err := c.Survey(0)
	if err != nil || len(s.Each) < 2 || s.Memory < 20_000_000 || s.Memory > 200_000_000 || s.Used == 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if rough, err := c.Survey(1 << 40); err != nil || rough.Memory < s.Memory {
		t.Errorf("roughly %d, exactly %d, %v", rough.Memory, s.Memory, err)
	}
}
