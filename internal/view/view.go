// Package view is a results file prepared for its readers: its strategies with
// their runs, each figure estimated over the seeds, what a fix changed in one
// sentence, the rows of the tables, the verdict and the warnings. Every format of
// a report, and every chart, reads these; none works them out for itself, so that
// a page, a table and a picture of one file cannot disagree.
//
// What a figure is called, how it is read and which way is better comes from the
// table that [New] is given (internal/figures). A test gives a table of its own.
package view

import (
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/verdict"
)

// View is a file and what there is to say of it. Nobody may change either.
type View struct {
	*metrics.File

	Figures    figures.Table // the table, with what depends on the file
	Groups     []Group       // the strategies, in the order of their first run
	Seeds      int           // the largest number of runs of one strategy
	Bystanders []string      // the classes that never touch the cache

	Causes []metrics.FaultMark // what the fleet did by itself: those strategies that did

	Changes    []Change // what each fix changed; none where the file tells no story
	Columns    []Column // of the summary table
	Rows       []Row    // of the summary table, the best first; in the order of Groups where the file tells a story
	Breakdowns []Breakdown
	Details    []Detail // what the others leave out

	Standings []Standing // of the strategies, the best first; none where nothing was judged
	Headline  string     // the verdict in one sentence; empty without standings
	Limits    string     // what a strategy had to keep, in one line

	Full      []Full        // what was full first, of every strategy; none where nobody measured it
	Resources []ResourceRow // how full everything was

	Compared []Foretold // figures beside those of a strategy; none where nothing was compared
	Against  string     // that strategy

	Checked  string // how many of the expectations hold
	Mood     Mood   // of that
	Size     string // of the run: strategies, seeds, duration, faults
	Sampling string // what the figures are of so many seeds
	Warnings []string

	Paragraphs []string // of the story
	Asides     []Aside  // what the file says of its story beside the story

	told []told // the figures by which changes are told
}

// New prepares a file, of whose figures the table says how each is read and shown.
func New(f *metrics.File, table figures.Table) *View {
	v := &View{File: f, Groups: groups(f), Bystanders: bystanders(f)}
	for _, g := range v.Groups {
		v.Seeds = max(v.Seeds, len(g.Runs))
	}
	v.Checked, v.Mood = checked(f)
	v.Compared, v.Against = foretold(f)
	v.Figures = table
	v.Causes = causes(v)
	v.Standings = standings(v)
	v.Headline, v.Limits = headline(v.Standings), limits(f, table)
	v.Full, v.Resources = whatIsFull(v), resourceRows(v)
	v.told = toldFigures(v)
	// In this order: changes are made of the figures that are told, columns of the
	// changes, and rows of the columns.
	v.Changes = changes(v)
	v.Columns = columns(v)
	v.Rows = rows(v)
	v.Breakdowns, v.Details = breakdowns(v), details(v)
	v.Size, v.Sampling, v.Warnings = size(v), sampling(v.Seeds), warnings(v)
	v.Paragraphs, v.Asides = paragraphs(f.Story), asides(f)
	return v
}

// First is the first strategy of a role in the story, or nil.
func (v *View) First(role string) *Group {
	for i := range v.Groups {
		if v.Groups[i].Role == role {
			return &v.Groups[i]
		}
	}
	return nil
}

// TellsStory reports whether there is something before, and a fix.
func (v *View) TellsStory() bool {
	return v.First(metrics.Before) != nil && (v.First(metrics.After) != nil || v.First(metrics.Wrong) != nil)
}

// Any reports whether some run has a property.
func (v *View) Any(has func(*metrics.Run) bool) bool { return slices.ContainsFunc(v.Runs, has) }

// CheckedSentence is Checked as a sentence of its own: it is the scenario's own check
// of what it is to show, and no verdict on the strategies.
func (v *View) CheckedSentence() string {
	return strings.ToUpper(v.Checked[:1]) + v.Checked[1:] + "."
}

// Reasoned reports whether an expectation says where its figure comes from.
func (v *View) Reasoned() bool {
	return slices.ContainsFunc(v.Expectations, func(e metrics.Expectation) bool { return e.Because != "" })
}

// Contrasts are, of every figure by which changes are told, the weight of its
// change from what was before to the strategy in which it changed most. The file
// must tell a story.
func (v *View) Contrasts() map[string]float64 {
	weights := make(map[string]float64)
	list := v.toldBut(func(t *figures.Told) bool { return t.Beside })
	for _, t := range list {
		weights[t.Name] = 0 // one that no two strategies have did not change
	}
	for _, g := range v.Groups {
		for _, d := range differencesOf(list, *v.First(metrics.Before), g) {
			weights[d.Name] = max(weights[d.Name], d.weight)
		}
	}
	return weights
}

// toldBut are the figures by which changes are told, but for some.
func (v *View) toldBut(not func(*figures.Told) bool) []told {
	return slices.DeleteFunc(slices.Clone(v.told), func(t told) bool { return not(t.Told) })
}

// Median is a figure of a strategy over its seeds, by its name in the table, and
// NaN where no run has it. A name that is not there is a mistake of the caller's.
func (v *View) Median(g Group, figure string) float64 {
	f, ok := v.Figures.Find(figure)
	if !ok {
		panic("view: there is no figure " + figure)
	}
	return g.Estimate(newMeasure(f, "", nil).value).Median
}

// BySeed is a figure of a strategy under each of its seeds, by its name in the table.
func (v *View) BySeed(g Group, figure string) verdict.Seeds {
	f, ok := v.Figures.Find(figure)
	if !ok {
		panic("view: there is no figure " + figure)
	}
	seeds, value := make(verdict.Seeds), newMeasure(f, "", nil).value
	for _, run := range g.Runs {
		seeds[run.Seed] = value(run)
	}
	return seeds
}
