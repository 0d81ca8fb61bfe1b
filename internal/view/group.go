package view

import (
	"cmp"
	"fmt"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Group is one strategy with its runs, a run per seed.
type Group struct {
	Name  string
	Role  string // in the story; empty without one
	why   string
	kind  string // the catalogue's name of the strategy; empty where it is not known
	Color Color  // in every chart
	Runs  []*metrics.Run
}

// groups are the strategies of the file in the order of their first run.
func groups(f *metrics.File) []Group {
	var list []Group
	at := make(map[string]int)
	for _, run := range f.Runs {
		i, seen := at[run.Strategy]
		if !seen {
			i = len(list)
			at[run.Strategy] = i
			list = append(list, Group{Name: run.Strategy, Role: run.Role, why: run.Why, kind: run.Kind})
		}
		list[i].Runs = append(list[i].Runs, run)
	}
	paintGroups(list)
	return list
}

// Estimate estimates a figure over the runs.
func (g Group) Estimate(figure func(*metrics.Run) float64) Estimate {
	values := make([]float64, len(g.Runs))
	for i, run := range g.Runs {
		values[i] = figure(run)
	}
	return NewEstimate(values)
}

// LeadingCause names the most frequent cause of failures of a class over all runs, or,
// where there is none of the name, of the classes that use the cache; of equal
// ones the first in the order of the outcomes. It is empty without any.
func (g Group) LeadingCause(class string) string {
	var counts metrics.Outcomes
	for _, run := range g.Runs {
		outcomes := run.Outcomes
		if of, ok := run.Classes[class]; ok {
			outcomes = of.Outcomes
		}
		for o, n := range outcomes {
			counts[o] += n
		}
	}
	leading, most := "", int64(0)
	for _, o := range FailedOutcomes() {
		if counts[o] > most {
			leading, most = humanize.Words(o.String()), counts[o]
		}
	}
	return leading
}

// bystanders names the classes that never touch the cache.
func bystanders(f *metrics.File) (names []string) {
	for _, c := range f.Classes {
		if c.Bystander {
			names = append(names, c.Name)
		}
	}
	return names
}

// FailedOutcomes are the outcomes that count as failures, in their order.
func FailedOutcomes() (list []metrics.Outcome) {
	for o := range metrics.NumOutcomes {
		if metrics.Outcome(o).Failed() {
			list = append(list, metrics.Outcome(o))
		}
	}
	return list
}

// Color is that of a strategy, 0xRRGGBB.
type Color uint32

// String is the colour as CSS writes it.
func (c Color) String() string { return fmt.Sprintf("#%06X", uint32(c)) }

// roleColors colours the variants of a story, the same in every report: red for
// what was before, amber for a tempting fix, blue, green and what lies beside them
// for what helps. Those of a role differ among themselves, in lightness where not in
// hue. The fixes, and the first of each role, can be told apart by colour-blind people
// too (after Okabe and Ito, Color Universal Design, 2008).
var roleColors = map[string][]Color{
	metrics.Before: {0xC5341B, 0x7A1F3D, 0xE8846A},
	metrics.Wrong:  {0xE69A00, 0x8A5A00, 0xD9BE3C, 0x4F3A0A, 0xB98A3D},
	metrics.After:  {0x0072B2, 0x009E73, 0x55288A, 0x5CB3E8, 0x17494D},
}

// kindColors colours the strategies where the file tells no story, the same in every
// report: a colour for each kind of the catalogue.
var kindColors = map[string]Color{
	"direct": 0x4A5568, "naive": 0xC73E1D, "mutex": 0x2E6FB7, "swr": 0xA463D9, "pool": 0x7A4B2B,
	"lease": 0x1B8A5A, "two-level": 0xC78A00, "smear": 0xDB4C97, "publish": 0x12A5B8,
}

// otherColors are those of kinds that no catalogue has.
var otherColors = []Color{0x8A9A1B, 0x5B6C8F, 0xB0655A, 0x3F7F7F}

// shades tell several strategies of one kind apart: by how much each is darker, or
// lighter where that is below 0.
var shades = [...]float64{0, 0.42, -0.42, 0.65, -0.22, 0.22}

// shade is the colour of the n-th strategy of a kind.
func (c Color) shade(n int) Color {
	by, to := shades[n%len(shades)], 0.0
	if by < 0 {
		by, to = -by, 255
	}
	var shaded Color
	for at := 16; at >= 0; at -= 8 {
		part := float64(c >> at & 255)
		shaded |= Color(part+by*(to-part)) << at
	}
	return shaded
}

// paintGroups gives every group its colour: by its role, or by its kind where it has
// none. Several of one role or kind have different ones.
func paintGroups(list []Group) {
	seen, others := make(map[string]int), 0
	for i := range list {
		g := &list[i]
		if palette, ok := roleColors[g.Role]; ok {
			g.Color = palette[seen[g.Role]%len(palette)]
			seen[g.Role]++
			continue
		}
		kind := cmp.Or(g.kind, g.Name)
		c, ok := kindColors[kind]
		if !ok {
			c = otherColors[others%len(otherColors)]
			others++
		}
		g.Color = c.shade(seen[kind])
		seen[kind]++
	}
}
