package sweep

import (
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
)

// File is a grid as a YAML file has it:
//
//	scenario: burst
//	vary:
//	  strategies.waiting.wait: [1s, 2s, 5s, 10s]
//	  fleet.workers: 20..100/5
//	seeds: 3
type File struct {
	Scenario   string    `yaml:"scenario" required:"true" doc:"a file, its path from this one's folder, or a name of the catalogue"`
	Vary       Axes      `yaml:"vary" required:"true" doc:"the parameters: a mapping from path to a list of values, or to a range"`
	Set        Overrides `yaml:"set" doc:"settings that are changed in all cells: a mapping from path to value"`
	Strategies []string  `yaml:"strategies" doc:"the strategies to run, by their labels; all of them by default"`
	Seed       *uint64   `yaml:"seed" doc:"the first seed; the scenario's own by default"`
	Seeds      *int      `yaml:"seeds" min:"1" max:"1000" doc:"how many seeds every combination of values runs under; the scenario's own by default"`
	Keep       []string  `yaml:"keep" doc:"what a strategy must keep, beside the scenario's budget: limits such as 'p99: 200ms' in quotes, or expressions such as herd_peak < 5"`
}

// ReadFile reads a grid file. It returns nil for a text that is none: one without vary,
// which may be a scenario.
func ReadFile(path, text string) (*File, error) {
	var errs settings.Problems
	root := settings.Language{Document: "grid", Example: "fleet.workers=50"}.Parse(path, text, &errs)
	if len(errs.List) > 0 || root.Get("vary") == nil {
		return nil, nil // who reads it as a scenario says what is wrong with it
	}
	f := new(File)
	(&settings.Decoder{Errs: &errs}).Struct(root, f, "a grid file")
	if err := errs.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// Axes are those of a grid file.
type Axes []Axis

// Overrides are settings that every cell has, as --set takes them.
type Overrides []string

var (
	_ settings.Value = (*Axes)(nil)
	_ settings.Value = (*Overrides)(nil)
)

// DecodeSetting reads path -> list of values, or a range.
func (a *Axes) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "vary is %s here: write a mapping such as {fleet.workers: [10, 20, 50]}", n.Kind)
		return
	}
	for _, f := range n.Fields {
		values := []string{f.Value.String()}
		if f.Value.Kind == settings.List {
			values = values[:0]
			for _, item := range f.Value.Items {
				values = append(values, item.String())
			}
		}
		axis, err := axisOf(f.Key, values)
		if err != nil {
			d.Errs.AddError(f.Value.At, err)
			continue
		}
		*a = append(*a, axis)
	}
}

// SettingSchema is that of a mapping to lists or ranges.
func (a *Axes) SettingSchema() settings.Object {
	return settings.Object{"type": "object", "additionalProperties": settings.Object{"type": []any{"array", "string"}}}
}

// DecodeSetting reads path -> value.
func (o *Overrides) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "set is %s here: write a mapping such as {fleet.workers: 50}", n.Kind)
		return
	}
	for _, f := range n.Fields {
		if f.Key == "" {
			d.Errs.AddError(f.At, spelling.Refuse("a path is empty"))
			continue
		}
		*o = append(*o, f.Key+"="+f.Value.String())
	}
}

// SettingSchema is that of any mapping: paths have no schema of their own.
func (o *Overrides) SettingSchema() settings.Object { return settings.Object{"type": "object"} }
