package logfile

import (
	"bytes"
	"compress/gzip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"dmon/internal/gzipped"
	"dmon/internal/place"
)

// zipped returns text as gzip writes it.
func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		return "(" + bare(err).Error() + ")"
	}
	return string(b)
}

func sweep(t *testing.T, d *place.Dir, k Keep) (told []string) {
	t.Helper()
	r, _ := lister(t, d, k)
	r.tell = func(about string, err error) {
		if err != nil {
			told = append(told, err.Error())
		}
	}
	r.sweep(time.Now())
	r.sweep(time.Now()) // says nothing twice
	return told
}

// A plain file goes only when a compressed one of the same contents is there.
func TestF74OnlyTheSameContentsCount(t *testing.T) {
	text := strings.Repeat("a line of the log\n", 10_000)
	whole := zipped(t, text)
	for name, c := range map[string]struct {
		gz   string
		goes bool
	}{
		"whole":             {whole, true},
		"in two parts":      {zipped(t, text[:99]) + zipped(t, text[99:]), true},
		"empty":             {"", false},
		"of another":        {zipped(t, "another\n"), false},
		"of a part":         {zipped(t, text[:len(text)-18]), false},
		"of more":           {zipped(t, text+"x"), false},
		"half":              {whole[:len(whole)/2], false},
		"without a byte":    {whole[:len(whole)-1], false},
		"without its check": {whole[:len(whole)-8], false},
		"wrong check":       {whole[:len(whole)-5] + "x" + whole[len(whole)-4:], false},
		"with more behind":  {whole + "x", false},
		"no gzip":           {text, false},
	} {
		for _, compress := range []bool{false, true} {
			d, dir := stage(t)
			plain := dir + "/" + at(1)
			create(t, plain, text, 0o600)
			create(t, plain+gz, c.gz, 0o600)
			told := sweep(t, d, Keep{Compress: packer(compress)})
			goes := c.goes && compress
			if _, err := os.Stat(plain); (err != nil) != goes {
				t.Errorf("%s, compress %v: gone %v, want %v", name, compress, err != nil, goes)
			}
			if read(plain+gz) != c.gz {
				t.Errorf("%s, compress %v: the .gz was touched", name, compress)
			}
			if want := compress && !c.goes; (len(told) == 1) != want || len(told) > 1 {
				t.Errorf("%s, compress %v: told %q", name, compress, told)
			}
		}
	}
}

