package house

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

const (
	maxFileLines = 400
	maxFuncLines = 100
)

// sizeFaults finds files and functions that are too long to be read.
func sizeFaults(all []*source) []string {
	var faults []string
	for _, s := range all {
		if n := s.line(s.file.FileEnd); n > maxFileLines {
			faults = append(faults, fmt.Sprintf("%s:%d: the file has %d lines and may have %d: give each idea a file of its own", s.path, maxFileLines+1, n, maxFileLines))
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.line(f.End()) - s.line(f.Pos()) + 1; n > maxFuncLines {
				faults = append(faults, s.fault(f, "%s has %d lines and may have %d: name its steps", f.Name.Name, n, maxFuncLines))
			}
		}
	}
	return faults
}

func TestSizes(t *testing.T) { gate(sizeFaults).holds(t) }

func TestSizesGate(t *testing.T) {
	function := func(lines int) string { return "package p\nfunc f() {" + strings.Repeat("\n", lines-1) + "}" }
	gate(sizeFaults).says(t, []broken{
		{"401 lines", "p/a.go", "package p" + strings.Repeat("\n", 401), []string{"p/a.go:401: the file has 401 lines and may have 400"}},
		{"401 lines of tests", "p/a_test.go", "package p" + strings.Repeat("\n", 401), []string{"p/a_test.go:401: the file has 401 lines"}},
		{"400 lines", "p/a.go", "package p" + strings.Repeat("\n", 400), nil},
		{"function of 101", "p/a.go", function(101), []string{"p/a.go:2: f has 101 lines and may have 100"}},
		{"function of 100", "p/a.go", function(100), nil},
	})
}
