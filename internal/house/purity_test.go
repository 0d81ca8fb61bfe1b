package house

import (
	"go/ast"
	"go/token"
	"path"
	"strconv"
	"strings"
	"testing"
)

// banned are the names that a package may not use where all waiting and all
// chance come from outside, and what to use instead. A name "*" is every name of
// the package not in allowed.
func banned() map[string]map[string]string {
	const (
		wait     = "wait through clock.Clock"
		deadline = "it reads the wall clock; hand the limit to clock.Event.Wait"
		wake     = "wait for a clock.Event"
		random   = "draw from an injected *rand.Rand"
	)
	return map[string]map[string]string{
		"time": {
			"Now": "ask clock.Clock.Now", "Since": "subtract from clock.Clock.Now", "Until": "subtract clock.Clock.Now",
			"Sleep": wait, "After": wait, "AfterFunc": wait, "Tick": wait, "NewTimer": wait, "NewTicker": wait,
			"Timer": wait, "Ticker": wait,
		},
		"context": {
			"WithTimeout": deadline, "WithTimeoutCause": deadline, "WithDeadline": deadline, "WithDeadlineCause": deadline,
			"AfterFunc": "it starts a goroutine; wait for a clock.Event",
		},
		"sync":         {"WaitGroup": wake, "Cond": wake, "NewCond": wake},
		"math/rand":    {"*": "import math/rand/v2 and " + random},
		"math/rand/v2": {"*": random},
		"crypto/rand":  {"*": random},
		"hash/maphash": {"*": "its seed is the process's; use a hash that is the same everywhere"},
	}
}

// allowed are the names that "*" spares: types, and constructors that are given
// their seed.
func allowed(pkg, name string) bool {
	if pkg != "math/rand/v2" {
		return false
	}
	switch name {
	case "Rand", "Source", "PCG", "ChaCha8", "Zipf", "New", "NewPCG", "NewChaCha8", "NewZipf":
		return true
	}
	return false
}

// isPure reports whether s may wait and spawn only through the clock seam.
func isPure(s *source) bool {
	if s.isTest() || s.under("strategies/stores") || s.under("strategies/clock") {
		return false
	}
	return s.under("strategies") || s.under("internal/world")
}

// seedsItself is the one place where a nil *rand.Rand gets a seed of the runtime.
const seedsItself = "strategies/runtime.go"

// purityFaults finds what would escape a virtual clock: goroutines, channels,
// timers, global randomness. A package that has no channel type cannot make one,
// so that the channels of others are left: what Done returns.
func purityFaults(all []*source) []string {
	var faults []string
	for _, s := range all {
		if !isPure(s) {
			continue
		}
		names := importNames(s)
		ast.Inspect(s.file, func(n ast.Node) bool {
			if what := impure(s, n, names); what != "" {
				faults = append(faults, s.fault(n, "%s", what))
			}
			return true
		})
	}
	return faults
}

// importNames is the packages of a file by the names they go by.
func importNames(s *source) map[string]string {
	names := make(map[string]string)
	for _, spec := range s.file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser refused it already
		}
		short := path.Base(name)
		if strings.HasPrefix(short, "v") && strings.Trim(short[1:], "0123456789") == "" {
			short = path.Base(path.Dir(name))
		}
		if spec.Name != nil {
			short = spec.Name.Name
		}
		names[short] = name
	}
	return names
}

// impure says what is wrong with n, if anything.
func impure(s *source, n ast.Node, names map[string]string) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "no go statement here: start processes with clock.Clock.Go"
	case *ast.SelectStmt:
		return "no select here: wait for a clock.Event"
	case *ast.ChanType:
		return "no channel here: wait for a clock.Event"
	case *ast.SendStmt:
		return "no send here: set a clock.Event"
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return "no receive here: wait for a clock.Event"
		}
	case *ast.CallExpr:
		return impureCall(n)
	case *ast.ImportSpec:
		pkg, _ := strconv.Unquote(n.Path.Value)
		if _, ok := banned()[pkg]; ok && n.Name != nil && n.Name.Name == "." {
			return "no dot import of " + pkg + " here: it hides what is used of it"
		}
	case *ast.SelectorExpr:
		return impureName(s, n, names)
	}
	return ""
}

func impureCall(n *ast.CallExpr) string {
	switch fun := n.Fun.(type) {
	case *ast.Ident:
		if fun.Name == "close" && fun.Obj == nil {
			return "no close here: set a clock.Event"
		}
	case *ast.SelectorExpr:
		if fun.Sel.Name == "Done" && len(n.Args) == 0 {
			return "no Done here: it is a channel; hand the context to clock.Clock"
		}
	}
	return ""
}

