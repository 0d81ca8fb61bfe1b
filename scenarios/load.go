package scenarios

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/strategies/pagekey"
	"github.com/herdlab/herdlab/workloads/trace"
)

// Error is a mistake in a scenario file or in an override, with its place.
type Error = settings.Error

// Errors are the mistakes found in one scenario, by position.
type Errors = settings.Errors

// language is YAML as scenario files have it.
func language() settings.Language {
	return settings.Language{Document: "scenario", ItemName: "class", Example: "fleet.workers=50"}
}

// Read is [Open] for a text that is in memory. The path is for messages, for
// the default name, and for finding traces beside the file.
func Read(path string, text []byte, overrides []string) (*Scenario, error) {
	l := loader{path: path}
	return l.read(text, overrides)
}

// loader reads one scenario. A scenario is decoded several times, each time from
// a tree of its own: as the file has it, as every strategy with overrides sees
// it, and as it runs on real parts. The mistakes of all are collected.
type loader struct {
	path string
	real bool // for a run on real parts, with the overrides that the file has for it
	errs settings.Problems
}

func (l *loader) read(text []byte, overrides []string) (*Scenario, error) {
	root := language().Parse(l.path, strings.TrimPrefix(string(text), "\ufeff"), &l.errs)
	if len(l.errs.List) > 0 {
		return nil, l.errs.Err()
	}
	if root.Kind == settings.Null {
		l.errs.Addf(root.At, "the file is empty: a scenario has at least duration, workload and strategies")
		return nil, l.errs.Err()
	}
	l.override(root, overrides)
	s := l.scenario(root)
	if len(l.errs.List) == 0 { // a setting without effect is no news beside a mistake
		var used effects
		used.look(s)
		if !l.real {
			l.checkReal(s, root, &used)
		}
		used.report(l.real || len(overrides) > 0, &l.errs)
	}
	if err := l.errs.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// override puts what the command line gives into the tree. For a run on real
// parts it does so before the file's own overrides, which it may change, and
// after them, since it stands above them.
func (l *loader) override(root *settings.Node, overrides []string) {
	if l.real { // where a run takes its time, several seeds are asked for
		if one, ok := language().ParseOverride("seeds=1", &l.errs); ok {
			one.Apply(root, &l.errs)
		}
	}
	var given []settings.Override
	for _, text := range overrides {
		if o, ok := language().ParseOverride(text, &l.errs); ok {
			given = append(given, o)
		}
	}
	apply := func() {
		for _, o := range given {
			o.Apply(root, &l.errs)
		}
	}
	apply()
	if l.real {
		applyReal(root, &l.errs)
		apply()
	}
}

// scenario decodes and checks a whole tree.
func (l *loader) scenario(root *settings.Node) *Scenario {
	// Checks take a decoded file: of one that is wrong they would say what follows
	// from the mistake and not the mistake.
	before := len(l.errs.List)
	s := l.decode(root)
	if l.real {
		s.Expect = slices.DeleteFunc(s.Expect, func(x *Expectation) bool { return x.World == "modelled" })
	}
	if len(l.errs.List) == before {
		checkAll(checker{s, root, &l.errs})
	}
	for i := range s.Strategies {
		e := &s.Strategies[i]
		l.view(s, root, e)
		checkAgainstFleet(e, &l.errs)
	}
	return s
}

// view gives an entry the scenario as it sees it: decoded once more, if it has
// overrides.
func (l *loader) view(s *Scenario, root *settings.Node, e *Entry) {
	e.view = view{s, root}
	if len(e.With) == 0 {
		return
	}
	own := loader{path: l.path}
	e.view.root = root.Clone()
	for _, o := range e.With {
		o.Apply(e.view.root, &own.errs)
	}
	e.view.Scenario = own.decode(e.view.root)
	if len(own.errs.List) == 0 {
		checkView(checker{e.view.Scenario, e.view.root, &own.errs})
	}
	l.errs.List = append(l.errs.List, own.errs.List...)
}

// checkReal reads the scenario once more as it is run on real parts, so that
// what is wrong with it is found before anyone does.
func (l *loader) checkReal(s *Scenario, root *settings.Node, used *effects) {
	if s.Real == nil || !checkNotReal(s.Real, root.Get("real"), &l.errs) || len(s.Real.With) == 0 {
		return
	}
	own := loader{path: l.path, real: true}
	tree := root.Clone()
	applyReal(tree, &own.errs)
	real := own.scenario(tree)
	for _, err := range own.errs.List {
		err.Msg = "under real.with, " + err.Msg
		l.errs.Add(err)
	}
	if len(own.errs.List) == 0 {
		used.look(real)
	}
}

var (
	titlePattern = regexp.MustCompile(`^[\pL\pN_][\pL\pN_+ .-]{0,63}$`)
	notInTitle   = regexp.MustCompile(`[^\pL\pN_+ .-]`)
)

// decode fills a scenario and sets the defaults that depend on other fields.
func (l *loader) decode(root *settings.Node) *Scenario {
	s := &Scenario{File: l.path}
	(&settings.Decoder{Errs: &l.errs}).Struct(root, s, "a scenario")
	switch {
	case s.Name == "" && l.path == standardInput:
		s.Name = "stdin"
	case s.Name == "":
		base := filepath.Base(l.path)
		s.Name = strings.Trim(notInTitle.ReplaceAllString(strings.TrimSuffix(base, filepath.Ext(base)), "-"), ".")
	case !titlePattern.MatchString(s.Name):
		l.errs.Addf(root.Place("name"), "name %q: a scenario's name becomes a directory, so it is up to 64 letters, digits, spaces and the signs _ - + .", s.Name)
	}
	s.Budget.complete()
	if s.Window == 0 {
		s.Window = defaultWindow(s.Duration)
	}
	useVariants(s, root, &l.errs)
	findTraces(s, root)
	return s
}

// findTraces makes the traces' paths relative to the scenario's file, unless
// they come from the command line. Behind a front that looks at no query their keys have
// none: an address is one page.
func findTraces(s *Scenario, root *settings.Node) {
	list := root.Get("workload")
	for i, class := range s.Workload {
		if class.Trace == nil {
			continue
		}
		if front := s.Fleet.Front; front != nil && front.Key.Query == pagekey.Drop && front.AppKey.Query == pagekey.Drop {
			class.Trace.Query = pagekey.Drop
		}
		if len(list.Items) != len(s.Workload) {
			continue
		}
		relative := func(at *settings.Node, path *string) {
			if at != nil && !at.At.Source.Override && !filepath.IsAbs(*path) && *path != trace.Stdin {
				*path = filepath.Join(filepath.Dir(s.File), *path)
			}
		}
		relative(list.Items[i].Find("trace.file"), &class.Trace.File)
		if more := list.Items[i].Find("trace.files"); more != nil && len(more.Items) == len(class.Trace.Files) {
			for k := range more.Items {
				relative(more.Items[k], &class.Trace.Files[k])
			}
		}
	}
}

// defaultWindow is the step that a scenario without one of its own gets: of those that
// read well on an axis, the finest that makes no more than 200 windows.
func defaultWindow(duration time.Duration) time.Duration {
	const ms, s, m, h = time.Millisecond, time.Second, time.Minute, time.Hour
	list := []time.Duration{
		1 * ms, 2 * ms, 5 * ms, 10 * ms, 20 * ms, 50 * ms, 100 * ms, 200 * ms, 500 * ms, 1 * s, 2 * s, 5 * s, 10 * s, 15 * s, 30 * s,
		1 * m, 2 * m, 5 * m, 10 * m, 15 * m, 30 * m, 1 * h, 2 * h, 3 * h, 6 * h, 12 * h, units.Day, 2 * units.Day,
	}
	i, _ := slices.BinarySearch(list, duration/200)
	return list[min(i, len(list)-1)]
}

// Real is how loadtest runs the scenario.
type Real struct {
	With  Overrides `yaml:"with" doc:"overrides for a run on real parts, such as {duration: 30s}; --set is applied after them"`
	Cache string    `yaml:"cache" default:"redis" enum:"redis,memcached,file" doc:"the cache to run on if --cache is not given; without real it is the embedded one"`
	Not   string    `yaml:"not" doc:"why the scenario cannot run on real parts; no other field is allowed with it"`
}

// Overrides are changes of a scenario, each of a value at a path.
type Overrides []settings.Override

var _ settings.Value = (*Overrides)(nil)

// DecodeSetting reads a mapping from path to value.
func (o *Overrides) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	*o = d.Overrides(n, "real.with", "duration: 30s",
		"duration", "window", "warm", "idle", "fleet", "workload", "client", "faults", "phases", "strategies", "variants")
}

