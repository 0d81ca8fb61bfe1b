package figures_test

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Every entry says all that its readers ask for, and no two have the same name or
// the same place.
func TestTable(t *testing.T) {
	names, titles := map[string]bool{}, map[string]bool{}
	columns, told, series := map[int]string{}, map[int]string{}, map[int]string{}
	place := func(of map[int]string, what string, at int, name string) {
		if other, taken := of[at]; at > 0 && taken {
			t.Errorf("%s and %s have the same place %d among the %s", name, other, at, what)
		}
		of[at] = name
	}
	for _, f := range figures.All() {
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(f.Name) || names[f.Name] {
			t.Errorf("%q is no name of its own", f.Name)
		}
		if f.Title != "" && titles[f.Title] {
			t.Errorf("%s: two figures are called %q", f.Name, f.Title)
		}
		names[f.Name], titles[f.Title] = true, true
		if f.Doc == "" || f.Unit == 0 || f.Of == nil {
			t.Errorf("%s lacks its meaning, its unit or its value", f.Name)
		}
		if f.Title == "" && (f.Column > 0 || f.PerPhase || f.Shown != nil || f.Tolerance != nil) {
			t.Errorf("%s is in a table and has no title", f.Name)
		}
		place(columns, "columns", f.Column, f.Name)
		if f.Told != nil {
			place(told, "figures of a sentence", f.Told.Place, f.Name)
			if f.Better == figures.Neither || f.Told.Weight <= 0 || f.Told.Name == "" && f.Title == "" {
				t.Errorf("%s is told in a story and lacks a direction, a weight or a name", f.Name)
			}
		}
		if f.Series != nil {
			place(series, "series", f.Series.Place, f.Name)
		}
		if f.Tolerance != nil && f.Tolerance.Words == "" {
			t.Errorf("%s has a tolerance without words", f.Name)
		}
	}
}

// Every field of the figures of a set of requests is read by an entry: of two sets
// that differ in one field alone, some figure differs.
func TestEveryFieldIsAFigure(t *testing.T) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[metrics.Figures]()) {
		var f metrics.Figures
		v := reflect.ValueOf(&f).Elem().FieldByIndex(field.Index)
		fill(v)
		none, run := metrics.Figures{}, &metrics.Run{}
		if !slices.ContainsFunc(figures.All(), func(x figures.Figure) bool {
			before, had := x.Of(run, &none)
			after, has := x.Of(run, &f)
			return had != has || before != after
		}) {
			t.Errorf("no figure says anything of %s", field.Name)
		}
	}
}

// fill gives a value, and all that it is made of, the number 1.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(1)
	}
}

// A figure is of the whole run, a phase or a class, as far as it is known; where it
// has no value it has none, or is 0 if it says so.
func TestValue(t *testing.T) {
	half, ten := 0.5, 10.0
	run := &metrics.Run{
		Figures: metrics.Figures{Requests: 9, ComputesPerS: &ten},
		Loads:   metrics.Loads{Computes: 3},
		Phases:  map[string]metrics.Figures{"burst": {Requests: 4, HitRatio: &half}},
		Classes: map[string]metrics.Figures{"page": {Requests: 5}},
	}
	unknown := &metrics.Run{LoadsUnknown: true, Loads: metrics.Loads{Computes: 3}}
	for _, c := range []struct {
		name         string
		run          *metrics.Run
		phase, class string
		want         float64
		ok           bool
	}{
		{"requests", run, "", "", 9, true},
		{"requests", run, "burst", "", 4, true},
		{"requests", run, "", "page", 5, true},
		{"hit_ratio", run, "burst", "", 0.5, true},
		{"hit_ratio", run, "", "", 0, false},
		{"computes_per_s", run, "", "", 10, true},
		{"computes_per_s", run, "", "page", 0, false},
		{"computes", run, "", "", 3, true},
		{"computes", run, "burst", "", 0, false},
		{"computes", unknown, "", "", 0, false},
		{"failure_ratio", unknown, "", "", 0, false},
		{"staleness_max", run, "", "", 0, true},
		{"warmer_runs", run, "", "", 0, true},
		{"cache_gets", run, "", "", 0, false},
		{"age_p99", run, "", "", 0, false},
	} {
		f, found := figures.All().Find(c.name)
		if !found {
			t.Fatalf("there is no %s", c.name)
		}
		if got, ok := f.Value(c.run, c.phase, c.class); got != c.want || ok != c.ok {
			t.Errorf("%s of phase %q, class %q = %g, %v, want %g, %v", c.name, c.phase, c.class, got, ok, c.want, c.ok)
		}
	}
	if _, found := figures.All().Find("herdpeak"); found {
		t.Error("herdpeak is found")
	}
}
