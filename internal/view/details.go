package view

import (
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Detail is one line of the table of details: a figure for every strategy.
type Detail struct {
	Title  string
	Values []string
}

// details are the figures that the summary leaves out, without those that are
// zero or missing everywhere. Those of each phase stand behind the latencies of the
// whole run.
func details(v *View) (lines []Detail) {
	phases := lastPerPhase(v.Figures)
	for i, f := range v.Figures {
		if f.Title != "" && f.Column == 0 {
			m := newMeasure(f, f.Title, nil)
			if f.Shown != nil {
				m = newMeasure(f, f.Title, f.Shown.Of)
				m.write = writer(f.Shown.Unit)
			}
			lines = append(lines, detail(v.Groups, m)...)
		}
		if i == phases {
			lines = append(lines, phaseDetails(v)...)
		}
	}
	return lines
}

// detail is the line of a figure, or none where it is zero or missing everywhere.
func detail(groups []Group, m measure) []Detail {
	d := Detail{Title: m.title}
	happened := false
	for _, g := range groups {
		median := g.Estimate(m.value).Median
		happened = happened || median > 0
		d.Values = append(d.Values, m.write(median))
	}
	if !happened {
		return nil
	}
	return []Detail{d}
}

// lastPerPhase is the place in the table of the last figure that is known of every
// phase, and of what follows it in the same unit.
func lastPerPhase(table []figures.Figure) (last int) {
	for i, f := range table {
		if f.PerPhase || i == last+1 && f.Unit == table[last].Unit {
			last = i
		}
	}
	return last
}

// phaseDetails are the figures of every phase that counts.
func phaseDetails(v *View) (lines []Detail) {
	for _, p := range v.Phases {
		if p.WarmUp {
			continue
		}
		for _, f := range v.Figures {
			if !f.PerPhase {
				continue
			}
			m := newMeasure(f, "in "+p.Name+": "+f.Title, nil)
			m.value = func(r *metrics.Run) float64 { return orNaN(f.Value(r, p.Name, "")) }
			lines = append(lines, detail(v.Groups, m)...)
		}
	}
	return lines
}
