package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/foretell"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// identifyCmd attacks a program, and simulates every strategy of the scenario under the
// very requests.
type identifyCmd struct {
	attackCmd `embed:""`

	Result string        `placeholder:"PATH" help:"Identify the program of an earlier attack, by its results.json or its folder, and send nothing."`
	Fresh  time.Duration `default:"5s" help:"How long a value of the program is fresh."`
}

// identifying is the scenario whose traffic tells strategies apart.
const identifying = "identify"

// Run attacks, unless that was done, and ranks the strategies.
func (i identifyCmd) Run(c *command.Console) error {
	if err := i.checkIdentify(); err != nil {
		return command.Usage(err)
	}
	if i.Result == "" {
		i.Scenario = cmp.Or(i.Scenario, identifying)
		name, err := i.scenarioName()
		if err != nil {
			return command.Usage(err)
		}
		if err := i.attackCmd.Run(c); err != nil {
			return err
		}
		i.Result = filepath.Join(i.Out, name+"-"+i.Name)
	}
	measured, err := openMeasured(i.Result)
	if err != nil {
		return command.Usage(err)
	}
	rivals, err := i.simulate(measured)
	if err != nil {
		return err
	}
	return tellLikeness(c.Out, measured, rivals)
}

func (i identifyCmd) checkIdentify() error {
	switch {
	case i.Fresh <= 0:
		return fmt.Errorf("--fresh %v: give how long a value of the program is fresh, such as 5s", i.Fresh)
	case i.Result != "" && (i.Target != "" || i.OriginStats != ""):
		return errors.New("--result is of an attack that is over: leave out --target and --origin-stats, or leave out --result")
	case i.Result == "" && i.OriginStats == "" && i.Stack == "":
		return errors.New("strategies are told by the loads of the origin: put a `loadtest origin` behind the program, and name it with --origin-stats")
	case len(i.Trace) > 0:
		return errors.New("--trace: identify sends the traffic of a scenario: leave it out, or use attack")
	}
	return nil
}

// scenarioName is what the attack's report is called by.
func (i identifyCmd) scenarioName() (string, error) {
	sc, err := scenarios.OpenReal(i.Scenario, i.Set)
	if err != nil {
		return "", err
	}
	return sc.Name, nil
}

// openMeasured reads the result of an attack.
func openMeasured(path string) (*view.View, error) {
	files, err := reports.Open(path)
	switch {
	case err != nil:
		return nil, err
	case len(files) != 1:
		return nil, fmt.Errorf("%s has the results of %d scenarios: name the one that is of the program", path, len(files))
	}
	f := files[0]
	switch {
	case f.Clock != "wall" || len(f.Runs) == 0 || f.Runs[0].Kind != "target":
		return nil, fmt.Errorf("%s is no result of loadtest attack: simulated strategies have names already", path)
	case f.Runs[0].LoadsUnknown:
		return nil, fmt.Errorf("%s: nobody counted the loads, and strategies are told by them: attack with --origin-stats", path)
	case f.Settings == nil:
		return nil, fmt.Errorf("%s does not say under which settings it was made: attack again", path)
	}
	return view.New(f, figures.All().OfPrograms(f.Runs)), nil
}

// rival is a strategy in one of its settings.
type rival struct {
	foretell.Likeness
	ages  string // how it counts them; "" is as the scenario has it
	place int    // in the scenario
}

func (r *rival) String() string {
	if r.ages == "" {
		return r.Strategy
	}
	return r.Strategy + ", ages: " + r.ages
}

