//go:build linux

package soak

import "testing"

// stored makes lines of the stream: numbers, "+" glues, "<" cuts a line short.
func stored(words ...any) (lines [][]byte) {
	for _, w := range words {
		switch w := w.(type) {
		case int:
			lines = append(lines, line(nil, uint64(w), longest))
		case string:
			lines = append(lines, []byte(w))
		case []byte:
			lines = append(lines, w)
		}
	}
	return lines
}

// first is the number of the first line.
func first(lines [][]byte) uint64 {
	if len(lines) == 0 {
		return 0
	}
	n, _ := numberOf(lines[0])
	return n
}

func half(n uint64) []byte { l := line(nil, n, longest); return l[:len(l)/2] }

func TestChecker(t *testing.T) {
	glued := append(line(nil, 1, longest), line(nil, 2, longest)...)
	cases := []struct {
		name    string
		lines   [][]byte
		ok      bool
		next    uint64
		rewinds int
		repeats uint64
		cuts    int
	}{
		{"nothing", nil, true, 0, 0, 0, 0},
		{"all", stored(0, 1, 2, 3), true, 4, 0, 0, 0},
		{"again", stored(0, 1, 2, 1, 2, 3), true, 4, 1, 2, 0},
		{"one again", stored(0, 0, 1), true, 2, 1, 1, 0},
		{"cut, and again", stored(0, 1, half(2), 2), true, 3, 0, 0, 1},
		{"a newline of the next life", stored(0, "", 1), true, 2, 0, 0, 1},
		{"cut, and again, all of it again", stored(0, 1, half(2), 2, 1, half(2), 2, 3), true, 4, 1, 2, 1},
		{"cut, and again, again from where it was cut", stored(0, half(1), 1, 2, half(1), 1, 2), true, 3, 1, 2, 1},
		{"a newline that comes again first", stored(0, "", 1, 2, "", 1, 2, 3), true, 4, 1, 2, 1},
		{"another newline", stored(0, "", 1, 2, "", 3), true, 4, 0, 0, 2},
		{"another newline, and then lines again", stored(0, "", 1, 2, 3, "", 3, 4), true, 5, 1, 1, 2},
		{"another newline, and half of it", stored(0, "", 1, 2, "", half(3), 3), true, 4, 0, 0, 3},
		{"a newline that all lines behind it come again with", stored(8, "", 8, 9, "", 8, 9, 10), true, 11, 2, 3, 1},
		{"a newline after which lines come again, perhaps the same", stored(8, "", 8, 9, "", 9, 10), true, 11, 2, 2, 1},
		{"half of the wanted line, and then lines again", stored(0, 1, half(2), 1, 2), true, 3, 1, 1, 1},
		{"half of a line that is neither", stored(0, 1, half(7), 1, 2), false, 0, 0, 0, 0},
		{"nothing behind a cut", stored(0, half(1)), true, 1, 0, 0, 1},
		{"nothing behind a cut of another line", stored(0, half(7)), false, 0, 0, 0, 0},
		{"cut twice", stored(0, half(1), half(1), 1, half(2), 2), true, 3, 0, 0, 2},
		{"the beginning of a line that was never cut", stored(0, 1, 2, half(1)), false, 3, 0, 0, 0},
		{"one missing", stored(0, 2), false, 1, 0, 0, 0},
		{"cut, and gone", stored(0, 1, half(2), 3), false, 2, 0, 0, 1},
		{"glued", stored(0, glued), false, 1, 0, 0, 0},
		{"half a line glued", stored(0, append(half(1), line(nil, 1, longest)...)), false, 1, 0, 0, 0},
		{"something else", stored(0, "hello"), false, 1, 0, 0, 0},
	}
	for _, c := range cases {
		k := &checker{limit: longest, next: first(c.lines)}
		var err error
		for _, l := range c.lines {
			if err = k.add(l); err != nil {
				break
			}
		}
		if err == nil {
			err = k.end()
		}
		if (err == nil) != c.ok || c.ok && k.next != c.next || c.ok && (k.rewinds != c.rewinds || k.repeats != c.repeats || k.cuts != c.cuts) {
			t.Errorf("%s: %v, next %d, rewinds %d, repeats %d, cuts %d", c.name, err, k.next, k.rewinds, k.repeats, k.cuts)
		}
	}
}

// What follows the last newline of a file that was renamed is no cut, but it
// must be the beginning of a line that comes.
func TestTear(t *testing.T) {
	for _, c := range []struct {
		before []any
		torn   uint64
		after  []any
		ok     bool
	}{
		{[]any{0, 1}, 2, []any{2}, true},
		{[]any{0, 1}, 2, []any{1, 2}, true},
		{[]any{0, 1}, 3, []any{2}, false},
		{[]any{0, 1}, 1, nil, false},
	} {
		k := &checker{limit: longest}
		add := func(lines [][]byte) (err error) {
			for _, l := range lines {
				if err == nil {
					err = k.add(l)
				}
			}
			return err
		}
		err := add(stored(c.before...))
		k.tear(half(c.torn))
		if err == nil {
			err = add(stored(c.after...))
		}
		if err == nil {
			err = k.end()
		}
		if (err == nil) != c.ok || k.cuts != 0 {
			t.Errorf("half of line %d, then %v: %v, %d cuts", c.torn, c.after, err, k.cuts)
		}
	}
}

// Lines have to differ all over, or a mixture of two would pass for one.
func TestLinesDiffer(t *testing.T) {
	long := 0
	for n := range uint64(20000) {
		if l := line(nil, n, longest); len(l) > 64<<10 {
			long++
		}
	}
	if long == 0 {
		t.Error("no line is longer than a usual pipe")
	}
	a, b, same := line(nil, 211, 9000), line(nil, 422, 9000), 0
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			same++
		}
	}
	if same > min(len(a), len(b))/4 {
		t.Errorf("%d of %d bytes are the same", same, min(len(a), len(b)))
	}
}

func TestJudge(t *testing.T) {
	cases := []struct {
		tally   tally
		checker checker
		written uint64
		ok      bool
	}{
		{tally{}, checker{next: 5}, 5, true},
		{tally{}, checker{next: 4}, 5, false},
		{tally{}, checker{next: 5, rewinds: 1}, 5, false},
		{tally{killLog: 1}, checker{next: 5, rewinds: 1}, 5, true},
		{tally{termLog: 1}, checker{next: 5, rewinds: 1}, 5, false},
		{tally{restarts: 1}, checker{next: 5, rewinds: 2}, 5, false},
		{tally{killCmd: 1}, checker{next: 5, cuts: 2}, 5, false},
		{tally{killCmd: 2}, checker{next: 5, cuts: 2}, 5, true},
	}
	for i, c := range cases {
		if err := c.tally.judge(&c.checker, c.written); (err == nil) != c.ok {
			t.Errorf("%d: %v", i, err)
		}
	}
}
