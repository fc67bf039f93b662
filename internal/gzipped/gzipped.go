// Package gzipped compresses files with gzip. It is a room of its own so that who
// rotates files and never compresses them does not have the compressor set up its
// tables at each start.
package gzipped

import (
	"compress/gzip"
	"io"
	"time"
)

// Packer makes and reads gzip files, one at a time. What it needs is too much to
// be made anew for each. The zero value is ready.
type Packer struct {
	z *gzip.Writer
	r *gzip.Reader
}

// Pack returns a writer whose input arrives compressed in to, as a file of that
// time. Its Close writes the end, and leaves to open.
func (p *Packer) Pack(to io.Writer, modified time.Time) io.WriteCloser {
	if p.z == nil {
		p.z = gzip.NewWriter(nil)
	}
	p.z.Reset(to)
	p.z.ModTime = modified
	return p.z
}

// Unpack returns a reader of what from holds compressed, which says io.EOF only
// where the checksum is right.
func (p *Packer) Unpack(from io.Reader) (io.Reader, error) {
	var err error
	if p.r == nil {
		p.r, err = gzip.NewReader(from)
	} else {
		err = p.r.Reset(from)
	}
	if err != nil {
		p.r = nil
		return nil, err
	}
	return p.r, nil
}
