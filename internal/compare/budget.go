package compare

import (
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/verdict"
)

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

// ownFigures are those that only a comparison has, and no run.
func ownFigures() figures.Table { return figures.Table{budgetFigure(nil, nil), slowFigure()} }
