package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/view"
)

// notions are words of the page that are no figure of it.
var notions = []view.Aside{
	{Title: "budget", Text: "what a strategy must keep to be ranked; one that does not is out, however fast it is"},
	{Title: "bystander", Text: "a class of requests that never touches the cache, on the same workers: it shows what a cache does to everything else"},
	{Title: "cold failure", Text: "a request that was refused rather than computed, as nothing was in the cache"},
	{Title: "effective", Text: "of a response time: a failure counts as the client's time-out, so that who refuses quickly is not fast"},
	{Title: "fresh, stale", Text: "a value is fresh until a strategy would refresh it, and stale from then on to its ttl"},
	{Title: "herd", Text: "loads of one key under way at once; one is needed, and every other computes what is being computed already"},
	{Title: "origin", Text: "what values are loaded from: the database, or whatever is slow"},
	{Title: "seed", Text: "a number that all randomness follows from; under one seed, all strategies meet the same requests"},
	{Title: "strategy", Text: "what a box does with a value that is missing or old, and with those who ask for it meanwhile"},
	{Title: "usable answer", Text: "an answer that is no failure; response times are of these alone unless they are called effective"},
	{Title: "virtual time", Text: "the simulator's own clock, on which a run is exact and is the same on every machine"},
}

// glossary are the words of a page with what they mean, in their order: figures that its
// tables have, and notions.
func glossary(v *view.View) []view.Aside {
	list := slices.Clone(notions)
	add := func(title, doc string) {
		if doc != "" && !slices.ContainsFunc(list, func(a view.Aside) bool { return a.Title == title }) {
			list = append(list, view.Aside{Title: title, Text: doc})
		}
	}
	for _, c := range v.Columns {
		add(c.Title, c.Doc)
	}
	for _, b := range v.Breakdowns {
		for _, c := range b.Columns {
			add(c.Title, c.Doc)
		}
	}
	for _, d := range v.Details {
		add(d.Title, d.Doc)
	}
	slices.SortStableFunc(list, func(a, b view.Aside) int {
		return cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	})
	return list
}