// simulate ranks every strategy under the requests of the attack, the likest first, each in
// the way of counting ages that is likest. Lives that end with a second of the clock depend on when
// in it the traffic began: both halves are tried.
func (i identifyCmd) simulate(measured *view.View) (rivals []*rival, err error) {
	for _, ages := range agesOfCaches() {
		sc, err := i.openRivals(measured, ages)
		if err != nil {
			return nil, command.Usage(err)
		}
		if len(sc.Strategies) == 0 {
			continue
		}
		var halves []*view.View
		for _, half := range []time.Duration{0, time.Second / 2} {
			f, err := lab.Execute(sc, lab.Options{Clock: func() lab.Clock { return sim.At(sim.Epoch.Add(half)) }, ClockName: "virtual"})
			if err != nil {
				return nil, err
			}
			halves = append(halves, view.New(f, figures.All()))
		}
		for _, l := range foretell.Rank(measured, halves...) {
			k := slices.IndexFunc(rivals, func(r *rival) bool { return r.Strategy == l.Strategy })
			switch {
			case k < 0:
				rivals = append(rivals, &rival{l, ages, slices.IndexFunc(sc.Strategies, func(e scenarios.Entry) bool { return e.Name == l.Strategy })})
			case l.Distance < rivals[k].Distance:
				*rivals[k] = rival{l, ages, rivals[k].place}
			}
		}
	}
	slices.SortStableFunc(rivals, func(a, b *rival) int { return cmp.Compare(a.Distance, b.Distance) })
	return rivals, nil
}

// agesOfCaches are the ways in which programs count ages, the scenario's own first.
func agesOfCaches() []string { return []string{"", "whole-seconds", "nginx", "redis-ttl"} }

// openRivals is the scenario of an attack, under its settings, with the strategies that can
// count ages so.
func (i identifyCmd) openRivals(measured *view.View, ages string) (*scenarios.Scenario, error) {
	seeds := measured.Seeds
	from := command.Selection{Seed: &measured.Runs[0].Seed, Seeds: &seeds}
	open := func(set []string) (*scenarios.Scenario, error) {
		scs, err := from.Load(scenarios.OpenReal, []string{measured.File.File}, set)
		if err != nil {
			return nil, err
		}
		return scs[0], nil
	}
	sc, err := open(i.Set)
	if err != nil {
		return nil, err
	}
	set := slices.Concat(i.Set, settingsOfAttack(scenarios.Resolved(sc), measured.Settings.Scenario))
	var left []string
	for _, e := range sc.Strategies {
		set = append(set, freshness(e, i.Fresh)...)
		switch known := settingOf(e, "ages"); {
		case ages == "":
		case known == "exact":
			set = append(set, "strategies."+e.Name+".ages="+ages)
		default:
			left = append(left, e.Name)
		}
	}
	if sc, err = open(set); err != nil {
		return nil, err
	}
	sc.Expect, sc.Budget = nil, nil
	sc.Strategies = slices.DeleteFunc(sc.Strategies, func(e scenarios.Entry) bool { return slices.Contains(left, e.Name) })
	return sc, nil
}

// settingsOfAttack are those by which a scenario becomes the one of an attack.
func settingsOfAttack(own, attacked map[string]string) (set []string) {
	for path, value := range attacked {
		part, _, _ := strings.Cut(path, ".")
		if slices.Contains([]string{"duration", "window", "warm", "idle", "fleet", "client", "workload"}, part) && own[path] != value {
			set = append(set, path+"="+value)
		}
	}
	slices.Sort(set)
	return set
}

// settingOf is a setting of an entry's strategy as a file writes it, or "" where it has none
// of that name.
func settingOf(e scenarios.Entry, name string) string {
	v := reflect.ValueOf(e.Config).Elem()
	for _, f := range tag.Fields(v.Type()) {
		if f.Name == name {
			return fmt.Sprint(v.FieldByIndex(f.Index).Interface())
		}
	}
	return ""
}

// maxAge is where an HTTP cache has what a strategy has as fresh.
const maxAge = "fleet.front.max_age"

// freshness gives an entry's values so long a life.
func freshness(e scenarios.Entry, fresh time.Duration) []string {
	with := make([]string, 0, len(e.With))
	for _, o := range e.With {
		path, value, _ := strings.Cut(o.String(), "=")
		if path == maxAge {
			value = units.FormatDuration(fresh)
		}
		with = append(with, path+": "+value)
	}
	at := "strategies." + e.Name + "."
	switch {
	case slices.Contains(with, maxAge+": "+units.FormatDuration(fresh)):
		return []string{at + "with={" + strings.Join(with, ", ") + "}"}
	case settingOf(e, "fresh") != "" && settingOf(e, "fresh") != "0s":
		return []string{at + "fresh=" + units.FormatDuration(fresh)}
	case settingOf(e, "ttl") != "":
		return []string{at + "ttl=" + units.FormatDuration(fresh)}
	}
	return nil
}

