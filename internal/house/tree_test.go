package house

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// source is one Go file of the module.
type source struct {
	path string // from the module's root, with slashes
	text string
	fset *token.FileSet
	file *ast.File
}

// dir is the package's path in the module.
func (s *source) dir() string { return path.Dir(s.path) }

func (s *source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// fault is one sentence about one line.
func (s *source) fault(at ast.Node, format string, args ...any) string {
	return fmt.Sprintf("%s:%d: ", s.path, s.line(at.Pos())) + fmt.Sprintf(format, args...)
}

func (s *source) line(at token.Pos) int { return s.fset.Position(at).Line }

// under reports whether s is in directory dir or below.
func (s *source) under(dir string) bool {
	return s.dir() == dir || strings.HasPrefix(s.dir(), dir+"/")
}

// module is the path that the module's own imports begin with.
const module = "github.com/herdlab/herdlab"

// root is the directory of go.mod.
const root = "../.."

// files calls visit with every file of the tree but what Git and a run make.
func files(t *testing.T, visit func(name string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator)))
		if d.IsDir() && (rel == ".git" || rel == "out") {
			return filepath.SkipDir
		}
		if rel == ".git" || !d.Type().IsRegular() { // in a worktree .git is a file
			return nil
		}
		text, err := os.ReadFile(name)
		if err == nil {
			visit(rel, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// parsed is what tree has found. One test runs at a time, and none changes it.
var parsed []*source

// tree is every Go file of the module, in the order of their paths. Like the go
// command it passes over testdata.
func tree(t *testing.T) []*source {
	t.Helper()
	if parsed != nil {
		return parsed
	}
	texts := make(map[string]string)
	files(t, func(name string, text []byte) {
		if strings.HasSuffix(name, ".go") && !strings.Contains("/"+name, "/testdata/") && !strings.HasPrefix(name, "peers/") { // a module of its own
			texts[name] = string(text)
		}
	})
	if len(texts) < 20 {
		t.Fatalf("found %d Go files under %s, expected the whole module", len(texts), root)
	}
	parsed = parse(t, texts)
	return parsed
}

// parse makes sources of texts by their paths.
func parse(t *testing.T, texts map[string]string) []*source {
	t.Helper()
	fset := token.NewFileSet()
	var all []*source
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		f, err := parser.ParseFile(fset, name, texts[name], parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &source{name, texts[name], fset, f})
	}
	return all
}

// gate finds the faults of some sources.
type gate func([]*source) []string

// holds fails for every fault of the repository.
func (g gate) holds(t *testing.T) {
	t.Helper()
	for _, fault := range g(tree(t)) {
		t.Error(fault)
	}
}

// broken is a file at a path, and the beginnings of what a gate says about it:
// none if it is to pass.
type broken struct {
	name string
	path string
	text string
	want []string
}

// says checks that g has each of the wanted sentences to say and no other.
func (g gate) says(t *testing.T, cases []broken) {
	t.Helper()
	for _, c := range cases {
		g.saysOf(t, []brokenTree{{c.name, map[string]string{c.path: c.text}, c.want}})
	}
}

// brokenTree is several files by their paths, for what no single file shows.
type brokenTree struct {
	name  string
	texts map[string]string
	want  []string
}

func (g gate) saysOf(t *testing.T, cases []brokenTree) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := g(parse(t, c.texts))
			slices.SortFunc(got, cmp.Compare)
			for i := range max(len(got), len(c.want)) {
				switch {
				case i >= len(got):
					t.Errorf("nothing was said like %q", c.want[i])
				case i >= len(c.want):
					t.Errorf("said %q, want nothing", got[i])
				case !strings.HasPrefix(got[i], c.want[i]):
					t.Errorf("said %q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}
