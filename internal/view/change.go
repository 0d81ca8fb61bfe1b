package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Change is what one variant of a story changed, compared with the first one
// that has the role before.
type Change struct {
	Strategy string
	Role     string // wrong or after
	Figures  string // computes 50 to 1, failures 0 to 999
	Color    Color  // of the strategy

	Told []string // names of those figures, as the table has them
}

// Note says of a fix that it only looks like one; of a true one it is empty.
func (c Change) Note() string {
	if c.Role == metrics.Wrong {
		return ", the tempting fix"
	}
	return ""
}

// String is the change in one sentence.
func (c Change) String() string { return c.Strategy + c.Note() + ": " + c.Figures }

const (
	mostFigures = 4   // in one sentence
	Noteworthy  = 0.2 // weight of a figure that changed by a fifth
)

// changes are the changes of every variant that is a fix, in the order of the
// file: of each the figures that changed most, up to four, with what it made worst
// among them. A tempting fix is told by what the first true fix changed, above all
// where it did not, and then by what is worst beside that fix. A file without
// variants has none.
func changes(v *View) []Change {
	before, fix := v.First(metrics.Before), v.First(metrics.After)
	if before == nil { // no story: nothing to compare with
		return nil
	}
	usual := v.toldBut(func(t *figures.Told) bool { return t.Beside || t.Drawn })
	all := v.toldBut(func(t *figures.Told) bool { return t.Drawn })
	var list []Change
	for _, g := range v.Groups {
		own := differencesOf(usual, *before, g)
		switch {
		case g.Role == metrics.After:
			list = append(list, newChange(g, own, costOf(own)))
		case g.Role == metrics.Wrong && fix == nil:
			list = append(list, newChange(g, own, nil))
		case g.Role == metrics.Wrong:
			c := newChange(g, own, figuresOfWrong(own, differencesOf(usual, *before, *fix)))
			list = append(list, c.besideFix(fix.Name, differencesOf(all, *fix, g)))
		}
	}
	return list
}

// newChange tells the figures that are wanted, changed or not, and then of the
// others those that changed most.
func newChange(g Group, list, wanted []difference) Change {
	c := Change{Strategy: g.Name, Role: g.Role, Color: g.Color, Figures: "hardly any figure differs"}
	var told, others []difference
	for _, d := range list {
		switch {
		case slices.ContainsFunc(wanted, func(w difference) bool { return w.Name == d.Name }):
			told = append(told, d)
		case !slices.ContainsFunc(wanted, func(w difference) bool { return w.Told.Like != "" && w.Told.Like == d.Told.Like }):
			others = append(others, d)
		}
	}
	if len(told) > 0 {
		others = firstOfKin(noticeable(others))
	}
	told = inOrder(list, append(told, mostChanged(others, mostFigures-len(told))...))
	words := make([]string, len(told))
	for i, d := range told {
		words[i] = d.String()
		c.Told = append(c.Told, d.Name)
	}
	if len(told) > 0 {
		c.Figures = strings.Join(words, ", ")
	}
	return c
}

// besideFix adds in what a tempting fix is worst compared with a true one, unless its
// figures show as much.
func (c Change) besideFix(fix string, list []difference) Change {
	for _, d := range worstOf(list) {
		if !slices.ContainsFunc(list, func(o difference) bool {
			return o.worse() && o.weight >= d.weight/2 && slices.Contains(c.Told, o.Name)
		}) {
			c.Figures += fmt.Sprintf("; worse than %s: %s %s, not %s", fix, d.title, d.write(d.to), d.write(d.from))
			c.Told = append(c.Told, d.Name)
		}
	}
	return c
}

// difference is a figure before and after.
type difference struct {
	told
	from, to float64
	weight   float64
}

// differencesOf is each of the figures of the two with the weight of its change.
func differencesOf(list []told, before, after Group) (differences []difference) {
	for _, t := range list {
		d := difference{told: t, from: before.Estimate(t.value).Median, to: after.Estimate(t.value).Median}
		if math.IsNaN(d.from) || math.IsNaN(d.to) {
			continue
		}
		d.weight = t.weigh(d.from, d.to)
		differences = append(differences, d)
	}
	return differences
}

// mostChanged are the n that changed most, in the order of the list; those that hardly
// changed, or hardly beside the first, are left out. Of figures that are kin only the
// heaviest is among them, unless there are no others.
func mostChanged(list []difference, n int) []difference {
	most := noticeable(list)
	// Two latencies in one sentence are one too many, unless they are all there is.
	if first := firstOfKin(most); len(first) > 1 {
		most = first
	}
	return inOrder(list, most[:min(n, len(most))])
}

// noticeable are those worth a word, the heaviest first.
func noticeable(list []difference) []difference {
	most := slices.Clone(list)
	slices.SortStableFunc(most, func(a, b difference) int { return cmp.Compare(b.weight, a.weight) })
	least := Noteworthy
	if len(most) > 0 {
		least = max(least, most[0].weight/10)
	}
	return slices.DeleteFunc(most, func(d difference) bool { return d.weight < least })
}

// firstOfKin leaves out whatever has kin before it.
func firstOfKin(list []difference) []difference {
	told := make(map[string]bool)
	return slices.DeleteFunc(slices.Clone(list), func(d difference) bool {
		twice := d.Told.Like != "" && told[d.Told.Like]
		told[d.Told.Like] = true
		return twice
	})
}

// figuresOfWrong are the figures by which a fix that is none is told: the two that matter
// most of those that a true fix made better and this one did not, and the two
// that the true fix changed most.
func figuresOfWrong(own, fixed []difference) []difference {
	left := slices.DeleteFunc(mostChanged(fixed, len(fixed)), func(d difference) bool {
		return !d.rightWay() || slices.ContainsFunc(own, func(o difference) bool {
			return o.Name == d.Name && o.weight >= Noteworthy && o.rightWay()
		})
	})
	return append(mostChanged(left, 2), mostChanged(fixed, 2)...)
}

// inOrder sorts some of a list as they stand in it.
func inOrder(list, some []difference) []difference {
	at := func(d difference) int {
		return slices.IndexFunc(list, func(o difference) bool { return o.Name == d.Name })
	}
	slices.SortFunc(some, func(a, b difference) int { return cmp.Compare(at(a), at(b)) })
	return some
}

// String is the difference in words.
func (d difference) String() string {
	from, to := d.write(d.from), d.write(d.to)
	if from == to || math.Abs(d.to-d.from) <= unchanged*math.Abs(d.from) {
		return fmt.Sprintf("%s still %s", d.title, to)
	}
	return fmt.Sprintf("%s %s to %s", d.title, from, to)
}

// unchanged is the share of a figure by which it may differ and still be the same.
const unchanged = 0.03

// worstOf is the figure that became worse by most, if one did noticeably.
func worstOf(list []difference) []difference {
	return mostChanged(slices.DeleteFunc(slices.Clone(list), func(d difference) bool { return !d.worse() }), 1)
}

// costOf is what a fix made worst, if it is much beside what it made better.
func costOf(list []difference) []difference {
	heaviest := 0.0
	for _, d := range list {
		heaviest = max(heaviest, d.weight)
	}
	return slices.DeleteFunc(worstOf(list), func(d difference) bool { return d.weight < heaviest/3 })
}

// worse reports whether the figure moved away from what is good.
func (d difference) worse() bool { return d.to != d.from && !d.rightWay() }

// rightWay reports whether the figure moved to what is good, or not at all.
func (d difference) rightWay() bool { return (d.Better == figures.Higher) == (d.to > d.from) }
