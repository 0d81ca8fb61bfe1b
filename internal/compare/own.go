package compare

import (
	"math"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/stats"
	"github.com/herdlab/herdlab/internal/verdict"
	"github.com/herdlab/herdlab/internal/view"
)

// ownFigures are those that only a comparison has, and no run.
func ownFigures() figures.Table { return figures.Table{budgetFigure(nil, nil), slowFigure()} }

// Budget is the name of the row that holds both sides against the budget of the scenario.
const Budget = "budget"

// budgetFigure is how many limits of a budget a run breaks. Both sides are held against
// the budget of NEW: it is what is wanted now, and a budget that was tightened must not
// be taken for a strategy that became worse.
func budgetFigure(limits []metrics.Limit, table figures.Table) figures.Figure {
	return figures.Figure{
		Name: Budget, Title: "limits broken", Unit: figures.Count, Better: figures.Lower,
		Doc:    "limits of the scenario's budget that are broken",
		Column: -1, // before the columns of a summary: it is what the others are judged by
		Of: func(r *metrics.Run, _ *metrics.Figures) (float64, bool) {
			if len(limits) == 0 {
				return 0, false
			}
			judged := verdict.Judge(&metrics.File{Budget: limits, Runs: []*metrics.Run{r}}, table)
			return float64(len(judged[0].Breaks)), true
		},
	}
}

// SlowRequests is the name of the row that compares whole distributions of latency.
const SlowRequests = "slow_requests"

// slowFigure is how many requests took longer than a duration: the one at which the
// distributions of both sides differ most. It is in no run, and so not in the table.
func slowFigure() figures.Figure {
	return figures.Figure{
		Name: SlowRequests, Title: "slow requests", Unit: figures.Count, Better: figures.Lower,
		Doc: "requests slower than the duration at which two distributions differ most: a few slow ones show here under percentiles that do not change",
		Of:  func(*metrics.Run, *metrics.Figures) (float64, bool) { return 0, false },
	}
}

// clearly is how many standard errors a few more slow requests have to be: 4 more than
// none, 5 more than one, 20 more than a hundred. It is no test of significance, which no
// five requests pass; that they are real is known of exact evidence, and of noisy one it
// shows in run after run.
const clearly = 1.8

// slowRow compares the distributions: whether more requests are slow, which a faster
// median does not make up for, and if not so, whether fewer are.
func slowRow(s *Strategy) *Row {
	row := &Row{Figure: slowFigure(), Title: "slow requests", Summary: true}
	old, new := samplesOf(s.Old), samplesOf(s.New)
	// How long a request of one side may take to count as one that took so long on the other.
	granted := func(ms float64) float64 { return ms * (1 + negligible) }
	if !s.Exact {
		latency := figures.Figure{Unit: figures.Latency}
		granted = func(ms float64) float64 { return ms + latency.NoiseFloor(ms, ms) }
	}
	found, ok := stats.MostBeyond(old, new, granted, clearly)
	fewer, any := stats.MostBeyond(new, old, granted, clearly)
	if !ok || !s.Exact && any && fewer.P < found.P { // a few more by chance do not hide that many are fewer
		found, ok = fewer, any
	}
	if !ok {
		row.Evidence = noisyEvidence([]float64{0}, []float64{0})
		row.Evidence.Exact = s.Exact
		return row
	}
	row.Title = "slower than " + humanize.Latency(found.Beyond)
	before, after := beyond(old, found.Beyond), beyond(new, found.Beyond)
	row.Old, row.New = view.Median(before), view.Median(after)
	if s.Exact {
		differences := make([]float64, len(before))
		for i := range before {
			differences[i] = after[i] - before[i]
		}
		row.Evidence = exactEvidence(differences)
		return row
	}
	row.Evidence = noisyEvidence(before, after)
	// The place was chosen by both sides, which a rank test at that place does not know.
	row.Evidence.P = math.Min(1, 2*found.P)
	row.Evidence.Chance = row.Evidence.P
	return row
}

// samplesOf are the latencies of runs, each of which is a sample. They are of usable
// answers: failures are counted by figures of their own.
func samplesOf(runs []*metrics.Run) []stats.Sample {
	list := make([]stats.Sample, len(runs))
	for i, run := range runs {
		for _, p := range run.Distribution() {
			list[i].At = append(list[i].At, p.MS)
			list[i].Upto = append(list[i].Upto, math.Round(p.Share*float64(run.Requests-run.Failures)))
		}
	}
	return list
}

// beyond is how many requests of each run took longer.
func beyond(list []stats.Sample, ms float64) []float64 {
	counts := make([]float64, len(list))
	for i, s := range list {
		counts[i] = s.Beyond(ms)
	}
	return counts
}
