package control

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"dmon/internal/place"
	"dmon/internal/varlink"

	"golang.org/x/sys/unix"
)

const wait = time.Minute // bounds a failure

// serve runs a server that answers dmon.Test.Echo, and returns its socket.
func serve(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), strings.Repeat("long", 20), "control")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	dir, name, err := place.Of(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Service: varlink.Service{Vendor: "v", Product: "p", Interface: "dmon.Test", Description: "interface dmon.Test\n\nmethod Echo(x: int) -> (x: int)\n"}}
	s.Do = func(c varlink.Call, _ int, w *varlink.Writer) bool {
		if c.Method != "dmon.Test.Echo" {
			varlink.Fail(w, varlink.MethodNotFound, "method", c.Method)
			return false
		}
		n, _ := c.Parameters.Number("x")
		varlink.Begin(w)
		w.Number("x", n)
		varlink.End(w, false)
		return false
	}
	if err := s.Listen(dir, name); err != nil {
		t.Fatal(err)
	}
	over := make(chan bool)
	go func() {
		s.Serve()
		close(over)
	}()
	t.Cleanup(func() {
		s.Close()
		<-over
		dir.Close()
	})
	// By way of a descriptor, as dmonctl: the path is longer than an address.
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return filepath.Join("/proc/self/fd", itoa(int(d.Fd())), "control")
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func dial(t *testing.T, path string) *varlink.Client {
	t.Helper()
	c, err := varlink.Dial(path, wait)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func echo(t *testing.T, c *varlink.Client) {
	t.Helper()
	o, err := c.Call("dmon.Test.Echo", `{"x":7}`, wait)
	if n, _ := o.Number("x"); err != nil || n != 7 {
		t.Fatalf("%q, %v", o, err)
	}
}

func TestCalls(t *testing.T) {
	path := serve(t)
	c := dial(t, path)
	for range 3 {
		echo(t, c)
	}
	if o, err := c.Call("org.varlink.service.GetInfo", "", wait); err != nil || !o.Has("interfaces") {
		t.Errorf("%q, %v", o, err)
	}
	var failure *varlink.Failure
	if _, err := c.Call("dmon.Test.None", "", wait); !errors.As(err, &failure) || failure.Name != varlink.MethodNotFound {
		t.Errorf("%v", err)
	}
	// Two calls in one piece, one in two.
	raw := c.Conn()
	call := `{"method":"dmon.Test.Echo","parameters":{"x":7}}` + "\x00"
	if _, err := raw.Write([]byte(call + call + call[:20])); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, _, err := c.Receive(wait); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := raw.Write([]byte(call[20:])); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Receive(wait); err != nil {
		t.Fatal(err)
	}
}

// What is no call is told so, and who says nothing keeps nobody waiting.
func TestStrangers(t *testing.T) {
	path := serve(t)
	for _, text := range []string{"garbage\x00", "{}\x00", "\x00", `{"method":7}` + "\x00", strings.Repeat("x", 1<<20), `{"method":"dmon.Te`} {
		c := dial(t, path)
		_, _ = c.Conn().Write([]byte(text)) // a long one breaks off
		var failure *varlink.Failure
		if _, _, err := c.Receive(wait); !errors.As(err, &failure) && !errors.Is(err, unix.ECONNRESET) {
			t.Errorf("%.20q: %v", text, err)
		}
		if _, _, err := c.Receive(wait); err == nil {
			t.Errorf("%.20q: the connection goes on", text)
		}
	}
	silent := make([]net.Conn, 0, 1000)
	defer func() {
		for _, c := range silent {
			c.Close()
		}
	}()
	for i := range cap(silent) {
		c, err := varlink.Dial(path, wait)
		if err != nil {
			t.Fatal(i, err)
		}
		silent = append(silent, c.Conn())
	}
	echo(t, dial(t, path))
}

func TestAnswersLeaveNoGarbage(t *testing.T) {
	path := serve(t)
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	call, answer := []byte(`{"method":"dmon.Test.Echo","parameters":{"x":7}}`+"\x00"), make([]byte, 200)
	ask := func() {
		if _, err := unix.Write(fd, call); err != nil {
			t.Fatal(err)
		}
		n, err := unix.Read(fd, answer)
		if err != nil || !bytes.HasSuffix(answer[:n], []byte("}\x00")) {
			t.Fatalf("%q %v", answer[:n], err)
		}
	}
	ask()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const calls = 1000
	for range calls {
		ask()
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 30*calls {
		t.Errorf("%d calls leave %d bytes", calls, n)
	}
}
