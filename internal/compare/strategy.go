package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

// Strategy is one that both results have.
type Strategy struct {
	Name     string
	Old, New []*metrics.Run // those that were compared
	Exact    bool           // the evidence is
	Rows     []*Row

	// Note says why something would be better and is not; empty where nothing is.
	Note string
}

// rows are the figures of the whole run, those of the summary first, and then
// of its parts.
func (s *Strategy) rows(table figures.Table, parts []Part) (rows []*Row) {
	summary := table.Placed(func(f figures.Figure) int { return f.Column })
	rest := slices.DeleteFunc(slices.Clone(table), func(f figures.Figure) bool { return f.Column != 0 })
	for _, part := range parts {
		rows = append(rows, s.partRows(summary, part)...)
		if (part == Part{}) {
			rows = append(rows, slowRow(s))
		}
		rows = append(rows, s.partRows(rest, part)...)
	}
	return rows
}

// partRows are the figures that are known of a part, as far as a run has them.
func (s *Strategy) partRows(list figures.Table, part Part) (rows []*Row) {
	for _, f := range list {
		if part.Class != "" && f.Scope < figures.Class || part.Phase != "" && f.Scope < figures.Phase {
			continue
		}
		row := &Row{Figure: f, Part: part, Title: f.Title, Summary: f.Column != 0 && part == Part{}}
		if row.Title == "" {
			row.Title = humanize.Words(f.Name)
		}
		if s.read(row) {
			rows = append(rows, row)
		}
	}
	return rows
}

// read reads the figure of a row off all runs, and reports whether any has it. A seed
// under which one side has no value, as a p99 where nothing was answered, makes no pair.
func (s *Strategy) read(row *Row) bool {
	var old, new, differences []float64
	value := func(r *metrics.Run) (float64, bool) { return row.Figure.Value(r, row.Part.Phase, row.Part.Class) }
	if s.Exact {
		for i := range s.Old {
			before, had := value(s.Old[i])
			after, has := value(s.New[i])
			if had {
				old = append(old, before)
			}
			if has {
				new = append(new, after)
			}
			if had && has {
				differences = append(differences, after-before)
			}
		}
		row.Evidence = exactEvidence(differences)
	} else {
		old, new = valuesOf(s.Old, value), valuesOf(s.New, value)
		row.Evidence = noisyEvidence(old, new)
	}
	row.Old, row.New = view.Median(old), view.Median(new)
	return len(old) > 0 || len(new) > 0
}

func valuesOf(runs []*metrics.Run, value func(*metrics.Run) (float64, bool)) (values []float64) {
	for _, r := range runs {
		if v, ok := value(r); ok {
			values = append(values, v)
		}
	}
	return values
}

// praised is by how much the share of requests that fail may rise for other figures to
// count as better all the same: below a tenth of a percent no p99 is touched by it.
const praised = 0.001

// withholdPraise has nothing be better that was bought with failures: what is not
// answered takes no time, loads nothing, and is never stale.
func (s *Strategy) withholdPraise() {
	fails := make(map[Part]bool)
	for _, r := range s.Rows {
		if r.Name == "failure_ratio" && r.New-r.Old > praised {
			fails[r.Part] = true
		}
	}
	for _, r := range s.Rows {
		if fails[r.Part] && r.Verdict == Better {
			r.Verdict, s.Note = Changed, "more requests fail: nothing counts as better that comes of it"
		}
	}
}

// about are the rows that a rule is about. A figure of all strategies is that of the
// requests of every class, as an expectation has it.
func (s *Strategy) about(r Rule, where location) []*Row {
	of := func(part Part) []*Row {
		return slices.DeleteFunc(slices.Clone(s.Rows), func(row *Row) bool { return r.figure != row.Name || row.Part != part })
	}
	if r.figure == "" {
		return slices.DeleteFunc(slices.Clone(s.Rows), func(row *Row) bool { return where.part != Part{} && row.Part != where.part })
	}
	if every := of(Part{Class: figures.AllClasses}); where.every && (where.part == Part{}) && len(every) > 0 {
		return every
	}
	return of(where.part)
}

// Differing is the number of rows that are not the same.
func (s *Strategy) Differing() int { return len(s.Rows) - s.Count(Same) }

// Count is the number of rows of a verdict.
func (s *Strategy) Count(v Verdict) (n int) {
	for _, r := range s.Rows {
		if r.Verdict == v {
			n++
		}
	}
	return n
}

// Happened are all the rows but those of what never happened on either side.
func (s *Strategy) Happened() []*Row {
	return slices.DeleteFunc(slices.Clone(s.Rows), func(r *Row) bool { return !r.happened() })
}

// mostShown is how many rows of a strategy a reader is shown first, if those of the
// summary are not more.
const mostShown = 6

// Shown are the rows that a reader is shown first: what a rule about a figure forbids,
// those of the summary that are not the same, and where those are few others that
// became worse.
func (s *Strategy) Shown() []*Row {
	first := func(r *Row) bool {
		return r.Summary && r.Verdict != Same || r.BrokenRule() != ""
	}
	n := 0
	for _, r := range s.Rows {
		if first(r) {
			n++
		}
	}
	return slices.DeleteFunc(slices.Clone(s.Rows), func(r *Row) bool {
		if first(r) {
			return false
		}
		if r.Verdict != Worse || n >= mostShown {
			return true
		}
		n++
		return false
	})
}

// Summary is what became of a strategy, in a few words: 2 worse, 1 better.
func (s *Strategy) Summary() string {
	var words []string
	for _, v := range []Verdict{Worse, Better, Changed, OneSided, NotEnough} {
		if n := s.Count(v); n > 0 {
			words = append(words, fmt.Sprintf("%s %s", humanize.Count(float64(n)), v))
		}
	}
	if len(words) == 0 {
		return "no difference"
	}
	return strings.Join(words, ", ")
}

// Basis is what the strategy was compared on: seed 1, 10 seeds, 5 runs and 5.
func (s *Strategy) Basis() string {
	switch n := len(s.Old); {
	case !s.Exact:
		return fmt.Sprintf("%s and %d", humanize.Plural(n, "run", "runs"), len(s.New))
	case n == 1:
		return fmt.Sprintf("seed %d", s.Old[0].Seed)
	default:
		return humanize.Plural(n, "seed", "seeds")
	}
}
