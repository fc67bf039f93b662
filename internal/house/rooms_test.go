package house

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// untold are the rooms that DESIGN.md has a sentence for and no table.
var untold = []string{"bench", "internal/house"}

var (
	inHeading = regexp.MustCompile(`^### ([^:]+)`)
	inQuotes  = regexp.MustCompile("`([^`]+)`")
)

// told are the patterns of files in the tables of DESIGN.md, as paths from the
// top. A heading names one room, or several that lie in one folder: then a file
// has its room in front of it, or is in that of the file before it in its row, or
// else in each.
func told(design string) (patterns []string) {
	var rooms []string
	for line := range strings.Lines(design) {
		if strings.HasPrefix(line, "#") {
			rooms = nil
			if m := inHeading.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
				rooms = roomsIn(m[1])
			}
			continue
		}
		cells := strings.Split(line, "|")
		if len(rooms) == 0 || len(cells) < 3 {
			continue
		}
		here := rooms
		for _, m := range inQuotes.FindAllStringSubmatch(cells[1], -1) {
			dir, name := path.Split(m[1])
			if dir != "" {
				here = []string{path.Join(path.Dir(rooms[0]), dir)}
			}
			for _, room := range here {
				patterns = append(patterns, path.Join(room, name))
			}
		}
	}
	return patterns
}

func roomsIn(heading string) (rooms []string) {
	for i, name := range strings.Split(heading, ", ") {
		if i > 0 && !strings.Contains(name, "/") {
			name = path.Join(path.Dir(rooms[0]), name)
		}
		rooms = append(rooms, name)
	}
	return rooms
}

// roomFaults are files that no pattern tells of, and patterns without a file.
func roomFaults(patterns, files []string) (faults []string) {
	matches := func(pattern, file string) bool {
		ok, err := path.Match(pattern, file)
		return ok && err == nil
	}
	for _, file := range files {
		if strings.HasSuffix(file, ".go") && !slices.ContainsFunc(patterns, func(p string) bool { return matches(p, file) }) {
			faults = append(faults, "DESIGN.md has no row for "+file)
		}
	}
	for _, pattern := range patterns {
		if !slices.ContainsFunc(files, func(f string) bool { return matches(pattern, f) }) {
			faults = append(faults, "DESIGN.md has a row for "+pattern+", which is not there")
		}
	}
	return faults
}

// TestSameRooms holds DESIGN.md's tables of rooms against the tree.
func TestSameRooms(t *testing.T) {
	top := filepath.Join("..", "..")
	design, err := os.ReadFile(filepath.Join(top, "DESIGN.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, sources := sources(t)
	var files []string
	for _, s := range sources {
		if !s.test && !withinAny(s.room, untold) {
			files = append(files, s.String())
		}
	}
	assembly, err := filepath.Glob(filepath.Join(top, "internal", "*", "*.s"))
	if err != nil || len(assembly) == 0 {
		t.Fatalf("found no assembly: %v", err)
	}
	for _, name := range assembly {
		files = append(files, filepath.ToSlash(strings.TrimPrefix(name, top+string(filepath.Separator))))
	}
	for _, fault := range roomFaults(told(string(design)), files) {
		t.Error(fault)
	}
}

func TestRoomsNotice(t *testing.T) {
	design := "## Rooms\n| `none.go` | |\n### a: one\n| file | |\n|---|---|\n| `x.go`, `y*.go` | that has `z.go` |\n" +
		"### b/c, d: two\n| `main.go` | each |\n| `c/p.go`, `q.go` | |\n| `e/r.go` | |\n## End\n| `late.go` | |\n"
	want := []string{"a/x.go", "a/y*.go", "b/c/main.go", "b/d/main.go", "b/c/p.go", "b/c/q.go", "b/e/r.go"}
	patterns := told(design)
	if !slices.Equal(patterns, want) {
		t.Fatalf("got %q\nwant %q", patterns, want)
	}
	files := []string{"a/x.go", "a/yes.go", "a/z.go", "b/c/main.go", "b/c/p.go", "b/c/q.go", "b/e/r.go", "b/e/r.s"}
	faults := []string{"DESIGN.md has no row for a/z.go", "DESIGN.md has a row for b/d/main.go, which is not there"}
	if got := roomFaults(patterns, files); !slices.Equal(got, faults) {
		t.Errorf("got %q\nwant %q", got, faults)
	}
}
