package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// unchanged is the share of a figure by which it may differ and still be the same.
const unchanged = 0.03

// newChange tells the figures that are wanted, changed or not, and then of the
// others those that changed most.
func newChange(g group, list, wanted []difference) Change {
	c := Change{Strategy: g.name, Role: g.role, Figures: "hardly any figure differs"}
	var told, others []difference
	for _, d := range list {
		switch {
		case slices.ContainsFunc(wanted, func(w difference) bool { return w.name == d.name }):
			told = append(told, d)
		case !slices.ContainsFunc(wanted, func(w difference) bool { return w.kin != "" && w.kin == d.kin }):
			others = append(others, d)
		}
	}
	if len(told) > 0 {
		others = firstOfKin(noticed(others))
	}
	told = inOrder(list, append(told, top(others, mostFigures-len(told))...))
	words := make([]string, len(told))
	for i, d := range told {
		words[i] = d.String()
		c.told = append(c.told, d.name)
	}
	if len(told) > 0 {
		c.Figures = strings.Join(words, ", ")
	}
	return c
}

// String is the difference in words.
func (d difference) String() string {
	from, to := d.write(d.from), d.write(d.to)
	if from == to || math.Abs(d.to-d.from) <= unchanged*math.Abs(d.from) {
		return fmt.Sprintf("%s still %s", d.name, to)
	}
	return fmt.Sprintf("%s %s to %s", d.name, from, to)
}

// beside adds in what a tempting fix is worst compared with a true one, unless its
// figures show as much.
func (c Change) beside(fix string, list []difference) Change {
	for _, d := range worst(list) {
		if !slices.ContainsFunc(list, func(o difference) bool {
			return o.worse() && o.weight >= d.weight/2 && slices.Contains(c.told, o.name)
		}) {
			c.Figures += fmt.Sprintf("; worse than %s: %s %s, not %s", fix, d.name, d.write(d.to), d.write(d.from))
			c.told = append(c.told, d.name)
		}
	}
	return c
}

// worst is the figure that became worse by most, if one did noticeably.
func worst(list []difference) []difference {
	return top(slices.DeleteFunc(slices.Clone(list), func(d difference) bool { return !d.worse() }), 1)
}

// cost is what a fix made worst, if it is much beside what it made better.
func cost(list []difference) []difference {
	heaviest := 0.0
	for _, d := range list {
		heaviest = max(heaviest, d.weight)
	}
	return slices.DeleteFunc(worst(list), func(d difference) bool { return d.weight < heaviest/3 })
}

// worse reports whether the figure moved away from what is good.
func (d difference) worse() bool { return d.to != d.from && d.more != (d.to > d.from) }
