package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
)

//go:embed *.yaml incidents/*.yaml
var files embed.FS

// incidents is the folder of the scenarios that tell a story.
const incidents = "incidents"

// Info is a line of the catalogue of shipped scenarios.
type Info struct {
	Name     string // what Named takes
	Theme    string
	About    string
	Quick    bool // part of the quick set
	Incident bool // tells a story: before, after and why
	NotReal  bool // cannot be run on real parts
}

// Catalogue lists the shipped scenarios by name.
func Catalogue() []Info {
	var list []Info
	for _, name := range shipped() {
		s, err := Named(name, nil)
		if err != nil {
			panic("scenarios: a shipped scenario: " + err.Error()) // a test loads them all
		}
		list = append(list, Info{
			Name: name, Theme: s.Theme, About: s.About, Quick: s.Quick,
			Incident: strings.HasPrefix(s.File, incidents+"/"), NotReal: s.Real != nil && s.Real.Not != "",
		})
	}
	return list
}

// shipped lists the names, sorted.
func shipped() []string {
	var list []string
	for _, dir := range []string{".", incidents} {
		entries, err := files.ReadDir(dir)
		if err != nil {
			panic("scenarios: the embedded files: " + err.Error())
		}
		for _, e := range entries {
			if name, ok := strings.CutSuffix(e.Name(), ".yaml"); ok {
				list = append(list, name)
			}
		}
	}
	slices.Sort(list)
	return list
}

// Named reads a scenario of the catalogue, with overrides as in [Load].
func Named(name string, overrides []string) (*Scenario, error) { return named(name, overrides, false) }

func named(name string, overrides []string, real bool) (*Scenario, error) {
	for _, file := range []string{name + ".yaml", incidents + "/" + name + ".yaml"} {
		text, err := files.ReadFile(file)
		if err != nil {
			continue
		}
		s, err := read(file, text, overrides, real)
		if err != nil {
			return nil, err
		}
		s.Shipped = true
		return s, nil
	}
	if near := spelling.Suggest(name, shipped()); near != "" {
		return nil, fmt.Errorf("there is no scenario %q; did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("there is no scenario %q in the catalogue: see simulate list, or give the path of a file", name)
}

// Open reads what a command line names: a file if there is one or if the
// argument looks like a path, else a scenario of the catalogue.
func Open(arg string, overrides []string) (*Scenario, error) { return open(arg, overrides, false) }

// OpenReal is [Open] for a run on real parts: the overrides that the file has
// for it come before those given, and expectations of the modelled world are
// left out. A scenario that cannot be run for real is a [*NotReal].
func OpenReal(arg string, overrides []string) (*Scenario, error) {
	s, err := open(arg, overrides, true)
	if err == nil && s.Real != nil && s.Real.Not != "" {
		return nil, &NotReal{s.Name, s.Real.Not}
	}
	return s, err
}

func open(arg string, overrides []string, real bool) (*Scenario, error) {
	info, err := os.Stat(arg)
	isFile := err == nil && !info.IsDir()
	if ext := filepath.Ext(arg); isFile || ext == ".yaml" || ext == ".yml" || strings.ContainsAny(arg, `/\`) {
		return load(arg, overrides, real)
	}
	s, err := named(arg, overrides, real)
	var found Errors
	if err != nil && !errors.As(err, &found) && info != nil {
		return nil, fmt.Errorf("%s is a directory: name a file in it", arg)
	}
	return s, err
}
