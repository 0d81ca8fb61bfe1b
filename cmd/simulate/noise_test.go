//go:build !race

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/internal/verdict"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
	"github.com/herdlab/herdlab/scenarios"
)

// What the report of long-tail says of its strategies does not depend on the first
// seed: under one seed the title of its p99 praised publish or blamed it.
func TestNoTitleOfNoise(t *testing.T) {
	sc, err := scenarios.Named("long-tail", nil)
	if err != nil {
		t.Fatal(err)
	}
	const firsts = 5
	each := sc.Seeds
	sc.Seeds = each + firsts - 1
	all, err := lab.Execute(sc, lab.Options{Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual"})
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Runs) != len(sc.Strategies)*sc.Seeds {
		t.Fatalf("%d runs of %d", len(all.Runs), len(sc.Strategies)*sc.Seeds)
	}
	var said []string
	for first := range uint64(firsts) {
		f := *all
		f.Runs = slices.DeleteFunc(slices.Clone(all.Runs), func(r *metrics.Run) bool { return r.Seed <= first || r.Seed > first+uint64(each) })
		f.Verdicts = verdict.Judge(&f, figures.All())
		v := view.New(&f, figures.All())
		list := charts.New(v)
		at := slices.IndexFunc(list, func(c charts.Chart) bool { return c.Name == "latency" })
		said = append(said, standing(v)+"; "+who(list[at].Title, sc))
		t.Logf("from seed %d: %s %s", first+1, v.Headline, list[at].Title)
	}
	if slices.ContainsFunc(said, func(s string) bool { return s != said[0] }) {
		t.Errorf("what is said depends on the first seed:\n%s", strings.Join(said, "\n"))
	}
}

// standing are the strategies with their places.
func standing(v *view.View) string {
	var list []string
	for _, s := range v.Standings {
		list = append(list, s.Name+" "+s.Place)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// who are the strategies that a title names, in its order.
func who(title string, sc *scenarios.Scenario) string {
	var list []string
	for _, word := range strings.FieldsFunc(title, func(r rune) bool { return strings.ContainsRune(" :,", r) }) {
		if slices.ContainsFunc(sc.Strategies, func(e scenarios.Entry) bool { return e.Name == word }) {
			list = append(list, word)
		}
	}
	return strings.Join(list, " before ")
}
