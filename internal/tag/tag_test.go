package tag_test

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/tag"
)

type word string

type shared struct {
	Kept time.Duration `yaml:"kept" default:"1m" min:"1ms" was:"keep,held" doc:"how long"`
}

type config struct {
	Mode   word    `yaml:"mode" default:"one" enum:"one,two" with:"slots: 2"`
	shared         // not exported, so not of a file
	Shared shared  `yaml:",inline"`
	Slots  int     `yaml:"slots" default:"2" min:"1" max:"64"`
	Queue  *int    `yaml:"queue" default:"100" min:"0"`
	On     *bool   `yaml:"on" default:"true"`
	Beta   float64 `yaml:"beta" default:"0" unit:"share" min:"0" max:"0.9"`
	Hidden int     `yaml:"-"`
	Other  string
}

func TestFields(t *testing.T) {
	list := tag.Fields(reflect.TypeFor[config]())
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	if want := []string{"mode", "kept", "slots", "queue", "on", "beta"}; !slices.Equal(names, want) {
		t.Fatalf("the settings are %v, want %v", names, want)
	}
	kept, mode := list[1], list[0]
	if !slices.Equal(kept.Was, []string{"keep", "held"}) || kept.Doc != "how long" || !slices.Equal(kept.Index, []int{2, 0}) {
		t.Errorf("%+v", kept)
	}
	if mode.Required || mode.With != "slots: 2" || !slices.Equal(mode.Enum, []string{"one", "two"}) {
		t.Errorf("%+v", mode)
	}
}

func TestFillSparesWhatIsSet(t *testing.T) {
	var c config
	tag.Fill(&c)
	if c.Mode != "one" || c.Shared.Kept != time.Minute || c.Slots != 2 || *c.Queue != 100 || !*c.On || c.Beta != 0 {
		t.Errorf("%+v", c)
	}
	c = config{Mode: "two", Queue: new(0), On: new(false), Slots: 7}
	tag.Fill(&c)
	if c.Mode != "two" || *c.Queue != 0 || *c.On || c.Slots != 7 {
		t.Errorf("an explicit value became the default: %+v", c)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		change      func(*config)
		name, fault string
	}{
		{func(*config) {}, "", ""},
		{func(c *config) { c.Mode = "three" }, "mode", `is "three": write one or two`},
		{func(c *config) { c.Shared.Kept = -1 }, "kept", "is -1ns: it must be at least 1ms"},
		{func(c *config) { c.Shared.Kept = time.Microsecond }, "kept", "is 1us: it must be at least 1ms"},
		{func(c *config) { c.Slots = 65 }, "slots", "is 65: it must be at most 64"},
		{func(c *config) { c.Queue = new(-1) }, "queue", "is -1: it must be at least 0"},
		{func(c *config) { c.Beta = 0.95 }, "beta", "is 95%: it must be at most 90%"},
		{func(c *config) { c.Beta = math.NaN() }, "beta", "is NaN%: it must be one"},
	} {
		var cfg config
		tag.Fill(&cfg)
		c.change(&cfg)
		if name, fault := tag.Check(&cfg); name != c.name || fault != c.fault {
			t.Errorf("%q %s, want %q %s", name, fault, c.name, c.fault)
		}
	}
}

// A setting means something with one of the others that its tag names.
func TestMoot(t *testing.T) {
	type retrying struct {
		Retries int           `yaml:"retries" default:"0"`
		Backoff string        `yaml:"backoff" default:"none" enum:"none,fixed,exponential" with:"retries"`
		Cap     time.Duration `yaml:"cap" default:"20s" with:"backoff: exponential"`
		Base    time.Duration `yaml:"base" default:"100ms" with:"backoff: fixed or backoff: exponential"`
		Budget  float64       `yaml:"budget" default:"0" with:"retries"`
	}
	for _, c := range []struct {
		config retrying
		moot   []string
	}{
		{retrying{Backoff: "none"}, []string{"cap", "base"}},
		{retrying{Backoff: "fixed", Budget: 1}, []string{"backoff", "cap", "budget"}},
		{retrying{Backoff: "fixed", Budget: 1, Retries: 2}, []string{"cap"}},
		{retrying{Backoff: "exponential", Retries: 2}, nil},
	} {
		var moot []string
		for _, f := range tag.Fields(reflect.TypeFor[retrying]()) {
			if f.Moot(reflect.ValueOf(c.config)) {
				moot = append(moot, f.Name)
			}
		}
		if !slices.Equal(moot, c.moot) {
			t.Errorf("%+v: %v are moot, want %v", c.config, moot, c.moot)
		}
	}
}
