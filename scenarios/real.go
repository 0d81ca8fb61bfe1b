package scenarios

import (
	"fmt"
	"strings"

	"github.com/herdlab/herdlab/internal/settings"
)

// Real is how loadtest runs the scenario.
type Real struct {
	With  Overrides `yaml:"with" doc:"overrides for a run on real parts, such as {duration: 30s}; --set is applied after them"`
	Cache string    `yaml:"cache" default:"redis" enum:"redis,memcached,file" doc:"the cache to run on if --cache is not given; without real it is the embedded one"`
	Not   string    `yaml:"not" doc:"why the scenario cannot run on real parts; no other field is allowed with it"`
}

// Overrides are changes of a scenario, each of a value at a path.
type Overrides []settings.Override

var _ settings.Value = (*Overrides)(nil)

// DecodeSetting reads a mapping from path to value.
func (o *Overrides) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	*o = d.Overrides(n, "real.with", "duration: 30s",
		"duration", "window", "warm", "idle", "fleet", "workload", "client", "faults", "phases", "strategies", "variants")
}

// SettingSchema is that of any mapping: paths have no schema of their own.
func (o *Overrides) SettingSchema() settings.Object { return settings.Object{"type": "object"} }

// checkNotReal reports whether the scenario runs on real parts, and refuses
// settings for a run that there is none of.
func checkNotReal(r *Real, given *settings.Node, errs *settings.Problems) bool {
	if r.Not == "" {
		if n := given.Get("not"); n != nil {
			errs.Addf(n.At, "not is empty: say why it cannot be run for real")
		}
		return true
	}
	for _, f := range given.Fields {
		if f.Key != "not" {
			errs.Addf(f.At, "%q beside not: what cannot be run for real has no settings for it", f.Key)
		}
	}
	return false
}

// applyReal applies the file's own overrides for a run on real parts. What is
// wrong with them is reported when they are decoded.
func applyReal(root *settings.Node, errs *settings.Problems) {
	with := root.Find("real.with")
	if with == nil || with.Kind != settings.Mapping {
		return
	}
	var list Overrides
	list.DecodeSetting(&settings.Decoder{Errs: new(settings.Problems)}, with)
	for _, o := range list {
		o.Apply(root, errs)
	}
}

// NotReal is a scenario that cannot be run on real parts.
type NotReal struct{ Name, Why string }

func (e *NotReal) Error() string {
	return fmt.Sprintf("%s cannot be run for real: %s", e.Name, strings.TrimSpace(e.Why))
}