// mostShown is how many strategies are shown that are not the one.
const mostShown = 6

// tellLikeness says which strategy the program behaves like, which others this traffic does not tell
// from it, and how far away the next ones are. That none fits is exit code 1.
func tellLikeness(w io.Writer, measured *view.View, rivals []*rival) error {
	if len(rivals) == 0 {
		return command.Usage(errors.New("the scenario has no strategies to identify the program by"))
	}
	best, alike := likest(measured, rivals)
	if err := likenessTable(w, measured.Runs[0], rivals[:min(mostShown, len(rivals))]); err != nil {
		return err
	}
	name := measured.Runs[0].Strategy
	if !best.Fits() {
		fmt.Fprintf(w, "%s behaves like no strategy of %s. The nearest is %s, but for %s.\n", name, measured.Scenario, best, differences(best))
		return &command.Exit{Code: command.ExitExpectation, Err: errors.New("no strategy fits: see that --fresh is what the program has")}
	}
	fmt.Fprintf(w, "%s behaves like %s: %s (computes/duplicates/herd peak), simulated %s.\n", name, best, herdOf(measured.Runs[0]), herdOf(best.Simulated))
	if best.Outside > 0 {
		fmt.Fprintf(w, "Outside the tolerance: %s.\n", differences(best))
	}
	if len(alike) > 0 {
		fmt.Fprintf(w, "This traffic does not tell it from %s.\n", spelling.And(alike))
	}
	return nil
}

// likest is the strategy that the program behaves like, and those that this traffic does not tell from
// it. Of equals it is the first of the scenario.
func likest(measured *view.View, rivals []*rival) (best *rival, alike []string) {
	best = rivals[0]
	equals := []*rival{best}
	for _, r := range rivals[1:] {
		if r.Fits() == best.Fits() && foretell.Alike(measured, &rivals[0].Likeness, &r.Likeness) {
			equals = append(equals, r)
		}
	}
	for _, r := range equals {
		if r.place < best.place {
			best = r
		}
	}
	for _, r := range equals {
		if r != best {
			alike = append(alike, r.String())
		}
	}
	return best, alike
}

// herdOf are the loads of a run as people compare them.
func herdOf(r *metrics.Run) string {
	return fmt.Sprintf("%d/%d/%d", r.Computes, r.DuplicateComputes, r.HerdPeak)
}

// differences are the figures that contradict a strategy.
func differences(r *rival) string {
	var list []string
	for _, row := range r.Rows {
		if !row.Within {
			list = append(list, fmt.Sprintf("%s (%.4g, simulated %.4g)", row.Figure, row.Measured, row.Simulated))
		}
	}
	return spelling.And(list)
}

// likenessTable prints the program and the strategies that come near it.
func likenessTable(w io.Writer, program *metrics.Run, rivals []*rival) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "\tloads/duplicates/herd\tfailures\thit ratio\tp50\tp99\toutside\taway\n")
	row := func(name string, r *metrics.Run) {
		hits, p50, p99 := "n/a", "n/a", "n/a"
		if r.HitRatio != nil {
			hits = humanize.Percent(*r.HitRatio)
		}
		if l := r.LatencyMS; l != nil {
			p50, p99 = fmt.Sprintf("%.0f ms", l.P50), fmt.Sprintf("%.0f ms", l.P99)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t", name, herdOf(r), r.Failures, hits, p50, p99)
	}
	row(program.Strategy, program)
	fmt.Fprintln(t)
	for _, r := range rivals {
		row(r.String(), r.Simulated)
		fmt.Fprintf(t, "%d of %d\t%.2f\n", r.Outside, len(r.Rows), r.Distance)
	}
	return t.Flush()
}
