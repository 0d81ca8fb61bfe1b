package scenarios

import (
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// checkFront sees that what a front needs is there, and nothing that it cannot
// have; and that nobody speaks of a front where there is none.
func (s *Scenario) checkFront(root *settings.Node, errs *settings.Problems) {
	front := s.Fleet.Front
	for i, class := range s.Workload {
		at := root.Get("workload").Items[i]
		switch {
		case class.SignedIn != nil && front == nil:
			errs.Addf(at.Place("signed_in"), "signed_in means nothing without fleet.front: boxes do not look whose a page is")
		case class.Session && front != nil:
			errs.Addf(at.Place("session"), "behind a front there are pages, and no class of sessions")
		case front != nil && class.Cache != "" && class.Cache != world.DefaultCache:
			errs.Addf(at.Place("cache"), "behind a front there is one cache, whose pages it finds by their addresses")
		}
	}
	if front == nil {
		return
	}
	s.checkBehindFront(root, errs)
	checkSite(front, root.Get("fleet").Get("front"), errs)
}

// checkBehindFront checks the fleet that a front stands before.
func (s *Scenario) checkBehindFront(root *settings.Node, errs *settings.Problems) {
	if n := s.Fleet.Cache.Nodes; n != 1 {
		errs.Addf(root.Place("fleet.cache.nodes"), "a front asks one cache node, and there are %d", n)
	}
	if s.Fleet.Cache.Values == tier.InProcess {
		errs.Addf(root.Place("fleet.cache.values"), "a front finds no values that are in the memory of a process")
	}
	if s.Fleet.Balancer.Check > 0 {
		errs.Addf(root.Place("fleet.balancer.check"), "a front has no health check of the boxes: remove it")
	}
}

// checkSite checks what ends up in addresses, keys and the configuration of a
// server.
func checkSite(front *world.FrontConfig, at *settings.Node, errs *settings.Problems) {
	for _, x := range []struct{ field, text string }{
		{"host", front.Host}, {"query", front.Query}, {"key.prefix", front.Key.Prefix}, {"app_key.prefix", front.AppKey.Prefix},
	} {
		if strings.ContainsFunc(x.text, strange) {
			errs.Addf(at.Place(x.field), "%s: %q has a sign that cannot be: letters, digits and - . _ : = & %% + ~ / [ ] can", x.field, x.text)
		}
		if len(x.text) > 100 {
			errs.Addf(at.Place(x.field), "%s: %d signs are too many: 100 are allowed", x.field, len(x.text))
		}
	}
	if front.Host == "" {
		errs.Addf(at.Place("host"), "host is empty, and a site has one: write its name, such as www.example.com, or remove host")
	}
	for _, x := range []struct {
		field string
		d     time.Duration
	}{{"fallback.keep", front.Fallback.Keep}, {"fallback.grace", front.Fallback.Grace}} {
		if x.d%time.Second != 0 {
			errs.Addf(at.Place(x.field), "%s: %v is not in whole seconds, which is what such a cache counts in", x.field, x.d)
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
func (s *Scenario) checkPages(e *Entry, errs *settings.Problems) {
	for ; e != nil; e = e.Over {
		if kind, _ := catalog.Find(e.Kind); s.Fleet.Front != nil && kind.NotBehindFront != "" {
			errs.Addf(e.at, "strategy %q: behind fleet.front %s", e.Name, kind.NotBehindFront)
		}
	}
}
