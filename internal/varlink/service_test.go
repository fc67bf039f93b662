package varlink

import (
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"
)

var service = Service{Vendor: "v", Product: "p", Version: "1", URL: "u", Interface: "dmon.Test", Description: "interface dmon.Test\n\nmethod A() -> ()\n"}

func answer(t *testing.T, message string) string {
	t.Helper()
	c, err := ParseCall(message)
	if err != nil {
		t.Fatal(err)
	}
	var w Writer
	w.Reset(make([]byte, 0, 4000))
	if !service.Answer(c, &w) {
		return "ours"
	}
	if w.Full() {
		t.Errorf("%s: the answer is too long", message)
	}
	return string(w.Bytes())
}

func TestService(t *testing.T) {
	for message, want := range map[string]string{
		`{"method":"dmon.Test.A"}`:                  "ours",
		`{"method":"org.varlink.service.GetInfo"}`:  `{"parameters":{"vendor":"v","product":"p","version":"1","url":"u","interfaces":["org.varlink.service","dmon.Test"]}}`,
		`{"method":"org.varlink.service.Nonsense"}`: `{"error":"org.varlink.service.MethodNotFound","parameters":{"method":"org.varlink.service.Nonsense"}}`,
		`{"method":"a.b.C"}`:                        `{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"a.b"}}`,
		`{"method":"none"}`:                         `{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":""}}`,
		`{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"dmon.Test"}}`: `{"parameters":{"description":"interface dmon.Test\n\nmethod A() -> ()\n"}}`,
		`{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"x"}}`:         `{"error":"org.varlink.service.InterfaceNotFound","parameters":{"interface":"x"}}`,
		`{"method":"org.varlink.service.GetInterfaceDescription"}`:                                        `{"error":"org.varlink.service.InvalidParameter","parameters":{"parameter":"interface"}}`,
	} {
		if got := answer(t, message); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", message, got, want)
		}
	}
}

func TestClient(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		buf := make([]byte, 1000)
		n, _ := conn.Read(buf)
		// Two replies in three pieces, a failure, and the end.
		for _, piece := range []string{`{"parameters":{"got":`, string(buf[:n-1]) + "},\"continues\":true}\x00{\"para", "meters\":{}}\x00{\"error\":\"a.B\",\"parameters\":{\"x\":1}}\x00"} {
			_, _ = conn.Write([]byte(piece))
		}
		conn.Close()
	}()
	c, err := Dial(path, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Send("m.M", `{"x":1}`, true, time.Minute); err != nil {
		t.Fatal(err)
	}
	p, continues, err := c.Receive(time.Minute)
	if method, _ := p.Object("got").Text("method"); err != nil || !continues || method != "m.M" || !p.Object("got").True("more") {
		t.Errorf("%s %v %v", p, continues, err)
	}
	if p, continues, err = c.Receive(time.Minute); err != nil || continues || p != "{}" {
		t.Errorf("%s %v %v", p, continues, err)
	}
	var failure *Failure
	if _, _, err = c.Receive(time.Minute); !errors.As(err, &failure) || failure.Name != "a.B" {
		t.Errorf("%v", err)
	}
	if _, _, err = c.Receive(time.Minute); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
}
