// Package drawn makes scenarios at random from the scenario language, for a validation
// that goes looking: settings, faults and strategies that nobody put together, short and
// slow enough to be run on real parts. What the simulator tells wrong of one is shrunk to
// the few settings that it takes.
//
// A setting that is drawn is tried on the scenario so far and left out if it is refused
// there, so that what needs or excludes another one is known in one place, the loader.
package drawn

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/internal/world/tier"
)

// Scenario is what was drawn.
type Scenario struct {
	seed  uint64
	parts []part
}

// part is one setting, or one item of a list.
type part struct {
	where place
	text  string
	base  bool // belongs to every scenario
}

// place is where a part stands in the file.
type place string

const (
	top      place = ""
	fleet    place = "fleet"
	balancer place = "balancer" // in fleet, as the next two
	cache    place = "cache"
	origin   place = "origin"
	client   place = "client"
	page     place = "page" // the class that asks for keys
	classes  place = "workload"
	faults   place = "faults"
	strategy place = "strategies"
)

// lasts is how long requests arrive: long enough for lives to end and nodes to come back,
// and short enough for a hundred scenarios an hour.
const lasts = 6 * time.Second

// Draw makes the scenario of a seed. Accept says what is wrong with a scenario, if
// anything is; what cannot be added without that is left out.
func Draw(seed uint64, accept func(text string) error) (*Scenario, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	s := &Scenario{seed: seed}
	kind := pick(rng, slices.DeleteFunc(catalog.All(), func(k catalog.Kind) bool { return k.Over }))
	s.parts = []part{
		{top, fmt.Sprintf("seed: %d", seed), true},
		{top, fmt.Sprintf("duration: %v", lasts), true},
		{origin, "latency: " + pick(rng, []string{"20ms", "70ms", "150ms", "400ms", "{median: 40ms, p99: 200ms}"}), true},
		{page, "rate: " + pick(rng, []string{"20/s", "50/s", "100/s"}), true},
		{page, "keys: " + pick(rng, []string{
			"{count: 1}", "{count: 10}", "{count: 40, zipf: 1}", "{count: 200, zipf: 0.8}", "{count: 40, one_hit: 10%}", "{count: 40, hot: {keys: 1, share: 50%}}",
		}), true},
		{strategy, kind.Name, true},
	}
	if err := accept(s.Text()); err != nil {
		return nil, fmt.Errorf("the base of scenario %d: %w", seed, err)
	}
	candidates := slices.Concat(worlds(rng), settings(rng, kind), injuries(rng))
	rng.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
	for _, p := range candidates {
		with := &Scenario{seed, append(slices.Clone(s.parts), p)}
		if accept(with.Text()) == nil {
			s = with
		}
	}
	return s, nil
}

// pick draws one of a list.
func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// choice is a setting of the world, with values that matter within a few seconds.
type choice struct {
	where  place
	name   string
	values string // separated by "|"
}

func choices() []choice {
	c, _ := reflect.TypeFor[tier.Config]().FieldByName("Ring")
	rings := strings.ReplaceAll(c.Tag.Get("enum"), ",", "|")
	return []choice{
		{top, "warm", "10|40|200"},
		{fleet, "boxes", "2|3|4"},
		{fleet, "workers", "2|4|8|32"},
		{fleet, "queue", "10|5|20"},
		{fleet, "cores", "1|2"},
		{fleet, "cpu", "1ms|4ms"},
		{balancer, "policy", "random|least-busy|by-key"},
		{balancer, "check", "500ms"},
		{balancer, "timeouts", "1|5"},
		{balancer, "eject_for", "1s"},
		{cache, "nodes", "2|3|4"},
		{cache, "ring", rings},
		{cache, "memory", "300KB|1MB"},
		{cache, "max_item", "1KiB"},
		{cache, "eviction", "random|none"},
		{cache, "expiry", "memcached|django"},
		{cache, "timeout", "50ms|500ms"},
		{cache, "fail_fast", "300ms|1s"},
		{cache, "eject_after", "1|3"},
		{cache, "retry_after", "500ms|2s"},
		{cache, "on_return", "flush"},
		{cache, "look_back", "1s"},
		{cache, "gutter", "1"},
		{cache, "gutter_ttl", "500ms"},
		{cache, "values", "process"},
		{origin, "concurrency", "2|5|20"},
		{origin, "queue", "5|50"},
		{origin, "degrade", "10%"},
		{origin, "errors", "5%|30%"},
		{origin, "timeout", "100ms|300ms"},
		{origin, "write", "30ms"},
		{client, "timeout", "200ms|1s|3s"},
		{client, "retries", "1|3"},
		{client, "backoff", "fixed|exponential"},
		{client, "budget", "10%"},
		{page, "writes", "2%|20%"},
		{page, "size", "100B|10KB|{median: 1KB, p99: 20KB}"},
		{page, "burst", "{at: 2s, requests: 60, over: 100ms}|{at: 2s, requests: 60, over: 1s}"},
		{page, "until", "4s"},
		{page, "arrivals", "constant"},
		{page, "cost", "2ms"},
		{classes, "", "{class: bystander, rate: 20/s}|{class: other, rate: 20/s, keys: {count: 5}, cache: other}"},
	}
}

