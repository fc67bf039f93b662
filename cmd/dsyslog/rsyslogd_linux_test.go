package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// rsyslogd is the real daemon on a socket and a file of its own.
type rsyslogd struct {
	cmd  *exec.Cmd
	said bytes.Buffer
}

const rsyslogdConf = `
$ModLoad imuxsock
$OmitLocalLogging on
$AddUnixListenSocket %s
$SystemLogRateLimitInterval 0
$IMUXSockRateLimitInterval 0
$template text,"%%msg:2:$%%\n"
*.* %s;text
`

// startRsyslogd starts the daemon and waits until its socket is there.
func startRsyslogd(t *testing.T, socket, log string) *rsyslogd {
	t.Helper()
	dir := filepath.Dir(socket)
	conf := filepath.Join(dir, "conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, rsyslogdConf, socket, log), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(socket)
	r := &rsyslogd{cmd: exec.Command("/usr/sbin/rsyslogd", "-n", "-f", conf, "-i", filepath.Join(dir, "pid"))}
	r.cmd.Stdout, r.cmd.Stderr = &r.said, &r.said
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	eventually(t, "rsyslogd listens", func() bool { _, err := os.Stat(socket); return err == nil })
	return r
}

// stop ends the daemon and waits for that.
func (r *rsyslogd) stop(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := r.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		_ = r.cmd.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(testPatience):
		t.Fatalf("rsyslogd does not end; it said %s", r.said.String())
	}
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	b, _ := os.ReadFile(path)
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
}

func TestF50RealRsyslogdRestarts(t *testing.T) {
	socket := socketPath(t)
	log := filepath.Join(filepath.Dir(socket), "out")
	p := newPipe(t)
	run := startDsyslog(t, p, "--socket", socket, "name")
	const count = 20_000
	fed := feed(t, p, count)
	for range 3 {
		r := startRsyslogd(t, socket, log)
		before := len(lines(t, log))
		eventually(t, "lines arrive", func() bool { return len(lines(t, log)) > before+500 || isClosed(fed) })
		r.stop(t, syscall.SIGTERM)
	}
	r := startRsyslogd(t, socket, log)
	<-fed
	closeWrite(t, p)
	run.wantStatus(t, 0)
	r.stop(t, syscall.SIGTERM)
	t.Logf("%d lines came twice", checkNumbered(t, lines(t, log), count))
}

func TestF50RealRsyslogdLongAndControl(t *testing.T) {
	socket := socketPath(t)
	log := filepath.Join(filepath.Dir(socket), "out")
	r := startRsyslogd(t, socket, log)
	long := strings.Repeat("é", 10_000)
	p := newPipe(t)
	run := startDsyslog(t, p, "--socket", socket, "name")
	put(t, p, long+"\nnul\x00and\x01\n")
	closeWrite(t, p)
	run.wantStatus(t, 0)
	r.stop(t, syscall.SIGTERM)
	got := lines(t, log)
	if n := len(got); n != 4 || strings.Join(got[:n-1], "") != long || got[n-1] != "nul#000and#001" {
		t.Errorf("rsyslogd wrote %d lines, the last one %q; it said %s", n, got[n-1], r.said.String())
	}
}
