package scenarios

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/ring"
	"github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/workloads"
)

// checkOrigin wants the one setting that no default would be honest for.
func checkOrigin(c checker) {
	const path = "fleet.origin.latency"
	if latency := c.root.Find(path); latency == nil {
		c.addf(path, "%s is missing: say how long one load takes, such as 50ms", path)
	} else if latency.Kind == settings.Mapping && len(latency.Fields) == 0 {
		c.addf(path, "%s says nothing: write how long one load takes, such as 50ms", path)
	}
	if err := c.Fleet.Origin.Latency.Validate(); err != nil {
		c.addf(path, "%v", err)
	}
}

// checkMemory refuses nodes that have no room for any entry at all.
func checkMemory(c checker) {
	refuse := func(path string, bytes int64) {
		const format = "%dB have no room for any value: an entry takes %d bytes, and its key and value; write more, or 0 for no limit"
		c.refuseIf(bytes > 0 && bytes <= tier.PerItem, path, format, bytes, tier.PerItem)
	}
	cache, least := c.Fleet.Cache, tier.PerItem+1+smallestValue(c.Workload)
	refuse("fleet.cache.memory", cache.Memory)
	c.refuseIf(cache.Memory > tier.PerItem && cache.Memory < least, "fleet.cache.memory",
		"%dB are less than the smallest value takes, which is %d bytes with its key; write more, or 0 for no limit", cache.Memory, least)
	refuse("fleet.cache.max_item", cache.MaxItem)
	for i, own := range cache.Own {
		refuse("fleet.cache.own."+strconv.Itoa(i)+".memory", own.Memory)
	}
}

// checkRing refuses to take a node off a ring whose keys stay with it.
func checkRing(c checker) {
	cache := c.Fleet.Cache
	c.refuseIf(cache.EjectAfter > 0 && cache.Gutter == 0 && cache.Ring == ring.RedisCluster && len(cache.Rings) == 0, "fleet.cache.eject_after",
		"a client of Redis Cluster moves no slots, and the keys of a node that is down fail until it is back: leave eject_after out, or choose another ring")
}

// checkOwnNodes checks the named caches that have nodes of their own.
func checkOwnNodes(c checker) {
	known := c.Caches()[1:]
	var seen []string
	for i, own := range c.Fleet.Cache.Own {
		at := c.item("fleet.cache.own", i).Place("cache")
		switch {
		case !slices.Contains(known, own.Cache):
			c.errs.Addf(at, "no class names a cache %q", own.Cache).Hint = spelling.Suggest(own.Cache, known)
		case slices.Contains(seen, own.Cache):
			c.errs.Addf(at, "cache %q is given nodes twice", own.Cache)
		case c.Fleet.Cache.Gutter > 0:
			c.errs.Addf(at, "fleet.cache.gutter stands in for nodes that all caches share: leave it out where one has its own")
		}
		seen = append(seen, own.Cache)
	}
}

// checkProcesses refuses processes without a worker, and what makes no sense where values
// live in the processes of the boxes.
func checkProcesses(c checker) {
	c.refuseIf(c.Fleet.Processes > c.Fleet.Workers, "fleet.processes",
		"a box has %d processes and %d workers, of which each process needs one", c.Fleet.Processes, c.Fleet.Workers)
	if c.Fleet.Cache.Values != tier.InProcess {
		return
	}
	c.refuseIf(c.Fleet.Cache.Dialect() != "", "fleet.cache.expiry",
		"fleet.cache.values is process: no memcached counts the time of a value; write expiry: exact")
	for i, class := range c.Workload {
		if class.Session {
			c.errs.Addf(c.item("workload", i).Place("session"), "fleet.cache.values is process: a user would be logged in at one box and not at the others; write values: nodes")
		}
	}
}

// checkDisk refuses a file cache that cannot be.
func checkDisk(c checker) {
	disk := c.Fleet.Disk
	if disk == nil {
		return
	}
	c.refuseIf(disk.MaxEntries == 0, "fleet.disk.max_entries", "max_entries is 0: write 1 or more, or -1 with cull: manual")
	c.refuseIf(disk.MaxEntries < 0 && disk.Cull != "manual", "fleet.disk.max_entries",
		"max_entries is -1, which is without limit, and cull is %s: write 1 or more, or cull: manual", disk.Cull)
	c.refuseIf(c.Fleet.Cache.Values == tier.InProcess, "fleet.cache.values",
		"fleet.cache.values is process, and fleet.disk has values too: leave one of them out")
	c.refuseIf(c.Fleet.Front != nil, "fleet.disk",
		"fleet.front answers from the shared cache, and fleet.disk has the values: leave one of them out")
}

