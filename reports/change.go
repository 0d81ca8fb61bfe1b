package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"herdlab/internal/metrics"
)

// Change is what one variant of a story changed, compared with the first one
// that has the role before.
type Change struct {
	Strategy string
	Role     string // wrong or after
	Figures  string // computes 50 to 1, failures 0 to 999
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
// file: of each the figures that changed most, up to four. A tempting
// fix is told by what the first true fix changed, above all where it did not.
// A file without variants has none.
func Changes(f *metrics.File) []Change {
	list := groups(f)
	before, fix := ofRole(list, metrics.Before), ofRole(list, metrics.After)
	if before == nil {
		return nil
	}
	var changes []Change
	for _, g := range list {
		switch g.role {
		case metrics.After:
			changes = append(changes, Change{g.name, g.role, sentence(changed(f, *before, g), nil)})
		case metrics.Wrong:
			own := changed(f, *before, g)
			var wanted []difference
			if fix != nil {
				wanted = telling(own, changed(f, *before, *fix))
			}
			changes = append(changes, Change{g.name, g.role, sentence(own, wanted)})
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

// changed is every figure of the two with the weight of its change.
func changed(f *metrics.File, before, after group) (list []difference) {
	for _, e := range effects(f) {
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
// changed, or hardly beside the first, are left out. Of a figure and its peak
// within a window the lighter one comes after all others.
func top(list []difference, n int) (most []difference) {
	most = slices.Clone(list)
	slices.SortStableFunc(most, func(a, b difference) int { return cmp.Compare(b.weight, a.weight) })
	least := noteworthy
	if len(most) > 0 {
		least = max(least, most[0].weight/10)
	}
	most = slices.DeleteFunc(most, func(d difference) bool { return d.weight < least })
	var again []difference
	told := make(map[string]bool)
	most = slices.DeleteFunc(most, func(d difference) bool {
		figure, _, _ := strings.Cut(d.name, " within ")
		twice := told[figure]
		told[figure] = true
		if twice {
			again = append(again, d)
		}
		return twice
	})
	most = append(most, again...)
	return inOrder(list, most[:min(n, len(most))])
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

// sentence tells the figures that are wanted, changed or not, and then of the
// others those that changed most.
func sentence(list, wanted []difference) string {
	var told, others []difference
	for _, d := range list {
		if slices.ContainsFunc(wanted, func(w difference) bool { return w.name == d.name }) {
			told = append(told, d)
		} else {
			others = append(others, d)
		}
	}
	told = inOrder(list, append(told, top(others, mostFigures-len(told))...))
	if len(told) == 0 {
		return "hardly any figure differs"
	}
	words := make([]string, len(told))
	for i, d := range told {
		from, to := d.write(d.from), d.write(d.to)
		words[i] = fmt.Sprintf("%s %s to %s", d.name, from, to)
		if d.weight < noteworthy || from == to {
			words[i] = fmt.Sprintf("%s still %s", d.name, to)
		}
	}
	return strings.Join(words, ", ")
}
