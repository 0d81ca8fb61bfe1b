package scenarios

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/front"
	"github.com/herdlab/herdlab/internal/world/tier"
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

// checkProcesses refuses what makes no sense where values live in the processes
// of the boxes.
func checkProcesses(c checker) {
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
		case front != nil && class.Cache != "" && class.Cache != world.DefaultCache:
			c.errs.Addf(at.Place("cache"), "behind a front there is one cache, whose pages it finds by their addresses")
		}
	}
	if front == nil {
		return
	}
	cache := c.Fleet.Cache
	c.refuseIf(cache.Nodes != 1, "fleet.cache.nodes", "a front asks one cache node, and there are %d", cache.Nodes)
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
}

// isReserved reports whether a sign has a meaning of its own in an address, a key
// of memcached or a configuration.
func isReserved(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._:=&%+~/[]", r))
}
