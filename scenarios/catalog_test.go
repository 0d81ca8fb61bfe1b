package scenarios

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// TestKinds holds that the list and the map of the catalogue agree, and that
// every kind can be built from its defaults.
func TestKinds(t *testing.T) {
	if len(Kinds()) != len(catalogue()) {
		t.Errorf("Kinds has %d names, the catalogue %d", len(Kinds()), len(catalogue()))
	}
	for _, name := range Kinds() {
		k, ok := findKind(name)
		if !ok {
			t.Fatalf("%s is not in the catalogue", name)
		}
		e := Entry{Name: name, Kind: name, Config: k.config()}
		setDefaults(e.Config)
		fleet, err := Build(e, nothing())
		if err != nil {
			t.Fatal(err)
		}
		first, err := fleet.Box(nothing())
		if err != nil {
			t.Fatal(err)
		}
		second, err := fleet.Box(nothing())
		if err != nil || first == second {
			t.Errorf("%s: two boxes share one strategy, or %v", name, err)
		}
		if publishes := name == "publish"; (fleet.Publisher != nil) != publishes || (fleet.Warm != nil) != publishes {
			t.Errorf("%s: publisher %v, warm %v", name, fleet.Publisher, fleet.Warm != nil)
		}
		if _, ok := first.(strategies.StatsReporter); !ok {
			t.Errorf("%s does not count", name)
		}
	}
	if _, err := Build(Entry{Kind: "none"}, nothing()); err == nil {
		t.Error("an unknown kind must be an error")
	}
}

// TestOverPublish holds that a strategy over a publishing one publishes too.
func TestOverPublish(t *testing.T) {
	s, err := Read("x.yaml", []byte(minimal+"  two-level: {over: {publish: {workers: 2}}}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	fleet, err := Build(s.Strategies[0], nothing())
	if err != nil || fleet.Publisher == nil || fleet.Warm == nil {
		t.Errorf("%+v, %v", fleet, err)
	}
}

// TestSmearOverPublish holds that every copy is published, by the key that the
// origin knows.
func TestSmearOverPublish(t *testing.T) {
	s, err := Read("x.yaml", []byte(minimal+"  smear: {copies: 3, prefix: hot, over: {publish: {workers: 1}}}\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var loaded, stored []string
	shared := nothing()
	shared.Loader = strategies.LoaderFunc(func(_ context.Context, key string) (strategies.Value, error) {
		loaded = append(loaded, key)
		return strategies.Value{}, nil
	})
	shared.Store = setter{keys: &stored}
	fleet, err := Build(s.Strategies[0], shared)
	if err != nil {
		t.Fatal(err)
	}
	if err := fleet.Warm(t.Context(), slices.Values([]string{"hot:1", "cold:1"})); err != nil {
		t.Fatal(err)
	}
	slices.Sort(loaded)
	slices.Sort(stored)
	if got, want := fmt.Sprint(loaded, stored), "[cold:1 hot:1 hot:1 hot:1] [cold:1 hot:1#0 hot:1#1 hot:1#2]"; got != want {
		t.Errorf("loaded and stored %s, want %s", got, want)
	}
}

// setter is a store that notes what is stored.
type setter struct {
	noStore
	keys *[]string
}

func (s setter) Set(_ context.Context, key string, _ strategies.Entry, _ time.Duration) error {
	*s.keys = append(*s.keys, key)
	return nil
}

const minimal = `
duration: 30s
fleet: {origin: {latency: 50ms}}
workload:
  - {class: page, rate: 20/s, keys: {count: 10}}
strategies:
`

// TestConfigError holds that Build passes a strategy's own refusal on.
func TestConfigError(t *testing.T) {
	cfg := &strategies.SWRConfig{}
	setDefaults(cfg)
	cfg.Fresh = cfg.TTL
	fleet, err := Build(Entry{Name: "swr", Kind: "swr", Config: cfg}, nothing())
	if err != nil {
		t.Fatal(err)
	}
	_, err = fleet.Box(nothing())
	var bad *strategies.ConfigError
	if !errors.As(err, &bad) || bad.Field != "fresh" {
		t.Errorf("got %v", err)
	}
}

// TestFaultFields holds that every kind of fault says which fields it has.
func TestFaultFields(t *testing.T) {
	for _, s := range settings(typeOf[Scenario]("faults")) {
		if s.name != "kind" {
			continue
		}
		if len(s.enum) != len(faultFields()) {
			t.Errorf("%d kinds of fault, fields of %d", len(s.enum), len(faultFields()))
		}
		for _, kind := range s.enum {
			if _, ok := faultFields()[kind]; !ok {
				t.Errorf("no fields for %s", kind)
			}
		}
	}
	known := names(settings(typeOf[Scenario]("faults")), nil)
	for kind, fields := range faultFields() {
		for _, f := range fields {
			if !slices.Contains(known, f) {
				t.Errorf("%s: no field %q", kind, f)
			}
		}
	}
}
