package scenarios

import (
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/world"
)

// checkFront sees that what a front needs is there, and nothing that it cannot
// have; and that nobody speaks of a front where there is none.
func (s *Scenario) checkFront(root *node, errs *problems) {
	front := s.Fleet.Front
	for i, class := range s.Workload {
		at := root.get("workload").items[i]
		switch {
		case class.SignedIn != nil && front == nil:
			errs.add(at.place("signed_in").errorf("signed_in means nothing without fleet.front: boxes do not look whose a page is"))
		case class.Session && front != nil:
			errs.add(at.place("session").errorf("behind a front there are pages, and no class of sessions"))
		case front != nil && class.Cache != "" && class.Cache != world.DefaultCache:
			errs.add(at.place("cache").errorf("behind a front there is one cache, whose pages it finds by their addresses"))
		}
	}
	for i, f := range s.Faults {
		at := root.get("faults").items[i].place("kind")
		why := notBehindFront()[f.Kind]
		switch {
		case front == nil && f.Kind == "cache-sessions":
			errs.add(at.errorf("cache-sessions is a mistake in the configuration of fleet.front, and there is none"))
		case front != nil && why != "":
			errs.add(at.errorf("there is no %s behind fleet.front: %s", f.Kind, why))
		}
	}
	if front == nil {
		return
	}
	s.checkBehindFront(root, errs)
	checkSite(front, root.get("fleet").get("front"), errs)
}

// notBehindFront are the faults that there are not, with the reasons.
func notBehindFront() map[string]string {
	const list = "it has one cache node, which its configuration names"
	return map[string]string{
		"readmit": "the front lets everybody in",
		"deploy":  "a new version of keys would have to be told to it, too",

		"node-join": list, "node-leave": list,
	}
}

// checkBehindFront checks the fleet that a front stands before.
func (s *Scenario) checkBehindFront(root *node, errs *problems) {
	if n := s.Fleet.Cache.Nodes; n != 1 {
		errs.add(root.place("fleet.cache.nodes").errorf("a front asks one cache node, and there are %d", n))
	}
	if s.Fleet.Cache.Values == world.InProcess {
		errs.add(root.place("fleet.cache.values").errorf("a front finds no values that are in the memory of a process"))
	}
	if s.Fleet.Balancer.Check > 0 {
		errs.add(root.place("fleet.balancer.check").errorf("a front has no health check of the boxes: remove it"))
	}
}

// checkSite checks what ends up in addresses, keys and the configuration of a
// server.
func checkSite(front *world.FrontConfig, at *node, errs *problems) {
	for _, x := range []struct{ field, text string }{
		{"host", front.Host}, {"query", front.Query}, {"key.prefix", front.Key.Prefix}, {"app_key.prefix", front.AppKey.Prefix},
	} {
		if strings.ContainsFunc(x.text, strange) {
			errs.add(at.place(x.field).errorf("%s: %q has a sign that cannot be: letters, digits and - . _ : = & %% + ~ / [ ] can", x.field, x.text))
		}
		if len(x.text) > 100 {
			errs.add(at.place(x.field).errorf("%s: %d signs are too many: 100 are allowed", x.field, len(x.text)))
		}
	}
	if front.Host == "" {
		errs.add(at.place("host").errorf("host is empty, and a site has one: write its name, such as www.example.com, or remove host"))
	}
	for _, x := range []struct {
		field string
		d     time.Duration
	}{{"fallback.keep", front.Fallback.Keep}, {"fallback.grace", front.Fallback.Grace}} {
		if x.d%time.Second != 0 {
			errs.add(at.place(x.field).errorf("%s: %v is not in whole seconds, which is what such a cache counts in", x.field, x.d))
		}
	}
}

// strange is what has a meaning of its own in an address, a key of memcached or a
// configuration.
func strange(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._:=&%+~/[]", r))
}

// checkPages refuses a strategy that keeps something else than pages in their
// places.
func (s *Scenario) checkPages(e *Entry, errs *problems) {
	for ; e != nil; e = e.Over {
		if kind, _ := catalog.Find(e.Kind); s.Fleet.Front != nil && kind.NotBehindFront != "" {
			errs.add(e.at.errorf("strategy %q: behind fleet.front %s", e.Name, kind.NotBehindFront))
		}
	}
}
