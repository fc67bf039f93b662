package proc

import (
	"os/exec"
	"slices"
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

// Who has asked for a census gives the next survey a walk that it need not make, once,
// and none of another command.
func TestSurveyTakesOver(t *testing.T) {
	first, second := exec.Command("sleep", "1000"), exec.Command("sleep", "1000")
	startElsewhere(t, first)
	startElsewhere(t, second)
	c := NewCensus()
	survey := func(pid int, want string, over bool) {
		t.Helper()
		had := c.at
		s, err := c.Survey(Unasked)
		has := slices.ContainsFunc(s.Each, func(m Member) bool { return m.Pid == pid })
		if err != nil || !has || s.Memory != 0 || !s.At.Equal(c.at) {
			t.Errorf("%s: %+v, %v", want, s, err)
		}
		if s.At.Equal(had) != over {
			t.Errorf("%s: it was a walk of its own: %v", want, over)
		}
	}
	c.kin.Store(&kin{cmd: first.Process.Pid})
	survey(first.Process.Pid, "nobody has walked before", false)
	survey(first.Process.Pid, "only a survey has", false)
	if _, err := c.Take(); err != nil {
		t.Fatal(err)
	}
	survey(first.Process.Pid, "a census has", true)
	survey(first.Process.Pid, "it was taken over", false)
	if _, err := c.Take(); err != nil {
		t.Fatal(err)
	}
	c.kin.Store(&kin{cmd: second.Process.Pid})
	survey(second.Process.Pid, "of another", false)
	if _, err := c.Take(); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(-fresh)
	survey(second.Process.Pid, "too long ago", false)
}
