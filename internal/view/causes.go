package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// causes are what the fleets did by themselves under the first seed, one mark for all
// strategies that did the same at the same time.
func causes(v *View) (list []metrics.FaultMark) {
	for _, g := range v.Groups {
		for _, m := range together(g.Runs[0].Marks, v.DurationMS/50) {
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

// moved is a mark of something that has a number: node 2 | back on the rings.
type moved struct {
	metrics.Mark
	noun, what string
	numbers    []string
}

// together has what happens to several nodes or boxes at one time be one mark, and so what
// is tried again in vain: names of a picture that stand above each other at one instant
// are read by nobody. Marks are in the order of their time, and within so many ms of each
// other if they are at one.
func together(marks []metrics.Mark, within float64) (list []metrics.Mark) {
	var rows []*moved
	near := func(noun, number, what string, at float64) *moved {
		i := slices.IndexFunc(rows, func(r *moved) bool {
			return r.noun == noun && r.what == what && at-r.AtMS <= within && (number == "" || slices.Contains(r.numbers, number))
		})
		if i < 0 {
			return nil
		}
		return rows[i]
	}
	inVain := map[string]string{"off the rings": "back on the rings", "out of the balancer": "back in the balancer"}
	for _, m := range marks {
		noun, rest, _ := strings.Cut(m.Label, " ")
		number, what, _ := strings.Cut(rest, " ")
		if _, err := strconv.Atoi(number); err != nil || plurals[noun] == "" {
			rows = append(rows, &moved{Mark: m})
			continue
		}
		if back, ok := inVain[what]; ok {
			if r := near(noun, number, back, m.AtMS); r != nil && len(r.numbers) == 1 {
				r.what += ", in vain"
				continue
			}
		}
		if r := near(noun, "", what, m.AtMS); r != nil && !slices.Contains(r.numbers, number) {
			r.numbers = append(r.numbers, number)
			continue
		}
		rows = append(rows, &moved{m, noun, what, []string{number}})
	}
	for _, r := range rows {
		switch n := len(r.numbers); {
		case n == 1:
			r.Label = r.noun + " " + r.numbers[0] + " " + r.what
		case n > 3:
			r.Label = fmt.Sprintf("%d %s %s", n, plurals[r.noun], r.what)
		case n > 1:
			r.Label = plurals[r.noun] + " " + strings.Join(r.numbers[:n-1], ", ") + " and " + r.numbers[n-1] + " " + r.what
		}
		list = append(list, r.Mark)
	}
	return list
}

// plurals are those of what has a number in a mark.
var plurals = map[string]string{"node": "nodes", "box": "boxes"}
