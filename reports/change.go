package reports

import (
	"cmp"
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Change is what one variant of a story changed, compared with the first one
// that has the role before.
type Change struct {
	Strategy string
	Role     string // wrong or after
	Figures  string // computes 50 to 1, failures 0 to 999

	told []string // names of those figures
}

// String is the change in one sentence.
func (c Change) String() string {
	name := c.Strategy
	if c.Role == metrics.Wrong {
		name += ", the tempting fix"
	}
	return name + ": " + c.Figures
}

const (
	mostFigures = 4   // in one sentence
	noteworthy  = 0.2 // weight of a figure that changed by a fifth
)

// Changes are the changes of every variant that is a fix, in the order of the
// file: of each the figures that changed most, up to four, with what it made worst
// among them. A tempting fix is told by what the first true fix changed, above all
// where it did not, and then by what is worst beside that fix. A file without
// variants has none.
func Changes(f *metrics.File) []Change {
	list := groups(f)
	before, fix := ofRole(list, metrics.Before), ofRole(list, metrics.After)
	if before == nil {
		return nil
	}
	figures := effects(f)
	var changes []Change
	for _, g := range list {
		own := changed(figures, *before, g)
		switch {
		case g.role == metrics.After:
			changes = append(changes, newChange(g, own, cost(own)))
		case g.role == metrics.Wrong && fix == nil:
			changes = append(changes, newChange(g, own, nil))
		case g.role == metrics.Wrong:
			c := newChange(g, own, telling(own, changed(figures, *before, *fix)))
			changes = append(changes, c.beside(fix.name, changed(append(figures, ageEffect()), *fix, g)))
		}
	}
	return changes
}

// difference is a figure before and after.
type difference struct {
	effect
	from, to float64
	weight   float64
}

// changed is each of the figures of the two with the weight of its change.
func changed(figures []effect, before, after group) (list []difference) {
	for _, e := range figures {
		d := difference{effect: e, from: before.of(e.value).Median, to: after.of(e.value).Median}
		if math.IsNaN(d.from) || math.IsNaN(d.to) {
			continue
		}
		d.weight = e.weigh(d.from, d.to)
		list = append(list, d)
	}
	return list
}

// top are the n that changed most, in the order of the list; those that hardly
// changed, or hardly beside the first, are left out. Of figures that are kin only the
// heaviest is among them, unless there are no others.
func top(list []difference, n int) []difference {
	most := noticed(list)
	if first := firstOfKin(most); len(first) > 1 {
		most = first
	}
	return inOrder(list, most[:min(n, len(most))])
}

// noticed are those worth a word, the heaviest first.
func noticed(list []difference) []difference {
	most := slices.Clone(list)
	slices.SortStableFunc(most, func(a, b difference) int { return cmp.Compare(b.weight, a.weight) })
	least := noteworthy
	if len(most) > 0 {
		least = max(least, most[0].weight/10)
	}
	return slices.DeleteFunc(most, func(d difference) bool { return d.weight < least })
}

// firstOfKin leaves out whatever has kin before it.
func firstOfKin(list []difference) []difference {
	told := make(map[string]bool)
	return slices.DeleteFunc(slices.Clone(list), func(d difference) bool {
		twice := d.kin != "" && told[d.kin]
		told[d.kin] = true
		return twice
	})
}

// telling are the figures by which a fix that is none is told: the two that matter
// most of those that a true fix made better and this one did not, and the two
// that the true fix changed most.
func telling(own, fixed []difference) []difference {
	left := slices.DeleteFunc(top(fixed, len(fixed)), func(d difference) bool {
		return d.more != (d.to > d.from) || slices.ContainsFunc(own, func(o difference) bool {
			return o.name == d.name && o.weight >= noteworthy && o.more == (o.to > o.from)
		})
	})
	return append(top(left, 2), top(fixed, 2)...)
}

// inOrder sorts some of a list as they stand in it.
func inOrder(list, some []difference) []difference {
	at := func(d difference) int {
		return slices.IndexFunc(list, func(o difference) bool { return o.name == d.name })
	}
	slices.SortFunc(some, func(a, b difference) int { return cmp.Compare(at(a), at(b)) })
	return some
}
