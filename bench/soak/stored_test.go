//go:build linux && soak

package soak

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// rotated lists the files that were rotated so far, by the names they had
// before they were compressed, in order.
func (r *round) rotated() []string {
	entries, _ := os.ReadDir(r.logs(""))
	var list []string
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".gz"); strings.HasPrefix(name, "log.") && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// readFiles gives all that was stored to c, in the order of writing.
func (r *round) readFiles(c *checker) error {
	names := r.rotated()
	for n := range r.moved {
		moved := fmt.Sprintf("moved%04d", n)
		// Behind all that were rotated before, and all that were moved before.
		at := 0
		for i, name := range names {
			if slices.Contains(r.order[moved], name) || strings.HasPrefix(name, "moved") {
				at = i + 1
			}
		}
		names = slices.Insert(names, at, moved)
	}
	entries, err := os.ReadDir(r.logs(""))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".gz")
		if name != "log" && !slices.Contains(names, name) {
			return fmt.Errorf("there is a file called %s", e.Name())
		}
	}
	for _, name := range append(names, "log") {
		if err := r.readFile(name, c); err != nil {
			return fmt.Errorf("%s: %w\nfiles: %s", name, err, strings.Join(names, " "))
		}
		r.files++
	}
	return nil
}

// readFile reads one file, compressed or not. Being killed between the two
// leaves both, which are the same then.
func (r *round) readFile(name string, c *checker) error {
	plain, err := os.ReadFile(r.logs(name))
	packed, gzErr := unpack(r.logs(name) + ".gz")
	switch {
	case err != nil && gzErr != nil:
		if name == "log" && os.IsNotExist(err) {
			return nil // just renamed
		}
		return fmt.Errorf("%w, %w", err, gzErr)
	case err != nil:
		plain = packed
	case gzErr == nil && !bytes.Equal(plain, packed):
		return fmt.Errorf("differs from what was compressed")
	}
	lines := bufio.NewReaderSize(bytes.NewReader(plain), 2*longest)
	for {
		text, err := lines.ReadSlice('\n')
		if err == io.EOF && len(text) == 0 {
			return nil
		}
		if err == io.EOF && strings.HasPrefix(name, "moved") {
			// Renamed in the moment of a kill, or while nothing could be written.
			c.tear(text[min(r.stamp, len(text)):])
			return nil
		}
		if err != nil {
			return fmt.Errorf("a line does not end: %.80q: %w", text, err)
		}
		if len(text) <= r.stamp {
			return fmt.Errorf("a line has no time: %q", text)
		}
		if err := c.add(text[r.stamp : len(text)-1]); err != nil {
			return err
		}
	}
}

func unpack(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func stopped(pid int) bool {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	rest := stat[bytes.LastIndexByte(stat, ')')+1:]
	return len(rest) == 0 || rest[1] == 'T'
}
