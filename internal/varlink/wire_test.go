package varlink

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestParseCall(t *testing.T) {
	for _, c := range []struct {
		message, method, parameters string
		more, oneway, bad           bool
	}{
		{message: `{"method":"a.B"}`, method: "a.B"},
		{message: ` { "method" : "a.B" , "parameters" : null } `, method: "a.B"},
		{message: `{"parameters":{"x":{"y":[1,2,{"z":"}"}]}},"method":"a.B","more":true}`, method: "a.B", parameters: `{"x":{"y":[1,2,{"z":"}"}]}}`, more: true},
		{message: `{"method":"a.B","oneway":true,"unknown":[1.5e-3,false]}`, method: "a.B", oneway: true},
		{message: `{"method":"\u0061.\u0042"}`, method: "a.B"},
		{message: `{"meth\u006fd":"x","method":"y"}`, method: "y"},
		{message: ``, bad: true},
		{message: `{}`, bad: true},
		{message: `{"method":7}`, bad: true},
		{message: `{"method":"x"} x`, bad: true},
		{message: `{"method":"x",}`, bad: true},
		{message: `{"method":"x","parameters":[]}`, bad: true},
		{message: `{"method":"x","parameters":"{}"}`, bad: true},
		{message: `{"method":"x","n":01}`, bad: true},
		{message: "{\"method\":\"x\n\"}", bad: true},
		{message: `{"method":"x","n":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, bad: true},
	} {
		got, err := ParseCall(c.message)
		if (err != nil) != c.bad {
			t.Errorf("%s: %v", c.message, err)
			continue
		}
		if !c.bad && (got.Method != c.method || string(got.Parameters) != c.parameters || got.More != c.more || got.Oneway != c.oneway) {
			t.Errorf("%s gives %+v", c.message, got)
		}
	}
}

func TestMembers(t *testing.T) {
	o, err := ParseObject(`{"s":"a\"\\\/\b\u00e9\ud83d\ude00\ud83d","n":-12,"f":1.5,"t":true,"nil":null,"o":{"x":1},"l":[1,"two",{"x":3}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if s, ok := o.Text("s"); !ok || s != "a\"\\/\bé😀\ufffd" {
		t.Errorf("s is %q, %v", s, ok)
	}
	if n, ok := o.Number("n"); !ok || n != -12 {
		t.Errorf("n is %d, %v", n, ok)
	}
	if _, ok := o.Number("f"); ok {
		t.Error("1.5 is whole")
	}
	if _, ok := o.Text("n"); ok {
		t.Error("a number is a text")
	}
	if !o.True("t") || o.True("n") || o.Has("nil") || o.Has("none") || !o.Has("f") {
		t.Error("truth values")
	}
	if n, _ := o.Object("o").Number("x"); n != 1 || o.Object("l") != "" {
		t.Error("objects")
	}
	var list []string
	o.Each("l", func(v string) { list = append(list, v) })
	if strings.Join(list, "|") != `1|"two"|{"x":3}` {
		t.Errorf("list %q", list)
	}
}

func TestWriter(t *testing.T) {
	var w Writer
	w.Reset(make([]byte, 0, 500))
	w.Open("", "{")
	w.Text("name", "a\"\x01\xffé\n")
	w.Open("list", "[")
	w.Number("", -1)
	w.True("", false)
	w.Open("", "{")
	w.Close("}")
	w.Close("]")
	w.Time("at", time.Date(2026, 11, 25, 1, 2, 3, 4000, time.UTC))
	w.Raw("raw", `{"x":1}`)
	w.Close("}")
	const want = `{"name":"a\"\u0001` + "\ufffdé" + `\n","list":[-1,false,{}],"at":"2026-11-25T01:02:03.000004Z","raw":{"x":1}}`
	if string(w.Bytes()) != want || w.Full() {
		t.Errorf("got  %s\nwant %s", w.Bytes(), want)
	}
	w.Reset(make([]byte, 0, 4))
	w.Text("", "longer")
	if !w.Full() || len(w.Bytes()) > 4 {
		t.Error("what does not fit is told by nothing")
	}
}

// What this scanner takes is JSON, and says what encoding/json says.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"method":"a.B","parameters":{"x":[1,"\u00e9",null]},"more":true}`, `{"a":"\ud83d\ude00"}`, `{`, `{"a":1e5}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := ParseObject(text)
		if err != nil {
			return
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatalf("%q is taken, but %v", text, err)
		}
		for name, raw := range m {
			value, ok := o.find(name)
			if !ok && strings.IndexByte(name, '\ufffd'&0xff) < 0 && !strings.ContainsRune(name, '\ufffd') {
				t.Fatalf("%q: no member %q", text, name)
			}
			if ok && value != string(raw) && !strings.ContainsRune(name, '\ufffd') {
				t.Fatalf("%q: %q is %q, want %q", text, name, value, raw)
			}
		}
	})
}

func FuzzQuote(f *testing.F) {
	f.Add("a\"\x00\xff é😀")
	f.Fuzz(func(t *testing.T, text string) {
		var w Writer
		w.Reset(make([]byte, 0, 6*len(text)+10))
		w.Text("", text)
		var std string
		if err := json.Unmarshal(w.Bytes(), &std); err != nil || std != strings.ToValidUTF8(text, "\ufffd") && !strings.Contains(std, "\ufffd") {
			t.Fatalf("%q becomes %s (%v)", text, w.Bytes(), err)
		}
		if own, ok := unquote(string(w.Bytes())); !ok || own != std {
			t.Fatalf("%q: own %q, std %q", text, own, std)
		}
	})
}

func TestReadingAllocatesNothing(t *testing.T) {
	message := `{"method":"dmon.Control.Signal","parameters":{"signal":"HUP","tree":true}}`
	if n := testing.AllocsPerRun(100, func() {
		c, err := ParseCall(message)
		if s, _ := c.Parameters.Text("signal"); err != nil || s != "HUP" {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
	var w Writer
	buf := make([]byte, 0, 200)
	if n := testing.AllocsPerRun(100, func() {
		w.Reset(buf)
		w.Text("name", "value\n")
		w.Number("n", 12345)
	}); n > 0 {
		t.Errorf("%v allocations in writing", n)
	}
}
