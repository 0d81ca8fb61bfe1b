package scenarios

import (
	"errors"
	"slices"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/workloads"
)

// checkWorkload checks every class by itself, and that some class has keys.
func checkWorkload(c checker) {
	if len(c.Workload) == 0 {
		c.addf("workload", "the workload is empty: name at least one class of requests")
		return
	}
	keys := false
	seen := map[string]int{} // line by name
	for i, class := range c.Workload {
		at := c.item("workload", i)
		place := at.Place("class")
		if first, twice := seen[class.Class]; twice {
			c.errs.Addf(place, "there are two classes %q, first on line %d", class.Class, first)
		}
		seen[class.Class] = place.Line
		checkName(c.errs, "class", class.Class, place)
		keys = keys || !class.Bystander()
		if class.Cache != "" {
			checkName(c.errs, "cache", class.Cache, at.Place("cache"))
			checkNoCache(c, class.Cache, at.Place("cache"))
		}
		// Each class by itself, so that the error is about this one.
		if _, err := workloads.New(c.Seed, c.Duration, c.Workload[i:i+1]); err != nil { // opens nothing yet
			addFieldError(at, err, c.errs)
		}
	}
	c.refuseIf(!keys, "workload", "no class has keys: without them no request meets the cache")
}

// addFieldError puts an error of package workloads at the field it is about.
func addFieldError(n *settings.Node, err error, errs *settings.Problems) {
	var field *workloads.FieldError
	if errors.As(err, &field) {
		errs.Addf(n.Place(field.Path), "%s: %s", field.Path, field.Msg)
		return
	}
	errs.Addf(n.At, "%v", err)
}

// checkNoCache refuses the name of a cache that was to be none, unless something
// else names that cache.
func checkNoCache(c checker, cache string, at settings.Place) {
	named := slices.ContainsFunc(c.Fleet.Cache.Own, func(own tier.Own) bool { return own.Cache == cache }) || fault.NamesCache(c.Faults, cache)
	if cache == world.NoCache || named || spelling.Suggest(cache, []string{world.NoCache}) == "" {
		return
	}
	const format = "cache %q would be a cache of that name, with values and keys of its own: write none for no cache, or another name"
	c.errs.Addf(at, format, cache).Hint = world.NoCache
}

// smallestValue is the size of the smallest value that is cached: 0 where one may
// be as small as can be.
func smallestValue(classes []workloads.Class) int64 {
	var sizes []int64
	for _, class := range classes {
		if !class.Bystander() && class.Cache != world.NoCache {
			sizes = append(sizes, class.LeastSize())
		}
	}
	if len(sizes) == 0 {
		return 0
	}
	return slices.Min(sizes)
}

// keyCount is how many keys the classes have at most; not known of a trace.
func keyCount(classes []workloads.Class) (keys int, known bool) {
	for _, class := range classes {
		if class.Trace != nil {
			return 0, false
		}
		if class.Keys != nil && !class.Session { // users are logged in by themselves
			keys += class.Keys.Count
		}
	}
	return keys, true
}

// checkWarmers refuses warmers of keys that nobody asks for.
func checkWarmers(c checker) {
	var names []string
	for _, class := range c.Workload {
		names = append(names, class.Class)
	}
	for i, w := range c.Fleet.Warmers {
		at := c.item("fleet.warmers", i)
		n := slices.Index(names, w.Class)
		if n < 0 {
			c.errs.Addf(at.Place("class"), "there is no class %q to warm", w.Class).Hint = spelling.Suggest(w.Class, names)
			continue
		}
		class := c.Workload[n]
		switch {
		case class.Keys == nil:
			c.errs.Addf(at.Place("class"), "class %q has no keys of its own to warm", w.Class)
		case class.Session:
			c.errs.Addf(at.Place("class"), "class %q is of sessions: nobody can compute them ahead", w.Class)
		case class.Cache == world.NoCache:
			c.errs.Addf(at.Place("class"), "class %q has cache: none, so that nothing can be computed ahead for it: take its warmers away, by with: {fleet.warmers: []} for one strategy", w.Class)
		case w.Keys > class.Keys.Count:
			c.errs.Addf(at.Place("keys"), "class %q has only %s: write %d or less", w.Class, spelling.Count(class.Keys.Count, "key"), class.Keys.Count)
		}
		if w.From >= c.Duration {
			c.errs.Addf(at.Place("from"), "the first run begins at %v, and the traffic ends at %v", w.From, c.Duration)
		}
	}
}
