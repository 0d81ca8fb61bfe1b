package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/herdlab/herdlab/internal/spelling"
)

//go:embed *.yaml incidents/*.yaml
var files embed.FS

// incidents is the folder of the scenarios that tell a story.
const incidents = "incidents"

// Catalogue is the shipped scenarios, in the order of their names, which [Named] takes.
func Catalogue() []*Scenario { return readShipped(shipped()) }

// QuickSet is those that are run when none is named.
func QuickSet() (names []string) {
	for _, s := range readShipped(shippedIn(".")) { // an incident, and there are many, is none of them
		if s.Quick {
			names = append(names, s.Name)
		}
	}
	return names
}

// Incidents is those that tell a story. None of them is read for that: it would take as
// long as to run one.
func Incidents() []string { return shippedIn(incidents) }

// readShipped reads scenarios that a test has read, too.
func readShipped(names []string) (list []*Scenario) {
	for _, name := range names {
		s, err := Named(name, nil)
		if err != nil {
			panic("scenarios: a shipped scenario: " + err.Error())
		}
		list = append(list, s)
	}
	return list
}

// shipped lists the names of all, sorted.
func shipped() []string {
	return slices.Sorted(slices.Values(append(shippedIn("."), shippedIn(incidents)...)))
}

// shippedIn lists the names of those of a folder, sorted.
func shippedIn(folder string) (names []string) {
	paths, _ := fs.Glob(files, path.Join(folder, "*.yaml")) // which is a good pattern
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(path.Base(p), ".yaml"))
	}
	return names
}

// Named reads a scenario of the catalogue, with overrides as in [Open].
func Named(name string, overrides []string) (*Scenario, error) {
	return read(findShipped, name, overrides, false)
}

// Open reads what a command line names: "-" is standard input, else a file if there is
// one or if the argument looks like a path, else a scenario of the catalogue. It applies
// overrides, each of the form path=value: the value is YAML, and a list's items
// are named by their number from 0 or, in the workload, by their class. What is
// wrong comes back as [Errors].
func Open(arg string, overrides []string) (*Scenario, error) {
	return read(findText, arg, overrides, false)
}

// OpenReal is [Open] for a run on real parts: the overrides that the file has
// for it come before those given, and expectations of the modelled world are
// left out. A scenario that cannot be run for real is a [*NotReal].
func OpenReal(arg string, overrides []string) (*Scenario, error) {
	s, err := read(findText, arg, overrides, true)
	if err == nil && s.IsNotReal() {
		return nil, &NotReal{s.Name, s.Real.Not}
	}
	return s, err
}

// Text is what [Open] reads the scenario from, as it is in its file.
func Text(arg string) ([]byte, error) {
	f, err := findText(arg)
	return f.text, err
}

// file is the text of a scenario.
type file struct {
	path    string
	text    []byte
	shipped bool
}

// read reads the scenario whose text find finds.
func read(find func(string) (file, error), arg string, overrides []string, real bool) (*Scenario, error) {
	f, err := find(arg)
	if err != nil {
		return nil, err
	}
	l := loader{path: f.path, real: real}
	s, err := l.read(f.text, overrides)
	if err == nil {
		s.Shipped = f.shipped
	}
	return s, err
}

// findText finds what a command line names.
func findText(arg string) (file, error) {
	if arg == standardInput {
		text, err := inputText()
		return file{path: arg, text: text}, err
	}
	info, err := os.Stat(arg)
	isFile := err == nil && !info.IsDir()
	if ext := filepath.Ext(arg); isFile || ext == ".yaml" || ext == ".yml" || strings.ContainsAny(arg, `/\`) {
		return findFile(arg)
	}
	f, err := findShipped(arg)
	if err != nil && info != nil {
		return f, fmt.Errorf("%s is a directory: name a file in it", arg)
	}
	return f, err
}

// standardInput is what a command line calls a scenario that comes by standard input.
const standardInput = "-"

// inputText is the text of standard input. It can be read once, and a scenario is read
// again for every way to look at it.
var inputText = sync.OnceValues(func() ([]byte, error) {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return nil, fmt.Errorf("read the scenario from standard input: %w", err)
	}
	return text, nil
})

func findFile(path string) (file, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return file{}, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return file{}, fmt.Errorf("read the scenario: %w", err)
	}
	return file{path: path, text: text}, nil
}

func findShipped(name string) (file, error) {
	for _, path := range []string{name + ".yaml", incidents + "/" + name + ".yaml"} {
		if text, err := files.ReadFile(path); err == nil {
			return file{path, text, true}, nil
		}
	}
	if near := spelling.Suggest(name, shipped()); near != "" {
		return file{}, fmt.Errorf("there is no scenario %q; did you mean %q?", name, near)
	}
	return file{}, fmt.Errorf("there is no scenario %q in the catalogue: see go run ./cmd/simulate list, or give the path of a file", name)
}