// SettingSchema is that of any mapping: paths have no schema of their own.
func (o *Overrides) SettingSchema() settings.Object { return settings.Object{"type": "object"} }

// checkNotReal reports whether the scenario runs on real parts, and refuses
// settings for a run that there is none of.
func checkNotReal(r *Real, given *settings.Node, errs *settings.Problems) bool {
	if r.Not == "" {
		if n := given.Get("not"); n != nil {
			errs.Addf(n.At, "not is empty: say why it cannot be run for real")
		}
		return true
	}
	for _, f := range given.Fields {
		if f.Key != "not" {
			errs.Addf(f.At, "%q beside not: what cannot be run for real has no settings for it", f.Key)
		}
	}
	return false
}

// applyReal applies the file's own overrides for a run on real parts. What is
// wrong with them is reported when they are decoded.
func applyReal(root *settings.Node, errs *settings.Problems) {
	with := root.Find("real.with")
	if with == nil || with.Kind != settings.Mapping {
		return
	}
	var list Overrides
	list.DecodeSetting(&settings.Decoder{Errs: new(settings.Problems)}, with)
	for _, o := range list {
		o.Apply(root, errs)
	}
}

// NotReal is a scenario that cannot be run on real parts.
type NotReal struct{ Name, Why string }

func (e *NotReal) Error() string {
	return fmt.Sprintf("%s cannot be run for real: %s", e.Name, strings.TrimSpace(e.Why))
}
