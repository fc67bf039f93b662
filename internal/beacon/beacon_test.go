package beacon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"dmon/supervise"
)

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"udp://127.0.0.1:99":             "127.0.0.1 99 ",
		"UDP://Host.Example.:65535":      "Host.Example. 65535 ",
		"udp://my_host:1":                "my_host 1 ",
		"udp://239.1.2.3:99%eth0":        "239.1.2.3 99 eth0",
		"udp://[::1]:99":                 "::1 99 ",
		"udp://[fe80::1]:99%eth0.1":      "fe80::1 99 eth0.1",
		"udp://[fe80::1%eth0]:99":        "fe80::1 99 eth0",
		"udp://[::ffff:1.2.3.4]:99%wlan": "::ffff:1.2.3.4 99 wlan",
		"udp://255.255.255.255:9":        "255.255.255.255 9 ",
		"udp://3com:9":                   "3com 9 ",

		"": "not udp", "udp://": "not HOST:PORT", "tcp://h:1": "not udp", "h:1": "not udp", "udp:h:1": "not udp",
		"udp://h": "not HOST:PORT", "udp://:99": "neither", "udp://h:": "no port", "udp://h:0": "no port", "udp://h:65536": "no port",
		"udp://h:99999999999999999999": "no port", "udp://h:-1": "no port", "udp://h:+1": "no port", "udp://h:http": "no port", "udp://h:1x": "no port", "udp://h:1/": "no port",
		"udp://::1:99": "brackets", "udp://[::1]": "not HOST:PORT", "udp://[::1:99": "not HOST:PORT", "udp://[h]:9%": "no name of an interface",
		"udp://h:9%a/b": "no name of an interface", "udp://h:9%a b": "no name", "udp://h:9%averyverylongname": "no name", "udp://h:9%": "no name",
		"udp://[fe80::1%eth0]:9%eth1": "second", "udp://h%eth0:9": "neither", "udp://[fe80::1%]:9": "no interface",
		"udp://1.2.3:9": "neither", "udp://1.2.3.256:9": "neither", "udp://1.2.3.4.5:9": "neither", "udp://0x7f000001:9": "neither", "udp://2130706433:9": "neither",
		"udp://user@h:9": "neither", "udp://h\n:9": "neither", "udp://a..b:9": "neither", "udp://-h:9": "neither", "udp:// h:9": "neither", "udp://hö:9": "neither", "udp://.:9": "neither",
		"udp://" + strings.Repeat("a", 64) + ":9": "neither", "udp://" + strings.Repeat("a.", 200) + "a:9": "neither",
	} {
		a, err := ParseAddress(text)
		switch got := fmt.Sprint(a.Host, " ", a.Port, " ", a.Interface); {
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%q: %v", text, err)
		case err == nil && got != want:
			t.Errorf("%q: %s", text, got)
		case err == nil:
			if again, err := ParseAddress(a.String()); err != nil || again != a {
				t.Errorf("%q becomes %q: %v, %v", text, a, again, err)
			}
		}
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("udp://[fe80::1%eth0]:99%x")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAddress(text)
		if err != nil {
			return
		}
		if again, err := ParseAddress(a.String()); err != nil || again != a || a.Port == 0 {
			t.Errorf("%q becomes %q: %v, %v", text, a, again, err)
		}
	})
}

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// The lines of a report, with what the command does.
func TestReport(t *testing.T) {
	b := &Beacon{Command: Word("/bin/a b\nc"), host: "here"}
	b.Call("web/one")
	event := func(kind supervise.Kind, pid int) {
		b.Event(supervise.Event{Time: noon, Task: supervise.Cmd, Kind: kind, Pid: pid})
	}
	expect := func(line string) {
		t.Helper()
		want := "report here\nweb/one " + line + " /bin/a_b_c\n"
		if got := string(b.report(noon.Add(90500 * time.Millisecond))); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	expect("e 0 0")
	event(supervise.Downed, 0)
	expect("d 0 0")
	event(supervise.Started, 77)
	expect("e 90 77")
	b.Event(supervise.Event{Time: noon, Task: supervise.Log, Kind: supervise.Exited, Pid: 78})
	event(supervise.Paused, 77)
	expect("e 90 77")
	event(supervise.Exited, 77)
	expect("e 90 0")
	event(supervise.Downed, 0)
	expect("d 90 0")
	event(supervise.Delayed, 0)
	expect("e 90 0")
	b.Command = strings.Repeat("x", 5000)
	if n := len(b.report(noon)); n != maxReport {
		t.Errorf("the longest has %d bytes", n)
	}
}

// receiver listens at an address of ours; nil where the machine has none such.
func receiver(t *testing.T, network, host string) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP(network, &net.UDPAddr{IP: net.ParseIP(host)})
	if err != nil {
		return nil
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func portOf(c *net.UDPConn) int { return c.LocalAddr().(*net.UDPAddr).Port }

// TestSend: what is sent arrives, by IPv4, by IPv6, and by a name, and nobody
// hears of trouble.
func TestSend(t *testing.T) {
	for _, c := range []struct{ network, host, as string }{
		{"udp4", "127.0.0.1", "127.0.0.1"}, {"udp4", "127.0.0.1", "localhost"}, {"udp6", "::1", "[::1]"}, {"udp4", "127.0.0.1", "[::ffff:127.0.0.1]"},
	} {
		r := receiver(t, c.network, c.host)
		if r == nil && c.network == "udp6" {
			t.Log("no IPv6 here")
			continue
		}
		a, err := ParseAddress(fmt.Sprintf("udp://%s:%d", c.as, portOf(r)))
		if err != nil {
			t.Fatal(err)
		}
		b := &Beacon{To: a, host: "here", Command: "x", Trouble: func(err error) { t.Error(err) }}
		for range 3 {
			b.send(time.Now())
			text := make([]byte, 2000)
			if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			n, err := r.Read(text)
			if got := string(text[:n]); err != nil || got != "report here\n e 0 0 x\n" {
				t.Errorf("%v: %q, %v", c, got, err)
			}
		}
		b.path.close()
	}
}

// A receiver that is not there is no trouble, and when he comes he hears at once.
func TestReceiverComesLater(t *testing.T) {
	r := receiver(t, "udp4", "127.0.0.1")
	port := portOf(r)
	r.Close()
	a, err := ParseAddress(fmt.Sprintf("udp://127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	b := &Beacon{To: a, Trouble: func(err error) { t.Error(err) }}
	defer b.path.close()
	b.send(time.Now())
	b.send(time.Now())
	if r, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP("127.0.0.1"), Port: port}); err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b.send(time.Now())
	if err := r.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := r.Read(make([]byte, 2000)); err != nil || n == 0 {
		t.Error(n, err)
	}
}

// What cannot be sent is told once, and again after it could be.
func TestTroubleIsToldOnce(t *testing.T) {
	told := 0
	b := &Beacon{To: Address{Host: "nowhere.invalid", Port: 9}, Trouble: func(error) { told++ }}
	b.send(time.Now())
	b.send(time.Now())
	if told != 1 {
		t.Errorf("told %d times of a name that is none", told)
	}
	b.To, _ = ParseAddress("udp://127.0.0.1:9%nosuch0")
	b.Trouble = func(err error) {
		if told++; !strings.Contains(err.Error(), "there is no interface nosuch0") {
			t.Error(err)
		}
	}
	b.ill = false
	b.send(time.Now())
	b.send(time.Now())
	if told != 2 {
		t.Errorf("told %d times", told)
	}
}

// An address that a name stands for is asked for anew now and then, and the old
// one used where there is no answer.
func TestAddressIsRenewed(t *testing.T) {
	r := receiver(t, "udp4", "127.0.0.1")
	b := &Beacon{To: Address{Host: "localhost", Port: uint16(portOf(r))}, Trouble: func(err error) { t.Error(err) }}
	defer b.path.close()
	now := time.Now()
	b.send(now)
	found := b.path.found
	b.send(now.Add(renew - 1))
	if b.path.found != found {
		t.Error("it was asked for anew too soon")
	}
	b.To.Host = "nowhere.invalid"
	b.send(now.Add(renew))
	if !b.path.made || b.path.found == found {
		t.Errorf("%+v", b.path)
	}
}

// What is sent leaves no garbage.
func TestSendMakesNoGarbage(t *testing.T) {
	r := receiver(t, "udp4", "127.0.0.1")
	a, err := ParseAddress(fmt.Sprintf("udp://127.0.0.1:%d", portOf(r)))
	if err != nil {
		t.Fatal(err)
	}
	b := &Beacon{To: a, Command: "x"}
	defer b.path.close()
	b.Call("x")
	now := time.Now()
	if n := testing.AllocsPerRun(100, func() { b.send(now) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Start reports at once, and then at each interval.
func TestStart(t *testing.T) {
	r := receiver(t, "udp4", "127.0.0.1")
	a, err := ParseAddress(fmt.Sprintf("udp://127.0.0.1:%d", portOf(r)))
	if err != nil {
		t.Fatal(err)
	}
	b := &Beacon{To: a, Every: 10 * time.Millisecond}
	b.Call("x")
	b.Start()
	host, err := os.Hostname()
	for range 3 {
		text := make([]byte, 2000)
		n, rerr := r.Read(text)
		if err := errors.Join(err, rerr); err != nil || !strings.HasPrefix(string(text[:n]), "report "+host+"\nx e 0 0 ") {
			t.Errorf("%q, %v", text[:n], err)
		}
	}
}
