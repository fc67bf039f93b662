package report

import (
	"testing"

	"dmon/supervise"
)

// A command that is to become ready and ends before has failed somebody, however it
// ended; with what dmon did to it that is told already.
func TestEndedBeforeReady(t *testing.T) {
	b := new(book)
	v := NewVoice(b, b)
	v.Tune(Normal, nil, false)
	m := NewMessages(v, About{Policy: supervise.Policy{Success: success, Ready: supervise.Readiness{Told: true}}})
	for _, row := range []struct {
		e    supervise.Event
		want string
	}{
		{exited(exit(0)), "W command exited with status 0 after 1.5s, before it was ready"},
		{exited(exit(3)), "W command exited with status 3 after 1.5s, before it was ready"},
	} {
		m.Event(started(1))
		m.Event(row.e)
		if got := b.take(); got != row.want {
			t.Errorf("%q, not %q", got, row.want)
		}
		stopped := row.e
		stopped.Why = supervise.ByStop
		if m.Event(stopped); row.e.Status == 0 && b.take() != "" {
			t.Errorf("an end that was asked for is told")
		}
	}
}
