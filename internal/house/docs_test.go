package house

import (
	"go/ast"
	"go/token"
	"slices"
)

// speakForThemselves are methods that every reader knows.
var speakForThemselves = []string{"String", "Error", "Unwrap"}

// docFaults are exported names of s without a word about them.
func docFaults(s *source) (faults []string) {
	if s.test {
		return nil
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && isPublic(d) && !(d.Recv != nil && slices.Contains(speakForThemselves, d.Name.Name)) {
				faults = append(faults, s.at(d)+": "+d.Name.Name+" is exported and has no comment")
			}
		case *ast.GenDecl:
			for _, name := range undocumented(s, d) {
				faults = append(faults, s.at(name)+": "+name.Name+" is exported and has no comment")
			}
		}
	}
	return faults
}

// isPublic reports whether d can be called from elsewhere.
func isPublic(d *ast.FuncDecl) bool {
	if !d.Name.IsExported() || d.Recv == nil {
		return d.Name.IsExported()
	}
	receiver := d.Recv.List[0].Type
	for {
		switch r := receiver.(type) {
		case *ast.StarExpr:
			receiver = r.X
		case *ast.IndexExpr:
			receiver = r.X
		case *ast.Ident:
			return r.IsExported()
		default:
			return false
		}
	}
}

// undocumented are the exported names of a declaration that nothing is said
// of. A comment on a group is enough for constants and variables; of types,
// those that follow one another without an empty line may share one.
func undocumented(s *source, d *ast.GenDecl) (names []*ast.Ident) {
	line := func(p token.Pos) int { return s.fset.Position(p).Line }
	alone := !d.Lparen.IsValid()
	shared, last := false, 0
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			documented := spec.Doc != nil || alone && d.Doc != nil || shared && line(spec.Pos()) == last+1
			shared, last = documented, line(spec.End())
			if !documented && spec.Name.IsExported() {
				names = append(names, spec.Name)
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// packageDocFaults are packages that nowhere say what they are for.
func packageDocFaults(files []*source) (faults []string) {
	said := map[string]bool{}
	for _, s := range files {
		if !s.test {
			said[s.room] = said[s.room] || s.file.Doc != nil
		}
	}
	for room, documented := range said {
		if !documented {
			faults = append(faults, room+" has no package comment")
		}
	}
	slices.Sort(faults)
	return faults
}
