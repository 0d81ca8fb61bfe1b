package house

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// stateFaults finds what a package keeps or does behind the back of those who
// call it: init functions and variables that can change. Tests may have both.
//
// A package-level variable is let pass if its value is a table or something that
// is never changed once made (an error, a compiled expression, an instant), and
// if nothing in its package assigns to it or to a part of it.
func stateFaults(all []*source) []string {
	var faults []string
	vars := make(map[string]map[string]*ast.ValueSpec) // by directory and name
	for _, s := range all {
		if s.isTest() {
			continue
		}
		if vars[s.dir()] == nil {
			vars[s.dir()] = make(map[string]*ast.ValueSpec)
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.Name == "init" && d.Recv == nil {
					faults = append(faults, s.fault(d, "no init here: what has to be set up is set up by who needs it"))
				}
			case *ast.GenDecl:
				if d.Tok == token.VAR {
					faults = append(faults, varFaults(s, d, vars[s.dir()])...)
				}
			}
		}
	}
	for _, s := range all {
		if !s.isTest() {
			faults = append(faults, assignFaults(s, vars[s.dir()])...)
		}
	}
	return faults
}

// varFaults looks at the variables of d and enters them in vars.
func varFaults(s *source, d *ast.GenDecl, vars map[string]*ast.ValueSpec) (faults []string) {
	for _, spec := range d.Specs {
		spec := spec.(*ast.ValueSpec)
		embedded := isEmbedded(d.Doc) || isEmbedded(spec.Doc)
		for i, name := range spec.Names {
			vars[name.Name] = spec
			if name.Name == "_" || embedded || i < len(spec.Values) && isFixed(spec.Values[i]) {
				continue
			}
			faults = append(faults, s.fault(name, "package variable %s can change: make it a constant, a table, or a field of what uses it", name.Name))
		}
	}
	return faults
}

func isEmbedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// isFixed reports whether x is a table or a call of one of the functions whose
// result is not changed by its use.
func isFixed(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		switch fun := x.Fun.(type) {
		case *ast.ArrayType: // []byte("...")
			return true
		case *ast.IndexExpr: // with a type parameter
			return isFixedFunc(fun.X)
		default:
			return isFixedFunc(fun)
		}
	}
	return false
}

func isFixedFunc(fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	switch pkg.Name + "." + sel.Sel.Name {
	case "errors.New", "fmt.Errorf",
		"regexp.MustCompile", "template.Must", "strings.NewReplacer",
		"reflect.TypeFor", "time.Date", "context.Background",
		"sync.OnceValue", "sync.OnceValues": // a value made on first use
		return true
	}
	return false
}

// assignFaults finds where s writes to a variable of its package.
func assignFaults(s *source, vars map[string]*ast.ValueSpec) (faults []string) {
	written := func(x ast.Expr) {
		id := base(x)
		if id == nil || id.Name == "_" {
			return
		}
		spec, ok := vars[id.Name]
		// An identifier that the parser resolved to something else is a local one.
		if ok && (id.Obj == nil || id.Obj.Decl == spec) {
			faults = append(faults, s.fault(id, "%s is a package variable and may not be written to: make it a field of what uses it", id.Name))
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, x := range n.Lhs {
					written(x)
				}
			}
		case *ast.IncDecStmt:
			written(n.X)
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				written(n.Key)
				written(n.Value)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && f.Obj == nil && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy") && len(n.Args) > 0 {
				written(n.Args[0])
			}
		}
		return true
	})
	return faults
}

// base is the variable that x is a part of, or nil.
func base(x ast.Expr) *ast.Ident {
	switch x := x.(type) {
	case *ast.Ident:
		return x
	case *ast.IndexExpr:
		return base(x.X)
	case *ast.SliceExpr:
		return base(x.X)
	case *ast.SelectorExpr:
		return base(x.X)
	case *ast.StarExpr:
		return base(x.X)
	case *ast.ParenExpr:
		return base(x.X)
	}
	return nil
}

func TestState(t *testing.T) { gate(stateFaults).holds(t) }

func TestStateGate(t *testing.T) {
	const at = "p/a.go:2: "
	in := func(text string) string { return "package p\n" + text }
	gate(stateFaults).says(t, []broken{
		{"init", "p/a.go", in("func init() {}"), []string{at + "no init here"}},
		{"counter", "p/a.go", in("var n int"), []string{at + "package variable n can change"}},
		{"number", "p/a.go", in("var limit = 3"), []string{at + "package variable limit can change: make it a constant"}},
		{"pool", "p/a.go", in("var pool = NewPool()"), []string{at + "package variable pool can change"}},
		{"lock", "p/a.go", in("var (\nmu sync.Mutex\n)"), []string{"p/a.go:3: package variable mu can change"}},
		{"written table", "p/a.go", in("var t = map[string]int{}; func f() { t[s] = 1 }"), []string{at + "t is a package variable and may not be written to"}},
		{"replaced table", "p/a.go", in("var t = []int{1}; func f() { t = nil }"), []string{at + "t is a package variable"}},
		{"element counted up", "p/a.go", in("var t = [2]int{}; func f() { t[0]++ }"), []string{at + "t is a package variable"}},
		{"field written", "p/a.go", in("var t = T{}; func f() { (t).x.y = 1 }"), []string{at + "t is a package variable"}},
		{"entry deleted", "p/a.go", in("var t = map[int]int{}; func f() { delete(t, 1) }"), []string{at + "t is a package variable"}},
		{"error replaced", "p/a.go", in("var ErrX = errors.New(s); func f() { ErrX = nil }"), []string{at + "ErrX is a package variable"}},

		{"interface check", "p/a.go", in("var _ I = T(nil)"), nil},
		{"what never changes", "p/a.go", in("var (\nErrX = errors.New(s)\nre = regexp.MustCompile(s)\nt = map[string]int{s: 1}\nstart = time.Date(2000)\nty = reflect.TypeFor[int]()\nonce = sync.OnceValue(f)\n)"), nil},
		{"embedded", "p/a.go", in("//go:embed a.html\nvar page string"), nil},
		{"a local of the same name", "p/a.go", in("var t = []int{1}; func f(t []int) { t[0] = 2 }; func g() { t := 1; t++ }"), nil},
		{"a field of the same name", "p/a.go", in("var t = []int{1}; func f(x X) { x.t = 2 }"), nil},
		{"tests", "p/a_test.go", in("var update = flag.Bool(a, b, c)\nfunc init() {}"), nil},
	})
	t.Run("another file of the package writes", func(t *testing.T) {
		got := stateFaults(parse(t, map[string]string{
			"p/a.go": "package p\nvar t = []int{1}",
			"p/b.go": "package p\nfunc f() { t[0] = 2 }",
			"q/b.go": "package q\nfunc f() { t[0] = 2 }",
		}))
		if want := "p/b.go:2: t is a package variable and may not be written to: make it a field of what uses it"; len(got) != 1 || got[0] != want {
			t.Errorf("said %q, want %q alone", got, want)
		}
	})
}
