package scenarios

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/settings"
)

// Error is a mistake in a scenario file or in an override, with its place.
type Error = settings.Error

// Errors are the mistakes found in one scenario, by position.
type Errors = settings.Errors

// language is YAML as scenario files have it.
func language() settings.Language {
	return settings.Language{Document: "scenario", ItemName: "class", Example: "fleet.workers=50"}
}

// Load reads a scenario from a file and applies overrides, each of the form
// path=value: the value is YAML, and a list's items are named by their number
// from 0 or, in the workload, by their class. What is wrong comes back as
// [Errors].
func Load(path string, overrides []string) (*Scenario, error) { return load(path, overrides, false) }

func load(path string, overrides []string, real bool) (*Scenario, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the scenario: %w", err)
	}
	return read(path, text, overrides, real)
}

// Read is [Load] for a text that is in memory. The path is for messages, for
// the default name, and for finding traces beside the file.
func Read(path string, text []byte, overrides []string) (*Scenario, error) {
	return read(path, text, overrides, false)
}

// read is Read; for a run on real parts, the file's own overrides for it come
// first.
func read(path string, text []byte, overrides []string, real bool) (*Scenario, error) {
	var errs settings.Problems
	plain := strings.TrimPrefix(string(text), "\ufeff")
	root := language().Parse(path, plain, &errs)
	if len(errs.List) > 0 {
		return nil, errs.Err()
	}
	if root.Kind == settings.Null {
		errs.Addf(root.At, "the file is empty: a scenario has at least duration, workload and strategies")
		return nil, errs.Err()
	}
	var given []settings.Override
	for _, text := range overrides {
		if o, ok := language().ParseOverride(text, &errs); ok {
			given = append(given, o)
		}
	}
	for _, o := range given {
		o.Apply(root, &errs)
	}
	if real { // what the user gave stands above what the file has, and may change that too
		applyReal(root, &errs)
		for _, o := range given {
			o.Apply(root, &errs)
		}
	}
	s := readTree(root, path, real, &errs)
	if len(errs.List) == 0 {
		used := effects{why: map[settings.Place]string{}, works: map[settings.Place]bool{}}
		used.look(s, root)
		if !real {
			s.checkReal(root, path, &used, &errs)
		}
		used.report(real || len(given) > 0, &errs)
	}
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// readTree decodes and checks a whole file.
func readTree(root *settings.Node, path string, real bool, errs *settings.Problems) *Scenario {
	before := len(errs.List)
	s := decodeTree(root, path, errs)
	if real {
		s.Expect = slices.DeleteFunc(s.Expect, func(x *Expectation) bool { return x.World == "modelled" })
	}
	if len(errs.List) == before {
		s.check(root, errs)
	}
	for i := range s.Strategies {
		s.Strategies[i].look(root, path, errs)
		s.Strategies[i].checkValues(s, errs)
		s.Strategies[i].checkWarmers(s, errs)
	}
	return s
}

var (
	titlePattern = regexp.MustCompile(`^[\pL\pN_][\pL\pN_+ .-]{0,63}$`)
	notInTitle   = regexp.MustCompile(`[^\pL\pN_+ .-]`)
)

// decodeTree decodes a whole file and sets the defaults that depend on other
// fields.
func decodeTree(root *settings.Node, path string, errs *settings.Problems) *Scenario {
	s := &Scenario{File: path}
	(&settings.Decoder{Errs: errs}).Struct(root, s, "a scenario")
	switch {
	case s.Name == "":
		base := filepath.Base(path)
		s.Name = strings.Trim(notInTitle.ReplaceAllString(strings.TrimSuffix(base, filepath.Ext(base)), "-"), ".")
	case !titlePattern.MatchString(s.Name):
		errs.Addf(root.Place("name"), "name %q: a scenario's name becomes a directory, so it is up to 64 letters, digits, spaces and the signs _ - + .", s.Name)
	}
	if s.Window == 0 {
		s.Window = window(s.Duration)
	}
	s.move(root, errs)
	s.findTraces(root, path)
	return s
}

// findTraces makes the traces' paths relative to the scenario's file, unless
// they come from the command line.
func (s *Scenario) findTraces(root *settings.Node, path string) {
	for i, class := range s.Workload {
		if class.Trace == nil || filepath.IsAbs(class.Trace.File) || len(root.Get("workload").Items) != len(s.Workload) {
			continue
		}
		if file := root.Get("workload").Items[i].Get("trace").Get("file"); file != nil && !file.At.Source.Override {
			class.Trace.File = filepath.Join(filepath.Dir(path), class.Trace.File)
		}
	}
}

// look makes the entry's own view of the scenario, if it asks for one.
func (e *Entry) look(root *settings.Node, path string, errs *settings.Problems) {
	if len(e.with) == 0 {
		return
	}
	tree := root.Clone()
	var own settings.Problems
	for _, o := range e.with {
		o.Apply(tree, &own)
	}
	s := decodeTree(tree, path, &own)
	if len(own.List) == 0 {
		s.checkWorld(tree, &own)
	}
	errs.List = append(errs.List, own.List...)
	e.view = &view{root: tree, fleet: s.Fleet, workload: s.Workload, client: s.Client, faults: s.Faults, warm: s.Warm, idle: s.Idle}
}

func errNotLoaded(name string) error {
	return fmt.Errorf("strategy %q has overrides and was not made by the loader: load the scenario from its file", name)
}
