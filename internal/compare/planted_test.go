package compare_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/compare"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// full is a result in which everything happened, each thing a hundred times.
func full() *metrics.File {
	run := &metrics.Run{}
	for _, kind := range []string{
		metrics.Workers, metrics.AcceptQueue, metrics.Cores, metrics.Network, metrics.OriginSlots, metrics.OriginQueue, metrics.Connections, metrics.Waiters,
	} {
		run.Resources = append(run.Resources, metrics.Resource{Kind: kind, Name: kind})
	}
	for _, leaf := range leaves(reflect.ValueOf(run).Elem(), "", true) {
		leaf.set(100)
	}
	run.Strategy, run.Seed, run.LoadsUnknown = "mutex", 1, false
	run.Classes = map[string]metrics.Figures{"page": run.Figures, "probe": {Requests: 10, LatencyMS: &metrics.Latency{P99: 100}}}
	run.Phases = map[string]metrics.Figures{"burst": run.Figures}
	return &metrics.File{
		Schema: 1, Scenario: "page", Clock: "virtual", DurationMS: 1000, WindowMS: 1000,
		Classes: []metrics.ClassInfo{{Name: "page"}, {Name: "probe", Bystander: true}}, Phases: []metrics.PhaseMark{{Name: "burst", ToMS: 500}},
		Runs: []*metrics.Run{run},
	}
}

// leaf is a number somewhere in a run.
type leaf struct {
	path string
	reflect.Value
}

func (l leaf) set(v float64) {
	if l.CanInt() {
		l.SetInt(int64(v))
	} else {
		l.SetFloat(v)
	}
}

// leaves are the numbers of a run; fill makes what is not there.
func leaves(v reflect.Value, path string, fill bool) (list []leaf) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() && fill {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return leaves(v.Elem(), path, fill)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[metrics.Series]() {
			return nil
		}
		for i := range v.NumField() {
			list = append(list, leaves(v.Field(i), path+"."+v.Type().Field(i).Name, fill)...)
		}
	case reflect.Array, reflect.Slice:
		for i := range v.Len() {
			list = append(list, leaves(v.Index(i), fmt.Sprintf("%s[%d]", path, i), fill)...)
		}
	case reflect.Int64, reflect.Float64:
		list = append(list, leaf{path, v})
	}
	return list
}

// value is the figure of the whole run.
func value(f figures.Figure, file *metrics.File) float64 {
	v, _ := f.Value(file.Runs[0], "", "")
	return v
}

// A tenth more, or less, of any number of a run is seen in every figure that is made of
// it, and fails where that is the wrong way; and there is no figure with a wrong way in
// which nothing can be planted.
func TestEveryPlantedRegressionFails(t *testing.T) {
	table := figures.All()
	seen := make(map[string]bool)
	numbers := len(leaves(reflect.ValueOf(full().Runs[0]).Elem(), "", true))
	for n := range numbers {
		for _, to := range []float64{90, 110} {
			before, after := full(), full()
			planted := leaves(reflect.ValueOf(after.Runs[0]).Elem(), "", true)[n]
			if strings.HasSuffix(planted.path, ".Requests") || strings.HasSuffix(planted.path, ".Writes") {
				continue // that is other traffic
			}
			planted.set(to)
			c := compare.New([]*metrics.File{before}, []*metrics.File{after}, figures.All())
			gate, err := compare.Check(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range table {
				was, is := value(f, before), value(f, after)
				if worse := is < was && f.Better == figures.Higher || is > was && f.Better == figures.Lower; !worse {
					continue
				}
				seen[f.Name] = true
				if !gate.Regressed() || !slices.ContainsFunc(gate.Breaches, func(b compare.Breach) bool { return b.Name == f.Name }) {
					t.Errorf("%s to %v: %s went from %v to %v, and nothing fails", planted.path, to, f.Name, was, is)
				}
			}
		}
	}
	for _, f := range table {
		if f.Better != figures.Neither && !seen[f.Name] {
			t.Errorf("nothing was planted in %s", f.Name)
		}
	}
}

// A rule about a figure of a phase, or a class, sees what is planted there alone.
func TestPlantedInAPart(t *testing.T) {
	for rule, plant := range map[string]func(*metrics.Run){
		"burst.mutex.failures +0": func(r *metrics.Run) { f := r.Phases["burst"]; f.Failures++; r.Phases["burst"] = f },
		"burst.failures +0":       func(r *metrics.Run) { f := r.Phases["burst"]; f.Failures++; r.Phases["burst"] = f },
		"mutex.classes.probe.failures +0": func(r *metrics.Run) {
			f := r.Classes["probe"]
			f.Failures++
			r.Classes["probe"] = f
		},
		"all.failures +0": func(r *metrics.Run) { r.All.Failures++ }, // of every class
		"all.computes +0": func(r *metrics.Run) { r.Computes++ },
		"mutex.p99 +5%":   func(r *metrics.Run) { l := *r.LatencyMS; l.P99 = 106; r.LatencyMS = &l },
		"p99 +5ms":        func(r *metrics.Run) { l := *r.LatencyMS; l.P99 = 106; r.LatencyMS = &l },
		"hit_ratio -1pp":  func(r *metrics.Run) { r.HitRatio = new(*r.HitRatio - 0.011) },
		"cache_gets +1":   func(r *metrics.Run) { r.Cache.Gets += 2 },
		"cache_gets -1":   func(r *metrics.Run) { r.Cache.Gets -= 2 },
		"any changed":     func(r *metrics.Run) { r.Cache.Gets -= 2 },
	} {
		after := full()
		plant(after.Runs[0])
		breaches := check(t, []*metrics.File{full()}, []*metrics.File{after}, rule).Breaches
		if len(breaches) == 0 {
			t.Errorf("%s is kept", rule)
		}
		if breaches := check(t, []*metrics.File{full()}, []*metrics.File{full()}, rule).Breaches; len(breaches) > 0 {
			t.Errorf("%s: %v", rule, breaches[0])
		}
	}
}

// check compares, by rules.
func check(t *testing.T, old, new []*metrics.File, rules ...string) *compare.Gate {
	t.Helper()
	var list []compare.Rule
	for _, text := range rules {
		r, err := compare.ParseRule(text, figures.All())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	gate, err := compare.Check(compare.New(old, new, figures.All()), list)
	if err != nil {
		t.Fatal(err)
	}
	return gate
}
