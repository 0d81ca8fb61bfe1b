package house

import (
	"go/ast"
	"go/token"
	"path"
	"testing"
)

// docFaults finds packages without a comment, and exported names without one. A
// group of constants or variables may share one, or have it behind the name.
func docFaults(all []*source) []string {
	var faults []string
	contracts := documentedContracts(all)
	first := make(map[string]*source) // of each package
	documented := make(map[string]bool)
	var dirs []string
	for _, s := range all {
		if s.isTest() {
			continue
		}
		if first[s.dir()] == nil {
			first[s.dir()] = s
			dirs = append(dirs, s.dir())
		}
		documented[s.dir()] = documented[s.dir()] || s.file.Doc != nil
		if s.file.Name.Name != "main" {
			for _, d := range s.file.Decls {
				faults = append(faults, declFaults(s, d, contracts[s.dir()])...)
			}
		}
	}
	for _, dir := range dirs {
		if !documented[dir] {
			faults = append(faults, first[dir].fault(first[dir].file.Name, "package %s has no comment: say in one of its files what it is for", path.Base(dir)))
		}
	}
	return faults
}

func declFaults(s *source, decl ast.Decl, contracts map[string]bool) (faults []string) {
	missing := func(n ast.Node, what string) {
		faults = append(faults, s.fault(n, "%s has no doc comment: say what it means, its unit, default and errors", what))
	}
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if name, ok := exportedFunc(d); ok && d.Doc == nil && !(d.Recv != nil && contracts[d.Name.Name]) {
			missing(d, name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && spec.Doc == nil && (d.Doc == nil || d.Lparen.IsValid()) {
					missing(spec, spec.Name.Name)
				}
			case *ast.ValueSpec:
				if d.Tok == token.IMPORT || spec.Doc != nil || spec.Comment != nil || d.Doc != nil {
					continue
				}
				for _, name := range spec.Names {
					// In a list of constants that counts on, the first speaks for all.
					if name.IsExported() && len(spec.Values) > 0 {
						missing(spec, name.Name)
					}
				}
			}
		}
	}
	return faults
}

// documentedContracts are the methods that an exported interface of a package says the
// meaning of, by directory: types of the package that have them need not say it again.
func documentedContracts(all []*source) map[string]map[string]bool {
	contracts := make(map[string]map[string]bool)
	for _, s := range all {
		if contracts[s.dir()] == nil {
			contracts[s.dir()] = make(map[string]bool)
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			t, ok := n.(*ast.TypeSpec)
			if !ok || !t.Name.IsExported() {
				return true
			}
			if i, ok := t.Type.(*ast.InterfaceType); ok && !s.isTest() {
				for _, m := range i.Methods.List {
					if len(m.Names) == 1 && m.Doc != nil {
						contracts[s.dir()][m.Names[0].Name] = true
					}
				}
			}
			return true
		})
	}
	return contracts
}

// exportedFunc is the name of d as documentation shows it, and whether it does:
// exported functions, and exported methods of exported types, without those
// whose contract is the interface's that they are there for.
func exportedFunc(d *ast.FuncDecl) (string, bool) {
	name := d.Name.Name
	if d.Recv == nil {
		return name, d.Name.IsExported()
	}
	switch name {
	case "Error", "Unwrap", "String":
		return name, false
	}
	recv := receiver(d.Recv.List[0].Type)
	return recv + "." + name, d.Name.IsExported() && token.IsExported(recv)
}

// receiver is the name of a method's type, without star and type parameters.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	}
	return ""
}

func TestDocs(t *testing.T) { gate(docFaults).holds(t) }

func TestDocsGate(t *testing.T) {
	const pkg, at = "// Package p is.\npackage p\n", "p/a.go:3: "
	gate(docFaults).says(t, []broken{
		{"package", "p/a.go", "package p", []string{"p/a.go:1: package p has no comment"}},
		{"command", "cmd/p/a.go", "package main", []string{"cmd/p/a.go:1: package p has no comment"}},
		{"func", "p/a.go", pkg + "func F() {}", []string{at + "F has no doc comment"}},
		{"method", "p/a.go", pkg + "func (t *T) F() {}", []string{at + "T.F has no doc comment"}},
		{"generic method", "p/a.go", pkg + "func (t T[K, V]) F() {}", []string{at + "T.F has no doc comment"}},
		{"type", "p/a.go", pkg + "type T int", []string{at + "T has no doc comment"}},
		{"grouped type", "p/a.go", pkg + "// Types.\ntype (\nT int\n)", []string{"p/a.go:5: T has no doc comment"}},
		{"const", "p/a.go", pkg + "const C = 1", []string{at + "C has no doc comment"}},
		{"var", "p/a.go", pkg + "var A, B = 1, 2", []string{at + "A has no doc comment", at + "B has no doc comment"}},

		{"documented", "p/a.go", pkg + "// F does.\nfunc F() {}\n// T is.\ntype T int\nconst C = 1 // is one\n// All of\nvar (\nA = 1\nB = 2\n)", nil},
		{"counting on", "p/a.go", pkg + "const (\nA T = iota // the first\nB\n)", nil},
		{"not exported", "p/a.go", pkg + "func f() {}\ntype t int\nfunc (t) F() {}\nvar a = 1", nil},
		{"the interface's", "p/a.go", pkg + "func (T) String() string { return s }\nfunc (T) Error() string { return s }", nil},
		{"its own interface's", "p/a.go", pkg + "// I is.\ntype I interface {\n// F does.\nF()\n}\nfunc (T) F() {}", nil},
		{"an interface's that says nothing", "p/a.go", pkg + "// I is.\ntype I interface{ F() }\nfunc (T) F() {}", []string{"p/a.go:5: T.F has no doc comment"}},
		{"tests", "p/a_test.go", "package p\nfunc TestF() {}", nil},
	})
}