// impureName looks at pkg.Name. An identifier that the parser resolved is a
// variable that hides the package.
func impureName(s *source, n *ast.SelectorExpr, names map[string]string) string {
	x, ok := n.X.(*ast.Ident)
	if !ok || x.Obj != nil {
		return ""
	}
	pkg := names[x.Name]
	rules := banned()[pkg]
	instead, ok := rules[n.Sel.Name]
	if !ok {
		instead, ok = rules["*"]
	}
	if !ok || allowed(pkg, n.Sel.Name) {
		return ""
	}
	if s.path == seedsItself && pkg == "math/rand/v2" {
		return ""
	}
	return "no " + x.Name + "." + n.Sel.Name + " here: " + instead
}

func TestPurity(t *testing.T) { gate(purityFaults).holds(t) }

func TestPurityGate(t *testing.T) {
	// in puts one statement into a function of a pure package, on line 3.
	in := func(imports, statement string) string {
		return "package strategies; import (" + imports + ")\nfunc f() {\n" + statement + "\n}"
	}
	const at = "strategies/a.go:3: "
	cases := []broken{
		{"go", "strategies/a.go", in("", "go f()"), []string{at + "no go statement here"}},
		{"select", "strategies/a.go", in("", "select {}"), []string{at + "no select here"}},
		{"make chan", "strategies/a.go", in("", "_ = make(chan int)"), []string{at + "no channel here"}},
		{"send", "strategies/a.go", in("", "c <- 1"), []string{at + "no send here"}},
		{"receive", "strategies/a.go", in("", "<-c"), []string{at + "no receive here"}},
		{"close", "strategies/a.go", in("", "close(c)"), []string{at + "no close here"}},
		{"range over Done", "strategies/a.go", in("", "for range ctx.Done() {}"), []string{at + "no Done here: it is a channel"}},
		{"channel field", "internal/world/a.go", "package world; type T struct { c <-chan int }", []string{"internal/world/a.go:1: no channel here"}},
		{"mention of time.Now", "strategies/a.go", in(`"time"`, "now := time.Now; _ = now"), []string{at + "no time.Now here: ask clock.Clock.Now"}},
		{"alias", "strategies/a.go", in(`t "time"`, "t.Sleep(1)"), []string{at + "no t.Sleep here: wait through clock.Clock"}},
		{"dot import", "strategies/a.go", in(`. "time"`, "Sleep(1)"), []string{"strategies/a.go:1: no dot import of time here"}},
		{"seeded by the runtime", "strategies/a.go", in(`"math/rand/v2"`, "_ = rand.IntN(3)"), []string{at + "no rand.IntN here: draw from an injected *rand.Rand"}},
		{"old math/rand", "strategies/a.go", in(`"math/rand"`, "_ = rand.New(nil)"), []string{at + "no rand.New here: import math/rand/v2"}},
		{"maphash", "internal/world/a.go", in(`"hash/maphash"`, "_ = maphash.MakeSeed()"), []string{"internal/world/a.go:3: no maphash.MakeSeed here: its seed"}},
		{"below", "strategies/deep/er/a.go", in("", "go f()"), []string{"strategies/deep/er/a.go:3: no go statement"}},

		{"a seed that is given", "strategies/a.go", in(`"math/rand/v2"`, "var r *rand.Rand = rand.New(rand.NewPCG(1, 2)); _ = r.IntN(3)"), nil},
		{"the one exception", "strategies/runtime.go", in(`"math/rand/v2"`, "_ = rand.Uint64()"), nil},
		{"a variable named time", "strategies/a.go", "package strategies; import \"time\"\nfunc f(time T, d time.Duration) { time.Now() }", nil},
		{"a method of one's own", "strategies/a.go", in("", "x.Sleep(1); x.Now()"), nil},
		{"the clock waits", "strategies/clock/a.go", in("", "go f()"), nil},
		{"stores have sockets", "strategies/stores/redis/a.go", in("", "go f()"), nil},
		{"tests wait", "strategies/a_test.go", in("", "go f()"), nil},
		{"others wait", "internal/live/a.go", in("", "go f()"), nil},
	}
	for pkg, names := range map[string]string{
		"time":    "Now Since Until Sleep After AfterFunc Tick NewTimer NewTicker",
		"context": "WithTimeout WithTimeoutCause WithDeadline WithDeadlineCause AfterFunc",
		"sync":    "WaitGroup Cond NewCond",
	} {
		for name := range strings.FieldsSeq(names) {
			use := pkg + "." + name
			cases = append(cases, broken{use, "strategies/a.go", in(strconv.Quote(pkg), "_ = "+use), []string{at + "no " + use + " here: "}})
		}
	}
	gate(purityFaults).says(t, cases)
}