// Nobody's file is compressed under him.
func TestF75AFileThatIsWrittenToStays(t *testing.T) {
	d, dir := stage(t)
	plain := dir + "/" + at(1)
	create(t, plain, "one\n", 0o600)
	w, err := os.OpenFile(plain, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r, _ := lister(t, d, Keep{Compress: new(gzipped.Packer)})
	if next := r.sweep(time.Now()); next <= 0 || read(plain) != "one\n" {
		t.Errorf("next look in %v, %q", next, read(plain))
	}
	if _, err := w.WriteString("two\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	// Where the system does not tell who writes, it has to be left alone for a while.
	then := time.Now().Add(-time.Minute)
	if err := os.Chtimes(plain, then, then); err != nil {
		t.Fatal(err)
	}
	r.sweep(time.Now())
	if read(plain+gz) == "" || !strings.HasPrefix(read(plain), "(") {
		t.Errorf("not compressed: %q", read(plain))
	}
}

// What came while it was compressed is not lost either.
func TestF75AFileThatGrowsMeanwhileStays(t *testing.T) {
	d, dir := stage(t)
	plain := dir + "/" + at(1)
	create(t, plain, "one\n", 0o600)
	r, _ := lister(t, d, Keep{Compress: new(gzipped.Packer)})
	link := r.call.Link
	r.call.Link = func(fd int, d *place.Dir, name string) error {
		f, err := os.OpenFile(plain, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := f.WriteString("two\n"); err != nil {
			return err
		}
		return link(fd, d, name)
	}
	r.sweep(time.Now())
	if read(plain) != "one\ntwo\n" {
		t.Errorf("the file is %q", read(plain))
	}
}

// A compressed file is on the disk before the plain one goes, Durable or not.
func TestF77SyncedBeforeThePlainOneGoes(t *testing.T) {
	for _, found := range []bool{false, true} {
		d, dir := stage(t)
		create(t, dir+"/"+at(1), "text\n", 0o600)
		if found {
			create(t, dir+"/"+at(1)+gz, zipped(t, "text\n"), 0o600)
		}
		r, _ := lister(t, d, Keep{Compress: new(gzipped.Packer)})
		var steps []string
		r.call.Sync = func(fd int) error {
			steps = append(steps, "sync")
			return unix.Fsync(fd)
		}
		r.call.Unlink = func(d *place.Dir, name string) error {
			steps = append(steps, "unlink")
			return d.Unlink(name)
		}
		r.sweep(time.Now())
		if n := len(steps); n < 2 || steps[n-2] != "sync" || steps[n-1] != "unlink" {
			t.Errorf("found %v: %q", found, steps)
		}
		r.call.Sync = func(int) error { return unix.EIO }
		create(t, dir+"/"+at(2), "text\n", 0o600)
		r.sweep(time.Now())
		if read(dir+"/"+at(2)) != "text\n" {
			t.Error("the plain file went although the other is not on the disk")
		}
	}
}

// One bad file stops neither the removal nor the compression of others, and is
// told once.
func TestF80OneBadFile(t *testing.T) {
	for k, want := range map[Keep]int{{Files: 3}: 5, {Age: time.Hour}: 6, {Total: 350}: 5} {
		d, dir := stage(t)
		for i := range 8 {
			name := dir + "/" + at(i)
			create(t, name, strings.Repeat("x", 100), 0o600)
			then := time.Now().Add(time.Duration(i-5) * time.Hour).Add(time.Minute)
			if err := os.Chtimes(name, then, then); err != nil {
				t.Fatal(err)
			}
		}
		r, _ := lister(t, d, k)
		r.call.Unlink = func(d *place.Dir, name string) error {
			if name == at(0) || name == at(2) {
				return unix.EPERM
			}
			return d.Unlink(name)
		}
		var told []string
		r.tell = func(about string, err error) {
			if err != nil {
				told = append(told, err.Error())
			}
		}
		for range 3 {
			if next := r.sweep(time.Now()); next <= 0 || next > time.Minute {
				t.Errorf("%+v: the next look is in %v", k, next)
			}
		}
		left, _ := os.ReadDir(dir)
		if len(left) != want || len(told) != 2 {
			t.Errorf("%+v: %d files are left, told %q", k, len(left), told)
		}
	}
}

func TestF80OneFileThatCannotBeCompressed(t *testing.T) {
	d, dir := stage(t)
	for i := range 4 {
		create(t, dir+"/"+at(i), "text\n", 0o600)
	}
	create(t, dir+"/"+at(2)+gz, "somebody's", 0o600)
	told := sweep(t, d, Keep{Compress: new(gzipped.Packer)})
	entries, _ := os.ReadDir(dir)
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{at(0) + gz, at(1) + gz, at(2), at(2) + gz, at(3) + gz}; !slices.Equal(left, want) || len(told) != 1 {
		t.Errorf("left %q, told %q", left, told)
	}
}

func TestCompressionKeepsTimeAndRights(t *testing.T) {
	for _, c := range []struct {
		what  string
		spoil func(*round)
	}{
		{"as the system has it", func(*round) {}},
		{"no files without a name", func(r *round) { r.keeper.named = true }},
		{"no name for them", func(r *round) {
			r.call.Link = func(int, *place.Dir, string) error { return unix.ENOENT }
		}},
	} {
		d, dir := stage(t)
		text := strings.Repeat("some text\n", 50_000)
		plain := dir + "/" + at(1)
		create(t, plain, text, 0o640)
		then := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
		if err := os.Chtimes(plain, then, then); err != nil {
			t.Fatal(err)
		}
		r, _ := lister(t, d, Keep{Compress: new(gzipped.Packer)})
		c.spoil(r)
		r.sweep(time.Now())
		info, err := os.Stat(plain + gz)
		if err != nil || info.Mode().Perm() != 0o640 || !info.ModTime().Equal(then) {
			t.Errorf("%s: the result is %v, %v", c.what, info, err)
			continue
		}
		from, err := os.Open(plain + gz)
		if err != nil {
			t.Fatal(err)
		}
		defer from.Close()
		z, err := gzip.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(z); err != nil || b.String() != text {
			t.Errorf("%s: %d bytes became %d, %v", c.what, len(text), b.Len(), err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("%s: %d files are left", c.what, len(left))
		}
	}
}

// A process that was killed while it compressed, by each of its calls.
func TestF47KilledAtEachCall(t *testing.T) {
	type dead struct{}
	for named := range 2 {
		for kill := 1; ; kill++ {
			d, dir := stage(t)
			create(t, dir+"/"+at(1), "text\n", 0o600)
			r, _ := lister(t, d, Keep{Compress: new(gzipped.Packer)})
			r.keeper.named = named == 1
			calls := 0
			count := func() {
				if calls++; calls == kill {
					panic(dead{})
				}
			}
			system := System()
			r.call.Sync = func(fd int) error { count(); return system.Sync(fd) }
			r.call.Link = func(fd int, d *place.Dir, name string) error { count(); return system.Link(fd, d, name) }
			r.call.Rename = func(d *place.Dir, from, to string) error { count(); return system.Rename(d, from, to) }
			r.call.Unlink = func(d *place.Dir, name string) error { count(); return system.Unlink(d, name) }
			survived := func() (yes bool) {
				defer func() {
					if p := recover(); p != nil && p != any(dead{}) {
						panic(p)
					}
				}()
				r.sweep(time.Now())
				return true
			}()
			sweep(t, d, Keep{Compress: new(gzipped.Packer)})
			left, _ := os.ReadDir(dir)
			if len(left) != 1 || left[0].Name() != at(1)+gz {
				t.Errorf("killed at call %d: %v are left", kill, left)
			}
			if survived {
				break
			}
		}
	}
}

func packer(compress bool) Packer {
	if compress {
		return new(gzipped.Packer)
	}
	return nil
}
