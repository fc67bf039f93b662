package varlink

import "strings"

// Service is what every Varlink service says of itself.
type Service struct {
	Vendor, Product, Version, URL string
	Interface                     string // the name of the one interface that it offers
	Description                   string // its text, as Varlink's own language has it
}

// Answer writes the answer to calls that every service answers alike, and to
// those that are for no interface of this one. It reports whether it did; what is
// left has the prefix of the interface.
func (s *Service) Answer(c Call, w *Writer) bool {
	dot := strings.LastIndexByte(c.Method, '.')
	name := c.Method[:max(dot, 0)]
	switch {
	case c.Method == methodInfo:
		s.info(w)
	case c.Method == methodDescription:
		s.describe(c, w)
	case name == serviceInterface:
		Fail(w, MethodNotFound, "method", c.Method)
	case name != s.Interface:
		Fail(w, InterfaceNotFound, "interface", name)
	default:
		return false
	}
	return true
}

func (s *Service) info(w *Writer) {
	Begin(w)
	w.Text("vendor", s.Vendor)
	w.Text("product", s.Product)
	w.Text("version", s.Version)
	w.Text("url", s.URL)
	w.Open("interfaces", "[")
	w.Text("", serviceInterface)
	w.Text("", s.Interface)
	w.Close("]")
	End(w, false)
}

func (s *Service) describe(c Call, w *Writer) {
	name, ok := c.Parameters.Text("interface")
	text := s.Description
	switch {
	case !ok:
		Fail(w, InvalidParameter, "parameter", "interface")
		return
	case name == serviceInterface:
		text = serviceInterfaceWords
	case name != s.Interface:
		Fail(w, InterfaceNotFound, "interface", name)
		return
	}
	Begin(w)
	w.Text("description", text)
	End(w, false)
}

// Begin begins a reply: what is written until End are its parameters.
func Begin(w *Writer) {
	w.Open("", "{")
	w.Open("parameters", "{")
}

// End ends a reply; continues says that another one follows it.
func End(w *Writer, continues bool) {
	w.Close("}")
	if continues {
		w.True("continues", true)
	}
	w.Close("}")
}

// Fail is the reply that a call failed, with one text that says more; name is
// that of an error with its interface, key "" leaves the text out.
func Fail(w *Writer, name, key, text string) {
	w.Open("", "{")
	w.Text("error", name)
	w.Open("parameters", "{")
	if key != "" {
		w.Text(key, text)
	}
	w.Close("}")
	w.Close("}")
}
