package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Info is a line of the catalogue of shipped scenarios.
type Info struct {
	Name  string // what Named takes
	About string
	Quick bool // part of the quick set
}

// Catalogue lists the shipped scenarios by name.
func Catalogue() []Info {
	var list []Info
	for _, name := range shipped() {
		s, err := Named(name, nil)
		if err != nil {
			panic("scenarios: a shipped scenario: " + err.Error()) // a test loads them all
		}
		list = append(list, Info{Name: name, About: s.About, Quick: s.Quick})
	}
	return list
}

// shipped lists the names, sorted as embed.FS sorts them.
func shipped() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("scenarios: the embedded files: " + err.Error())
	}
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return list
}

// Named reads a scenario of the catalogue, with overrides as in [Load].
func Named(name string, overrides []string) (*Scenario, error) {
	text, err := files.ReadFile(name + ".yaml")
	if err != nil {
		if near := Suggest(name, shipped()); near != "" {
			return nil, fmt.Errorf("there is no scenario %q; did you mean %q?", name, near)
		}
		return nil, fmt.Errorf("there is no scenario %q; there are %s, or give the path of a file", name, listed(shipped()))
	}
	s, err := Read(name+".yaml", text, overrides)
	if err != nil {
		return nil, err
	}
	s.Shipped = true
	return s, nil
}

// Open reads what a command line names: a file if there is one or if the
// argument looks like a path, else a scenario of the catalogue.
func Open(arg string, overrides []string) (*Scenario, error) {
	info, err := os.Stat(arg)
	isFile := err == nil && !info.IsDir()
	if ext := filepath.Ext(arg); isFile || ext == ".yaml" || ext == ".yml" || strings.ContainsAny(arg, `/\`) {
		return Load(arg, overrides)
	}
	s, err := Named(arg, overrides)
	var found Errors
	if err != nil && !errors.As(err, &found) && info != nil {
		return nil, fmt.Errorf("%s is a directory: name a file in it", arg)
	}
	return s, err
}
