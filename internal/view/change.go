package view

import (
	"fmt"
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