// worlds draws a third of the choices.
func worlds(rng *rand.Rand) (list []part) {
	for _, c := range choices() {
		if value := pick(rng, strings.Split(c.values, "|")); rng.IntN(3) == 0 {
			list = append(list, part{where: c.where, text: named(c.name, value)})
		}
	}
	return list
}

// settings draws half of a strategy's settings, by their tags: a strategy that is added
// is drawn, too.
func settings(rng *rand.Rand, kind catalog.Kind) (list []part) {
	for _, f := range tag.Fields(kind.Settings()) {
		if value := valueOf(rng, f); value != "" && rng.IntN(2) == 0 {
			list = append(list, part{where: strategy, text: named(f.Name, value)})
		}
	}
	return list
}

// valueOf draws a value for a setting; none for what has parts of its own.
func valueOf(rng *rand.Rand, f tag.Field) string {
	switch {
	case len(f.Enum) > 0 && f.Type.Kind() == reflect.String:
		return pick(rng, f.Enum)
	case f.Type == reflect.TypeFor[time.Duration]():
		return pick(rng, []string{"50ms", "200ms", "500ms", "1s", "2s", "4s"})
	case f.Type.Kind() == reflect.Bool:
		return "true"
	case f.Unit == "share":
		return pick(rng, []string{"10%", "50%"})
	case f.Type.Kind() == reflect.Int:
		return pick(rng, []string{"1", "2", "5"})
	}
	return ""
}

// injuries draws up to two faults, by the tags of their kinds.
func injuries(rng *rand.Rand) (list []part) {
	for range rng.IntN(3) {
		k := pick(rng, fault.Kinds())
		text := fmt.Sprintf("kind: %s, at: %s", k.Name, pick(rng, []string{"1s", "2s", "3s"}))
		for _, f := range tag.Fields(reflect.TypeOf(k.Fault)) {
			value := ""
			switch f.Name {
			case "at":
			case "for":
				value = pick(rng, []string{"500ms", "1500ms"})
			case "every", "over", "hold":
				value = pick(rng, []string{"500ms", "1s"})
			case "node", "box":
				value = pick(rng, []string{"0", "0", "1"})
			case "factor":
				value = pick(rng, []string{"3", "10"})
			default:
				if rng.IntN(2) == 0 {
					value = valueOf(rng, f)
				}
			}
			if value != "" {
				text += ", " + named(f.Name, value)
			}
		}
		list = append(list, part{where: faults, text: "{" + text + "}"})
	}
	return list
}

func named(name, value string) string {
	if name == "" {
		return value
	}
	return name + ": " + value
}

// Name is that of the scenario of a seed.
func (s *Scenario) Name() string { return fmt.Sprintf("drawn-%d", s.seed) }

// Text is the file.
func (s *Scenario) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\n", s.Name())
	for _, t := range s.at(top) {
		fmt.Fprintln(&b, t)
	}
	b.WriteString("fleet:\n")
	for _, t := range s.at(fleet) {
		fmt.Fprintf(&b, "  %s\n", t)
	}
	for _, of := range []place{balancer, cache, origin} {
		if list := s.at(of); len(list) > 0 {
			fmt.Fprintf(&b, "  %s: {%s}\n", of, strings.Join(list, ", "))
		}
	}
	fmt.Fprintf(&b, "workload:\n  - {class: page, %s}\n", strings.Join(s.at(page), ", "))
	for _, t := range s.at(classes) {
		fmt.Fprintf(&b, "  - %s\n", t)
	}
	if list := s.at(client); len(list) > 0 {
		fmt.Fprintf(&b, "client: {%s}\n", strings.Join(list, ", "))
	}
	if list := s.at(faults); len(list) > 0 {
		fmt.Fprintf(&b, "faults:\n  - %s\n", strings.Join(list, "\n  - "))
	}
	of := s.at(strategy)
	fmt.Fprintf(&b, "strategies:\n  %s: {%s}\n", of[0], strings.Join(of[1:], ", "))
	return b.String()
}

// at are the parts that stand in one place.
func (s *Scenario) at(where place) (list []string) {
	for _, p := range s.parts {
		if p.where == where {
			list = append(list, p.text)
		}
	}
	return list
}

// Shrink takes parts away, one at a time, as long as what is left still shows what is
// wrong. A part that another one needs stays, since a scenario without it is refused. An
// error of shows ends the search, with the smallest so far.
func (s *Scenario) Shrink(accept func(text string) error, shows func(*Scenario) (bool, error)) (*Scenario, error) {
	for again := true; again; {
		again = false
		for i := len(s.parts) - 1; i >= 0; i-- {
			if s.parts[i].base {
				continue
			}
			less := &Scenario{s.seed, slices.Delete(slices.Clone(s.parts), i, i+1)}
			if accept(less.Text()) != nil {
				continue
			}
			still, err := shows(less)
			if err != nil {
				return s, err
			}
			if still {
				s, again = less, true
			}
		}
	}
	return s, nil
}
