package catalog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/published"
	"github.com/herdlab/herdlab/internal/tag"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// TestEveryKindIsWhatItsEntrySays builds every strategy from its defaults and holds it
// against what its entry says of it.
func TestEveryKindIsWhatItsEntrySays(t *testing.T) {
	for _, k := range All() {
		fleet, err := Build(Choice{Kind: k.Name, Config: k.Config()}, nothing())
		if err != nil {
			t.Fatal(err)
		}
		first, err := fleet.Box(nothing())
		if err != nil {
			t.Fatal(err)
		}
		second, err := fleet.Box(nothing())
		if err != nil || first == second {
			t.Errorf("%s: two boxes share one strategy, or %v", k.Name, err)
		}
		if (fleet.Publisher != nil) != k.Publishes || (fleet.Warm != nil) != k.Publishes {
			t.Errorf("%s: publisher %v, warm %v", k.Name, fleet.Publisher, fleet.Warm != nil)
		}
		if _, ok := first.(strategies.StatsReporter); !ok {
			t.Errorf("%s does not count", k.Name)
		}
		if k.Doc == "" || k.Computes == "" || k.Others == "" && !k.Uncached {
			t.Errorf("%s: the entry has no text of its own for the reference and the README", k.Name)
		}
		leaseless := nothing()
		leaseless.Store = struct{ strategies.Store }{leaseless.Store}
		if _, err := fleet.Box(leaseless); (err != nil) != k.Leases {
			t.Errorf("%s: with a store that hands out no leases: %v", k.Name, err)
		}
	}
	if _, err := Build(Choice{Kind: "none"}, nothing()); err == nil {
		t.Error("an unknown kind must be an error")
	}
}

// TestSettings holds that every setting is documented, that the defaults are in range,
// and that nobody who writes a zero is given the default.
func TestSettings(t *testing.T) {
	for _, k := range All() {
		for _, f := range tag.Fields(k.Settings()) {
			if f.Doc == "" {
				t.Errorf("%s: %s has no doc", k.Name, f.Name)
			}
		}
		for _, name := range ambiguous(k.Settings()) {
			t.Errorf("%s: %s may be zero, which a Go program cannot ask for: make it a pointer", k.Name, name)
		}
		cfg := k.Config()
		tag.Fill(cfg)
		if name, fault := tag.Check(cfg); name != "" {
			t.Errorf("%s: the default of %s %s", k.Name, name, fault)
		}
		if f, ok := k.Settings().FieldByName("Runtime"); !ok || f.Type != reflect.TypeFor[strategies.Runtime]() {
			t.Errorf("%s: the configuration has no Runtime", k.Name)
		}
	}
}

// ambiguous lists the fields whose zero is a value that may be asked for and is not
// the default: one who writes it would get the default.
func ambiguous(t reflect.Type) (names []string) {
	for _, f := range tag.Fields(t) {
		if !f.HasDefault || f.Type.Kind() == reflect.Pointer {
			continue
		}
		var plain any = reflect.New(reflect.StructOf([]reflect.StructField{t.FieldByIndex(f.Index)})).Interface()
		_, wrong := tag.Check(plain) // of a struct in which nothing is set
		tag.Fill(plain)
		if filled := reflect.ValueOf(plain).Elem().Field(0); wrong == "" && !filled.IsZero() {
			names = append(names, f.Name)
		}
	}
	return names
}

// A zero that is allowed and is not the default has to be a pointer.
func TestAmbiguous(t *testing.T) {
	type bad struct {
		Beta  float64       `yaml:"beta" default:"1" min:"0" max:"2"`
		On    bool          `yaml:"on" default:"true"`
		Wait  time.Duration `yaml:"wait" default:"2s" min:"1us"`
		Empty string        `yaml:"empty" default:"x" enum:"x,y"`
		Queue *int          `yaml:"queue" default:"1" min:"0"`
	}
	if got := ambiguous(reflect.TypeFor[bad]()); !slices.Equal(got, []string{"beta", "on"}) {
		t.Errorf("%v", got)
	}
}

// TestOutOfRangeIsRefused holds that every strategy refuses a word that is none of a
// setting's and a number that is too small, by the setting's name.
func TestOutOfRangeIsRefused(t *testing.T) {
	for _, k := range All() {
		for _, f := range tag.Fields(k.Settings()) {
			cfg := k.Config()
			v := reflect.ValueOf(cfg).Elem().FieldByIndex(f.Index)
			switch {
			case len(f.Enum) > 0:
				v.SetString("nonsense")
			case f.Type.Kind() == reflect.Int, f.Type.Kind() == reflect.Int64:
				v.SetInt(-1)
			case f.Type == reflect.TypeFor[*int]():
				v.Set(reflect.ValueOf(new(-1)))
			case f.Type.Kind() == reflect.Float64:
				v.SetFloat(math.NaN())
			default:
				continue
			}
			var bad *strategies.ConfigError
			if _, err := Try(Choice{Kind: k.Name, Config: cfg}); !errors.As(err, &bad) || bad.Field != f.Name {
				t.Errorf("%s: %s = %v gives the error %v", k.Name, f.Name, v, err)
			}
		}
	}
}

// TestOverPublish holds that a strategy over a publishing one publishes too.
func TestOverPublish(t *testing.T) {
	choice := Choice{Kind: "two-level", Config: new(strategies.TwoLevelConfig), Over: &Choice{Kind: "publish", Config: &published.PublishConfig{Config: publish.Config{Workers: 2}}}}
	fleet, err := Build(choice, nothing())
	if err != nil || fleet.Publisher == nil || fleet.Warm == nil {
		t.Errorf("%+v, %v", fleet, err)
	}
}

// TestSmearOverPublish holds that every copy is published, by the key that the
// origin knows.
func TestSmearOverPublish(t *testing.T) {
	var loaded, stored []string
	shared := nothing()
	shared.Loader = strategies.LoaderFunc(func(_ context.Context, key string) (strategies.Value, error) {
		loaded = append(loaded, key)
		return strategies.Value{}, nil
	})
	shared.Store = setter{keys: &stored}
	fleet, err := Build(Choice{
		Kind: "smear", Config: &strategies.SmearConfig{Copies: 3, Prefix: "hot"},
		Over: &Choice{Kind: "publish", Config: &published.PublishConfig{Config: publish.Config{Workers: 1}}},
	}, shared)
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

func (s setter) Get(context.Context, string) (strategies.Entry, bool, error) {
	return strategies.Entry{}, false, nil
}

func (s setter) Set(_ context.Context, key string, _ strategies.Entry, _ time.Duration) error {
	*s.keys = append(*s.keys, key)
	return nil
}

// TestConfigError holds that Try passes a strategy's own refusal on.
func TestConfigError(t *testing.T) {
	_, err := Try(Choice{Kind: "swr", Config: &strategies.SWRConfig{Fresh: time.Minute, TTL: time.Minute}})
	var bad *strategies.ConfigError
	if !errors.As(err, &bad) || bad.Field != "fresh" {
		t.Errorf("got %v", err)
	}
}

// TestReadmeHasTheList holds that the table in the README is this list.
func TestReadmeHasTheList(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	want.WriteString("| strategy | who computes a missing value | what the others get |\n|---|---|---|\n")
	for _, k := range All() {
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", k.Name, k.Computes, k.Others)
	}
	got := strings.ReplaceAll(string(text), "|  |\n", "| |\n")
	if !strings.Contains(got, strings.ReplaceAll(want.String(), "|  |\n", "| |\n")) {
		t.Errorf("the table of strategies in README.md is not that of the list. Write\n\n%s", want.String())
	}
}
