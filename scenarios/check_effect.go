package scenarios

import (
	"fmt"
	"reflect"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// effects are the settings of a file that need another one. One that has no effect
// for any strategy, in neither world, is a mistake.
type effects struct {
	order []settings.Place
	why   map[settings.Place]string // it has none, as far as was looked
	works map[settings.Place]bool
}

// need is a setting and whether it has no effect, with the reason.
type need struct {
	path string
	moot bool
	why  string
}

// look looks at the scenario as each of its strategies sees it.
func (x *effects) look(s *Scenario, root *settings.Node) {
	for i := range s.Strategies {
		e := &s.Strategies[i]
		tree, seen := root, s
		if e.view != nil {
			tree = e.view.root
			seen, _ = s.For(*e) // what has a view can be seen
		}
		x.note(tree, needsOfWorld(seen))
		for ; e != nil; e = e.Over {
			x.note(e.node, needsOfStrategy(e.Config))
		}
	}
}

func (x *effects) note(n *settings.Node, list []need) {
	for _, s := range list {
		setting := n.Find(s.path)
		switch {
		case setting == nil:
		case !s.moot:
			x.works[setting.At] = true
		case x.why[setting.At] == "":
			x.order = append(x.order, setting.At)
			x.why[setting.At] = s.why
		}
	}
}

// report refuses what has no effect. Where a command line has changed something,
// only its own settings count: it may have switched off what the file has.
func (x *effects) report(changed bool, errs *settings.Problems) {
	for _, at := range x.order {
		if !x.works[at] && (at.Source.Override || !changed) {
			errs.Addf(at, "%s", x.why[at])
		}
	}
}

// without is the reason of a setting that another one would make effective.
func without(name, other string) string {
	return fmt.Sprintf("%s means nothing without %s: write that too, or remove this", name, other)
}

// needsOfWorld are the settings of the world that need another one.
func needsOfWorld(s *Scenario) []need {
	c, b, client := s.Fleet.Cache, s.Fleet.Balancer, s.Client
	list := []need{
		{"fleet.cache.process", c.Values != tier.InProcess, without("process", "values: process")},
		{"fleet.cache.gutter_ttl", c.Gutter == 0, without("gutter_ttl", "gutter")},
		{"fleet.cache.retry_after", c.EjectAfter == 0, without("retry_after", "eject_after, which takes a node off the ring")},
		{"fleet.cache.on_return", c.EjectAfter == 0 && c.OnReturn != "keep", without("on_return", "eject_after, which takes a node off the ring")},
		{"fleet.balancer.max_cpu", b.Check == 0 && b.MaxCPU > 0, without("max_cpu", "check, the interval of the health check")},
		{"fleet.balancer.timeouts", b.Check == 0 && b.Timeouts > 0, without("timeouts", "check, the interval of the health check")},
		{"fleet.balancer.eject_for", b.Check == 0, without("eject_for", "check, the interval of the health check")},
		{"fleet.balancer.max_out", b.Check == 0 && b.MaxOut > 0, without("max_out", "check, the interval of the health check")},
		{"client.backoff", client.Retries == 0 && client.Backoff != "none", without("backoff", "retries")},
		{"client.budget", client.Retries == 0 && client.Budget > 0, without("budget", "retries")},
		{"client.base", client.Retries == 0 || client.Backoff == "none", without("base", "retries and a backoff")},
		{"client.cap", client.Retries == 0 || client.Backoff != "exponential", without("cap", "retries and backoff: exponential")},
	}
	if front := s.Fleet.Front; front != nil {
		for _, field := range []string{"keep", "grace", "lock_timeout", "lock_age"} {
			list = append(list, need{"fleet.front.fallback." + field, !front.Fallback.Lock, without(field, "lock: true, which makes the cache")})
		}
	}
	list = append(list, mootInFaults(s)...)
	if keys, known := keyCount(s.Workload); known {
		list = append(list, need{"warm", s.Warm > keys, fmt.Sprintf("warm is %d, and the classes have %s: write %d or less", s.Warm, spelling.Count(keys, "key"), keys)})
	}
	return list
}

// needsOfStrategy are the settings of a strategy that have no effect without others,
// by their tags. A word that is the default anyway is no mistake.
func needsOfStrategy(config any) []need {
	var list []need
	v := reflect.ValueOf(config).Elem()
	for _, f := range tag.Fields(v.Type()) {
		if f.With == "" {
			continue
		}
		value := v.FieldByIndex(f.Index)
		spared := value.Kind() == reflect.String && value.String() == f.Default
		list = append(list, need{f.Name, !spared && !tag.Met(config, f.With), without(f.Name, f.With)})
	}
	return list
}
