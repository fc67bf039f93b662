package house

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// source is one Go file of ours, whatever system it is for.
type source struct {
	room  string // the package's directory, seen from the module's: "internal/cli"
	name  string
	test  bool
	lines int
	fset  *token.FileSet
	file  *ast.File
}

func (s *source) String() string { return path.Join(s.room, s.name) }

// at is the place of a node, for a complaint.
func (s *source) at(n ast.Node) string {
	return s.String() + ":" + strconv.Itoa(s.fset.Position(n.Pos()).Line)
}

// imports are the paths that s imports.
func (s *source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

// uses calls found for each NAME in a selector PACKAGE.NAME of s, where PACKAGE
// is imported under the path pkg.
func (s *source) uses(pkg string, found func(name string, n ast.Node)) {
	local := ""
	for _, spec := range s.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil && p == pkg {
			local = path.Base(p)
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	if local == "" {
		return
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == local {
				found(sel.Sel.Name, n)
			}
		}
		return true
	})
}

// parse makes a source of text.
func parse(room, name string, text []byte) (*source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	return &source{
		room: room, name: name, test: strings.HasSuffix(name, "_test.go"),
		lines: strings.Count(string(text), "\n"), fset: fset, file: file,
	}, nil
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Dir                                                       string
	GoFiles, CgoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles, Imports []string
	Deps                                                                  []string
	Module                                                                struct{ Path, Dir string }
}

// sources are all our files, for every system, as go list finds them.
func sources(t *testing.T) (module string, packages []listed, files []*source) {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json", "./...")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		module, packages = p.Module.Path, append(packages, p)
		room, err := filepath.Rel(p.Module.Dir, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, names := range [][]string{p.GoFiles, p.CgoFiles, p.IgnoredGoFiles, p.TestGoFiles, p.XTestGoFiles} {
			for _, name := range names {
				text, err := os.ReadFile(filepath.Join(p.Dir, name))
				if err != nil {
					t.Fatal(err)
				}
				s, err := parse(filepath.ToSlash(room), name, text)
				if err != nil {
					t.Errorf("cannot parse %s: %v", filepath.Join(p.Dir, name), err)
					continue
				}
				files = append(files, s)
			}
		}
	}
	if len(packages) < 5 || len(files) < 50 {
		t.Fatalf("go list found only %d packages with %d files", len(packages), len(files))
	}
	return module, packages, files
}