// checkFront sees that what a front needs is there, and nothing that it cannot
// have; and that nobody speaks of a front where there is none.
func checkFront(c checker) {
	front := c.Fleet.Front
	for i, class := range c.Workload {
		at := c.item("workload", i)
		switch {
		case class.SignedIn != nil && front == nil:
			c.errs.Addf(at.Place("signed_in"), "signed_in means nothing without fleet.front: boxes do not look whose a page is")
		case class.Session && front != nil:
			c.errs.Addf(at.Place("session"), "behind a front there are pages, and no class of sessions")
		case front != nil && class.Trace != nil && front.Key.Query != front.AppKey.Query:
			c.errs.Addf(at.Place("trace"), "fleet.front.key and fleet.front.app_key differ in query, %q and %q: a page whose address has one would never be found; give both the same with a trace", front.Key.Query, front.AppKey.Query)
		case front != nil && class.Cache != "" && class.Cache != world.DefaultCache:
			c.errs.Addf(at.Place("cache"), "behind a front there is one cache, whose pages it finds by their addresses")
		}
	}
	if front == nil {
		return
	}
	cache := c.Fleet.Cache
	c.refuseIf(cache.Nodes != 1 && !front.HTTPCache(), "fleet.cache.nodes", "a front asks one cache node, and there are %d", cache.Nodes)
	c.refuseIf(cache.Values == tier.InProcess, "fleet.cache.values", "a front finds no values that are in the memory of a process")
	c.refuseIf(c.Fleet.Balancer.Check > 0, "fleet.balancer.check", "a front has no health check of the boxes: remove it")
	checkSite(c, front)
}

// checkSite checks what ends up in addresses, keys and the configuration of a
// server.
func checkSite(c checker, front *front.Config) {
	for _, x := range []struct{ field, text string }{
		{"host", front.Host}, {"query", front.Query}, {"key.prefix", front.Key.Prefix}, {"app_key.prefix", front.AppKey.Prefix},
	} {
		c.refuseIf(strings.ContainsFunc(x.text, isReserved), "fleet.front."+x.field,
			"%s: %q has a sign that cannot be: letters, digits and - . _ : = & %% + ~ / [ ] can", x.field, x.text)
		c.refuseIf(len(x.text) > 100, "fleet.front."+x.field, "%s: %d signs are too many: 100 are allowed", x.field, len(x.text))
	}
	c.refuseIf(front.Host == "", "fleet.front.host",
		"host is empty, and a site has one: write its name, such as www.example.com, or remove host")
	wholeSeconds := func(field string, d time.Duration) {
		c.refuseIf(d%time.Second != 0, "fleet.front."+field, "%s: %v is not in whole seconds, which is what such a cache counts in", field, d)
	}
	wholeSeconds("fallback.keep", front.Fallback.Keep)
	wholeSeconds("fallback.grace", front.Fallback.Grace)
	wholeSeconds("max_age", front.MaxAge)
	c.refuseIf(front.Nginx.Background && !slices.Contains(front.Nginx.UseStale, "updating"), "fleet.front.nginx.background_update",
		"background_update does nothing unless an expired page is served meanwhile: write use_stale: [updating] as well")
	c.refuseIf(front.Key.User && (front.Cache == "squid" || front.Cache == "haproxy"), "fleet.front.key.user",
		"%s keeps a page under its address alone: remove user, or take nginx or varnish", front.Cache)
	proxy := front.HAProxy
	c.refuseIf(proxy.TotalMaxSize%(1<<20) != 0, "fleet.front.haproxy.total_max_size", "HAProxy counts its memory in whole MiB: write 4MiB, say")
	c.refuseIf(proxy.MaxObjectSize > proxy.TotalMaxSize/2, "fleet.front.haproxy.max_object_size",
		"HAProxy takes at most half of total_max_size for one page, and refuses more")
}

// isReserved reports whether a sign has a meaning of its own in an address, a key
// of memcached or a configuration.
func isReserved(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._:=&%+~/[]", r))
}

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
