package house

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
	"testing"
)

const (
	maxMethodFiles  = 2  // of one type
	maxPackageFiles = 30 // without tests
	smallFile       = 40 // lines; a file of as many or fewer hardly holds an idea
	maxSmallFiles   = 19 // in the whole module, without tests
	minComments     = 20 // percent of the lines that are not empty, in a library
)

// portable is the path without the word for the systems that the file is for: the
// variants of a file are one.
func (s *source) portable() string {
	for _, system := range []string{"linux", "unix", "other"} {
		if file, ok := strings.CutSuffix(s.path, "_"+system+".go"); ok {
			return file + ".go"
		}
	}
	return s.path
}

// product is the sources that are no tests.
func product(all []*source) (list []*source) {
	for _, s := range all {
		if !s.isTest() {
			list = append(list, s)
		}
	}
	return list
}

// methodFaults finds types whose methods lie in many files: who looks for one has
// to know the history of the type to find it.
func methodFaults(all []*source) []string {
	files := make(map[string]map[string]*ast.FuncDecl) // the first method of a type in a file
	sources := make(map[string]*source)
	for _, s := range product(all) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			name := s.dir() + "." + receiver(f.Recv.List[0].Type)
			if files[name] == nil {
				files[name] = make(map[string]*ast.FuncDecl)
			}
			path := s.portable()
			if files[name][path] == nil {
				files[name][path], sources[path] = f, s
			}
		}
	}
	var faults []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if paths := slices.Sorted(maps.Keys(files[name])); len(paths) > maxMethodFiles {
			at := paths[maxMethodFiles]
			faults = append(faults, sources[at].fault(files[name][at], "%s has methods in %d files and may have them in %d: a type has a file", name, len(paths), maxMethodFiles))
		}
	}
	return faults
}

// crowdFaults finds packages of too many files: several ideas under one name.
func crowdFaults(all []*source) []string {
	n := make(map[string]int)
	for _, s := range product(all) {
		n[s.dir()]++
	}
	var faults []string
	for _, dir := range slices.Sorted(maps.Keys(n)) {
		if n[dir] > maxPackageFiles {
			faults = append(faults, fmt.Sprintf("%s: the package has %d files and may have %d: make a package of one of its ideas", dir, n[dir], maxPackageFiles))
		}
	}
	return faults
}

// fragments is the files that hold a piece of an idea.
func fragments(all []*source) (list []*source) {
	for _, s := range product(all) {
		if s.line(s.file.FileEnd) <= smallFile {
			list = append(list, s)
		}
	}
	return list
}

// isLibrary reports whether a package is one whose reader has to be told why.
func isLibrary(dir string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(dir, "internal/"), "/")
	return !strings.HasPrefix(dir, "strategies/stores/") && // adapters of what is documented elsewhere
		!strings.HasSuffix(dir, "test") && // help for tests alone
		slices.Contains([]string{"strategies", "workloads", "sim", "world", "metrics"}, first)
}

// commentFaults finds libraries with few comments.
func commentFaults(all []*source) []string {
	type lines struct{ comments, all int }
	n := make(map[string]lines)
	for _, s := range product(all) {
		if !isLibrary(s.dir()) {
			continue
		}
		sum := n[s.dir()]
		for line := range strings.Lines(s.text) {
			switch line = strings.TrimSpace(line); {
			case line == "":
				continue
			case strings.HasPrefix(line, "//"):
				sum.comments++
			}
			sum.all++
		}
		n[s.dir()] = sum
	}
	var faults []string
	for _, dir := range slices.Sorted(maps.Keys(n)) {
		if got := 100 * n[dir].comments / n[dir].all; got < minComments {
			faults = append(faults, fmt.Sprintf("%s: %d %% of the lines are comments and %d %% should be: say why, what holds always, in what unit", dir, got, minComments))
		}
	}
	return faults
}

func TestMethodsOfATypeStandTogether(t *testing.T) { gate(methodFaults).holds(t) }

func TestPackagesHoldOneIdea(t *testing.T) { gate(crowdFaults).holds(t) }

func TestLibrariesSayWhy(t *testing.T) { gate(commentFaults).holds(t) }

func TestFilesHoldAnIdea(t *testing.T) {
	list := fragments(tree(t))
	if len(list) <= maxSmallFiles {
		return
	}
	for _, s := range list {
		t.Log(s.path)
	}
	t.Errorf("%d files have %d lines or fewer, and %d may: put each where the rest of its idea is", len(list), smallFile, maxSmallFiles)
}

func TestShapeGates(t *testing.T) {
	method := "package p\nfunc (t *T[K]) %s() {}"
	gate(methodFaults).saysOf(t, []brokenTree{
		{"methods in three files", map[string]string{
			"p/a.go": "package p\ntype T[K any] struct{}\n" + fmt.Sprintf(method, "a")[10:], "p/b.go": fmt.Sprintf(method, "b"), "p/c.go": fmt.Sprintf(method, "c"),
		}, []string{"p/c.go:2: p.T has methods in 3 files and may have them in 2"}},
		{"methods in two files and a test", map[string]string{
			"p/a.go": fmt.Sprintf(method, "a"), "p/b.go": fmt.Sprintf(method, "b"), "p/c_test.go": fmt.Sprintf(method, "c"),
		}, nil},
		{"methods in two files, one of them for each system", map[string]string{
			"p/a.go": fmt.Sprintf(method, "a"), "p/b.go": fmt.Sprintf(method, "b"),
			"p/b_unix.go": fmt.Sprintf(method, "c"), "p/b_other.go": fmt.Sprintf(method, "c"),
		}, nil},
		{"types of one name in three packages", map[string]string{
			"p/a.go": fmt.Sprintf(method, "a"), "q/a.go": fmt.Sprintf(method, "a"), "r/a.go": fmt.Sprintf(method, "a"),
		}, nil},
	})

	crowd := make(map[string]string)
	for i := range maxPackageFiles {
		crowd[fmt.Sprintf("p/f%d.go", i)] = "package p"
	}
	crowd["p/a_test.go"] = "package p"
	one := maps.Clone(crowd)
	one["p/more.go"] = "package p"
	gate(crowdFaults).saysOf(t, []brokenTree{
		{"30 files and a test", crowd, nil},
		{"31 files", one, []string{"p: the package has 31 files and may have 30"}},
	})

	code, comment := strings.Repeat("var x int\n", 79), strings.Repeat("// why\n", 20)
	gate(commentFaults).says(t, []broken{
		{"19 of 99 lines", "workloads/trace/a.go", "package p\n\n" + code + comment[7:], []string{"workloads/trace: 19 % of the lines are comments and 20 % should be"}},
		{"20 of 100 lines", "workloads/a.go", "package p\n\n" + code + comment, nil},
		{"few in a test", "internal/sim/a_test.go", "package p\n" + code, nil},
		{"few in a command", "cmd/simulate/a.go", "package p\n" + code, nil},
		{"few at a comment's end", "internal/world/tier/a.go", "package p\n" + strings.Repeat("var x int // why\n", 9), []string{"internal/world/tier: 0 % of the lines"}},
	})

	short := parse(t, map[string]string{
		"p/a.go": "package p" + strings.Repeat("\n", 41), "p/b.go": "package p" + strings.Repeat("\n", 40), "p/b_test.go": "package p",
	})
	if got := fragments(short); len(got) != 1 || got[0].path != "p/b.go" {
		t.Errorf("of a file of 41 lines and one of 40 the short ones are %d", len(got))
	}
}
