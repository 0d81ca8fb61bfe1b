package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Full is what was full under a strategy, in a sentence: what was full first fills what
// is before it, and so is where to look.
type Full struct {
	Name  string // of the strategy
	Color Color

	Resource string // that was full first: network of node 1; empty where nothing was
	First    string // "network of node 1, 0.4 s after the start, ..."; or that nothing was full
}

// ResourceRow is a resource, and how full it was under every strategy.
type ResourceRow struct {
	Name  string
	Cells []Cell
}

// shown is a resource as a strategy has it over its seeds.
type shown struct {
	metrics.Resource // of the first run that has it

	peak  float64 // median
	share float64 // of the time that it was full, median
	first float64 // when it was full first, in ms; infinite where it never was in most of the runs
}

// resourceNames are all resources that some run used, in the order of the runs.
func resourceNames(runs []*metrics.Run) (names []string) {
	for _, run := range runs {
		for _, x := range run.Resources {
			if x.Peak > 0 && !slices.Contains(names, x.Name) {
				names = append(names, x.Name)
			}
		}
	}
	return names
}

// shownResource is one as the strategy has it, or nil where nobody used it.
func shownResource(g Group, name string) *shown {
	var s *shown
	var peaks, shares, firsts []float64
	for _, run := range g.Runs {
		i := slices.IndexFunc(run.Resources, func(x metrics.Resource) bool { return x.Name == name })
		if i < 0 {
			continue
		}
		x := run.Resources[i]
		if s == nil {
			s = &shown{Resource: x, first: math.Inf(1)}
		}
		s.Full = max(s.Full, x.Full)
		peaks = append(peaks, x.Peak)
		if x.FullShare != nil {
			shares = append(shares, *x.FullShare)
		}
		if x.FirstFullMS != nil {
			firsts = append(firsts, *x.FirstFullMS)
		}
	}
	if s == nil {
		return nil
	}
	s.peak, s.share = Median(peaks), Median(shares)
	if 2*len(firsts) > len(g.Runs) {
		s.first = Median(firsts)
	}
	return s
}

// isFull reports whether it was full for long, at some time.
func (s shown) isFull() bool { return !math.IsInf(s.first, 1) }

// whose is the name, with how many boxes it was full in where there are several.
func (s shown) whose() string {
	switch {
	case s.Number == 1:
		return s.Name
	case s.Full == s.Number:
		return fmt.Sprintf("%s of all %d boxes", s.Name, s.Number)
	}
	return fmt.Sprintf("%s of %d of %d boxes", s.Name, s.Full, s.Number)
}

// atMost is the peak: of places as a number of them, of what is busy or idle as a share
// of the time.
func (s shown) atMost() string {
	switch {
	case s.Capacity == nil:
		return humanize.Count(s.peak)
	case s.Kind == metrics.Network || s.Kind == metrics.Cores:
		return humanize.Percent(s.peak / float64(*s.Capacity))
	}
	return fmt.Sprintf("%s of %s", humanize.Count(s.peak), humanize.Count(float64(*s.Capacity)))
}

// mostNamed is how many resources a sentence names beside the first.
const mostNamed = 3

// whatIsFull says it of every strategy.
func whatIsFull(v *View) (list []Full) {
	for _, g := range v.Groups {
		var resources []shown
		for _, name := range resourceNames(g.Runs) {
			resources = append(resources, *shownResource(g, name))
		}
		if len(resources) > 0 {
			slices.SortStableFunc(resources, func(a, b shown) int { return cmp.Compare(a.first, b.first) })
			full := Full{Name: g.Name, Color: g.Color, First: firstFull(resources)}
			if resources[0].isFull() {
				full.Resource = resources[0].Name
			}
			list = append(list, full)
		}
	}
	return list
}

// FullInShort is what was full first, with the strategies under which it was; empty where
// nothing is known of it.
func FullInShort(list []Full) string {
	var whats, parts []string
	names := make(map[string][]string)
	for _, f := range list {
		what := cmp.Or(f.Resource, "nothing")
		if names[what] == nil {
			whats = append(whats, what)
		}
		names[what] = append(names[what], f.Name)
	}
	for _, what := range whats {
		parts = append(parts, fmt.Sprintf("%s (%s)", what, inWords(names[what])))
	}
	return strings.Join(parts, ", ")
}

// firstFull is the sentence: what was full first, when, for how long, and what after it.
// The list is in the order of that.
func firstFull(list []shown) string {
	first := list[0]
	if !first.isFull() {
		return nothingFull(list)
	}
	since := "from the start"
	if first.first >= 1 {
		since = humanize.Duration(first.first) + " after the start"
	}
	text := fmt.Sprintf("%s, %s, %s of the time", first.whose(), since, humanize.Percent(first.share))
	var then []string
	for _, s := range list[1:] {
		if s.isFull() {
			then = append(then, s.whose())
		}
	}
	if more := len(then) - mostNamed; more > 0 {
		then = append(then[:mostNamed], fmt.Sprintf("%d more", more))
	}
	if len(then) > 0 {
		text += "; then " + inWords(then)
	}
	return text
}

// nothingFull names what came nearest.
func nothingFull(list []shown) string {
	nearest, most := shown{}, -1.0
	for _, s := range list {
		if s.Capacity != nil && s.peak/float64(*s.Capacity) > most {
			nearest, most = s, s.peak/float64(*s.Capacity)
		}
	}
	if most < 0 {
		return "nothing"
	}
	return fmt.Sprintf("nothing for long; nearest %s, %s at the peak", nearest.Name, nearest.atMost())
}

// resourceRows is the table of it: a row a resource, the peak under every strategy and
// when it was full.
func resourceRows(v *View) (rows []ResourceRow) {
	for _, name := range resourceNames(v.Runs) {
		row := ResourceRow{Name: name}
		for _, g := range v.Groups {
			cell := Cell{Text: "n/a"}
			if s := shownResource(g, name); s != nil {
				if cell.Text = s.atMost(); s.isFull() {
					cell.Bad, cell.Note = true, fmt.Sprintf("full %s, from %s", humanize.Percent(s.share), humanize.Duration(s.first))
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		rows = append(rows, row)
	}
	return rows
}
