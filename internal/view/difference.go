package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/herdlab/herdlab/internal/figures"
)

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
