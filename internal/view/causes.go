package view

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// causes are what the fleets did by themselves under the first seed, one mark for all
// strategies that did the same at the same time.
func causes(v *View) (list []metrics.FaultMark) {
	for _, g := range v.Groups {
		for _, m := range g.Runs[0].Marks {
			i := slices.IndexFunc(list, func(c metrics.FaultMark) bool {
				return c.Label == m.Label && math.Abs(c.AtMS-m.AtMS) <= v.DurationMS/50 && !slices.Contains(c.Strategies, g.Name)
			})
			if i < 0 {
				i, list = len(list), append(list, metrics.FaultMark{Label: m.Label, AtMS: m.AtMS})
			}
			list[i].Strategies = append(list[i].Strategies, g.Name)
		}
	}
	for i := range list {
		switch c := &list[i]; {
		case len(c.Strategies) == len(v.Groups):
			c.Strategies = nil
		case len(c.Strategies) > 3:
			c.Label = humanize.Plural(len(c.Strategies), "strategy", "strategies") + ": " + c.Label
		default:
			c.Label = strings.Join(c.Strategies, ", ") + ": " + c.Label
		}
	}
	slices.SortStableFunc(list, func(a, b metrics.FaultMark) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return list
}
