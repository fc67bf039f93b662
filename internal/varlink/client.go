package varlink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// maxReply is how long a reply may be, in bytes: whoever answers may be a
// stranger.
const maxReply = 1 << 20

// Client is a connection to a service. It belongs to one goroutine.
type Client struct {
	conn net.Conn
	in   []byte // read and not taken yet
}

// Failure is an error that the service answered with.
type Failure struct {
	Name       string // with its interface
	Parameters Object
}

func (f *Failure) Error() string { return f.Name }

// ErrGone says that the service has closed the connection.
var ErrGone = errors.New("the other side has closed the connection")

// Dial connects to the socket at path, and waits no longer than limit. The
// caller closes the client.
func Dial(path string, limit time.Duration) (*Client, error) {
	const pace = 5 * time.Millisecond
	for end := time.Now().Add(limit); ; <-time.After(pace) {
		conn, err := net.DialTimeout("unix", path, limit)
		switch {
		case err == nil:
			return &Client{conn: conn}, nil
		case !errors.Is(err, syscall.EAGAIN) || time.Now().After(end):
			return nil, err
		}
		// So many wait to be accepted that there is no room for one more.
	}
}

// Conn is the connection, for who wants to know who is at its other end.
func (c *Client) Conn() net.Conn { return c.conn }

// Close closes the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Send makes a call; parameters are JSON, "" for none. More asks for as many
// replies as there will be. It waits no longer than limit.
func (c *Client) Send(method, parameters string, more bool, limit time.Duration) error {
	var w Writer
	w.Reset(make([]byte, 0, len(method)*6+len(parameters)+64))
	w.Open("", "{")
	w.Text("method", method)
	if parameters != "" {
		w.Raw("parameters", parameters)
	}
	if more {
		w.True("more", true)
	}
	w.Close("}")
	if err := c.conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	_, err := c.conn.Write(append(w.Bytes(), 0))
	return err
}

// Receive waits for a reply, not longer than limit; 0 waits for ever. Continues
// says that another one follows. A *Failure is what the service answered, any
// other error ends the connection.
func (c *Client) Receive(limit time.Duration) (parameters Object, continues bool, err error) {
	deadline := time.Time{}
	if limit > 0 {
		deadline = time.Now().Add(limit)
	}
	if err := c.conn.SetReadDeadline(deadline); err != nil {
		return "", false, err
	}
	message, err := c.message()
	if err != nil {
		return "", false, err
	}
	o, err := ParseObject(message)
	if err != nil {
		return "", false, fmt.Errorf("the answer is no JSON object: %.60q", message)
	}
	if name, ok := o.Text("error"); ok {
		return "", false, &Failure{Name: name, Parameters: o.Object("parameters")}
	}
	return o.Object("parameters"), o.True("continues"), nil
}

// message takes what there is up to the next NUL.
func (c *Client) message() (string, error) {
	for from := 0; ; {
		if i := bytes.IndexByte(c.in[from:], 0); i >= 0 {
			text := string(c.in[:from+i])
			c.in = c.in[from+i+1:]
			return text, nil
		}
		if from = len(c.in); from > maxReply {
			return "", fmt.Errorf("the answer is longer than %d bytes", maxReply)
		}
		var piece [4096]byte
		n, err := c.conn.Read(piece[:])
		c.in = append(c.in, piece[:n]...)
		if n == 0 && err != nil {
			if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
				err = ErrGone
			}
			return "", err
		}
	}
}

// Call makes a call and waits for its one reply, for limit at most.
func (c *Client) Call(method, parameters string, limit time.Duration) (Object, error) {
	if err := c.Send(method, parameters, false, limit); err != nil {
		return "", err
	}
	reply, _, err := c.Receive(limit)
	return reply, err
}
