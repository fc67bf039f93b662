// Package varlink is the wire of a small Varlink service and its client: JSON
// objects that end with a NUL byte. What a service reads and writes lives in
// fixed buffers, so that however many requests come, its memory stays as it was.
//
// The protocol is described at varlink.org; what is built here is what an
// interface of plain values needs: no upgrade of a connection, no descriptors.
package varlink

import (
	"errors"
	"strconv"
	"time"
)

// MaxCall is how long a call may be, in bytes, its NUL included; a longer one is
// none of ours.
const MaxCall = 4096

// Errors that every service may answer with.
const (
	ErrorPrefix           = "org.varlink.service."
	InterfaceNotFound     = ErrorPrefix + "InterfaceNotFound"
	MethodNotFound        = ErrorPrefix + "MethodNotFound"
	MethodNotImplemented  = ErrorPrefix + "MethodNotImplemented"
	InvalidParameter      = ErrorPrefix + "InvalidParameter"
	PermissionDenied      = ErrorPrefix + "PermissionDenied"
	ExpectedMore          = ErrorPrefix + "ExpectedMore"
	methodInfo            = ErrorPrefix + "GetInfo"
	methodDescription     = ErrorPrefix + "GetInterfaceDescription"
	serviceInterface      = "org.varlink.service"
	serviceInterfaceWords = `# What every Varlink service answers
interface org.varlink.service

# Who this is
method GetInfo() -> (
  vendor: string,
  product: string,
  version: string,
  url: string,
  interfaces: []string
)

# The text of an interface
method GetInterfaceDescription(interface: string) -> (description: string)

error InterfaceNotFound (interface: string)
error MethodNotFound (method: string)
error MethodNotImplemented (method: string)
error InvalidParameter (parameter: string)
error PermissionDenied ()
error ExpectedMore ()
`
)

// errBroken is what a message that is no call gives.
var errBroken = errors.New("not a Varlink call")

// Call is one call; its texts are parts of the message, and gone with it.
type Call struct {
	Method     string
	Parameters Object
	More       bool // several replies are welcome
	Oneway     bool // no reply is wanted
}

// Object is the text of a JSON object, braces included; "" has no members.
type Object string

// ParseCall reads a message without its NUL. Absent, null and empty parameters
// are alike; members that it does not know are passed over.
func ParseCall(message string) (Call, error) {
	var c Call
	o, err := ParseObject(message)
	if err != nil {
		return c, errBroken
	}
	var ok bool
	if c.Method, ok = o.Text("method"); !ok {
		return c, errBroken
	}
	c.More, c.Oneway = o.True("more"), o.True("oneway")
	switch value, _ := o.find("parameters"); {
	case value == "" || value == "null":
	case value[0] == '{':
		c.Parameters = Object(value)
	default:
		return c, errBroken
	}
	return c, nil
}

// ParseObject checks that text is one JSON object, and nothing behind it.
func ParseObject(text string) (Object, error) {
	s := scanner{text: text}
	s.space()
	start := s.at
	if s.peek() != '{' || !s.value(0) {
		return "", errBroken
	}
	end := s.at
	s.space()
	if s.at != len(text) {
		return "", errBroken
	}
	return Object(text[start:end]), nil
}

// find returns the text of the value of a member, "" where there is none. The
// object has been checked; of two members of one name the later counts.
func (o Object) find(name string) (value string, ok bool) {
	s := scanner{text: string(o)}
	s.at++ // the brace
	for {
		s.space()
		if s.at >= len(s.text) || s.peek() == '}' {
			return value, ok
		}
		from := s.at
		s.str()
		key := s.text[from:s.at]
		s.space()
		s.at++ // the colon
		s.space()
		from = s.at
		s.value(0)
		if text, whole := unquote(key); whole && text == name {
			value, ok = s.text[from:s.at], true
		}
		s.space()
		if s.peek() == ',' {
			s.at++
		}
	}
}

// Text returns a member that is a string.
func (o Object) Text(name string) (string, bool) {
	value, ok := o.find(name)
	if !ok {
		return "", false
	}
	return unquote(value)
}

// Number returns a member that is a whole number.
func (o Object) Number(name string) (int64, bool) {
	value, ok := o.find(name)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(value, 10, 64)
	return n, err == nil
}

// True reports whether a member is true.
func (o Object) True(name string) bool {
	value, _ := o.find(name)
	return value == "true"
}

// Object returns a member that is an object.
func (o Object) Object(name string) Object {
	if value, _ := o.find(name); len(value) > 1 && value[0] == '{' {
		return Object(value)
	}
	return ""
}

// Has reports whether there is such a member, and it is not null.
func (o Object) Has(name string) bool {
	value, ok := o.find(name)
	return ok && value != "null"
}

// Each calls f with the text of each element of a member that is an array.
func (o Object) Each(name string, f func(value string)) {
	value, _ := o.find(name)
	if len(value) < 2 || value[0] != '[' {
		return
	}
	s := scanner{text: value, at: 1}
	for {
		s.space()
		if s.at >= len(value) || s.peek() == ']' {
			return
		}
		from := s.at
		s.value(0)
		f(value[from:s.at])
		s.space()
		if s.peek() == ',' {
			s.at++
		}
	}
}

// Unquote returns what the text of a JSON string says.
func Unquote(value string) (string, bool) { return unquote(value) }

// Seconds returns a member that is a number of seconds; 0 where it is none.
func (o Object) Seconds(name string) time.Duration {
	value, _ := o.find(name)
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || f < 0 || f > 1e9 {
		return 0
	}
	return time.Duration(f * float64(time.Second))
}
