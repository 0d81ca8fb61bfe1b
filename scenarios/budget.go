package scenarios

import (
	"errors"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// Budget is what a strategy must keep to be ranked: limits of figures that no class of
// requests may exceed under any seed.
type Budget []Limit

// Limit is a figure and the most that a budget allows of it.
type Limit struct {
	Figure figures.Figure
	Most   float64 // in the figure's unit
	Stated bool    // in the file; one by default is not
}

// String is the limit as a file states it.
func (l Limit) String() string {
	most := unitOf(l.Figure).Format(l.Most)
	if l.Figure.Unit == figures.PerSecond {
		most = units.FormatRate(l.Most)
	}
	return l.Figure.Budget + ": " + most
}

// usualFailures is the limit of failures where the file has none: the three nines that
// many a service promises. A budget without one would rank the strategy first that
// refuses everybody at once.
const usualFailures = 0.001

var _ settings.Value = (*Budget)(nil)

// DecodeSetting reads the name of a limit -> the most of it.
func (b *Budget) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "budget is %s here: write a mapping such as {failures: 0.1%%, p99: 200ms}", n.Kind)
		return
	}
	for _, field := range n.Fields {
		f, ok := limited(field.Key)
		if !ok {
			d.Errs.AddError(field.At, spelling.Unknown("limit", field.Key, limitNames()))
			continue
		}
		if field.Value.Kind != settings.Scalar {
			d.Errs.Addf(field.Value.At, "%s is %s here: write the most that a strategy may have of it", field.Key, field.Value.Kind)
			continue
		}
		most, err := parseLimit(f, field.Value.Text)
		if err == nil && most < 0 {
			err = errors.New("a limit is 0 or more")
		}
		if err != nil {
			d.Errs.Addf(field.Value.At, "%s: %v", field.Key, err)
			continue
		}
		*b = append(*b, Limit{Figure: f, Most: most, Stated: true})
	}
}

// SettingSchema is that of a mapping with the names of the limits.
func (b *Budget) SettingSchema() settings.Object {
	properties := settings.Object{}
	for _, name := range limitNames() {
		f, _ := limited(name)
		properties[name] = settings.Object{"type": []any{"string", "number"}, "description": f.Doc}
	}
	return settings.Object{"type": "object", "additionalProperties": false, "properties": properties}
}

// complete adds the limits that every budget has, before those that are stated.
func (b *Budget) complete() {
	for _, l := range *b {
		if l.Figure.Budget == "failures" {
			return
		}
	}
	f, _ := limited("failures")
	*b = append(Budget{{Figure: f, Most: usualFailures}}, *b...)
}

// limited is the figure that a budget calls by a name.
func limited(name string) (figures.Figure, bool) {
	for _, f := range figures.All() {
		if f.Budget != "" && f.Budget == name {
			return f, true
		}
	}
	return figures.Figure{}, false
}

// limitNames are what budgets call the figures that they can limit.
func limitNames() (list []string) {
	for _, f := range figures.All() {
		if f.Budget != "" {
			list = append(list, f.Budget)
		}
	}
	return list
}

// parseLimit reads the most of a figure, in its unit.
func parseLimit(f figures.Figure, text string) (float64, error) {
	text = strings.TrimSpace(text)
	switch f.Unit {
	case figures.Share:
		return units.ParseShare(text)
	case figures.PerSecond:
		return units.ParseRate(text)
	case figures.Duration, figures.Latency:
		d, err := units.ParseDuration(text)
		return float64(d) / 1e6, err
	}
	return units.ParseNumber(text)
}
