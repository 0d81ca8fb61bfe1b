package metrics

// Limit is a line of a budget: the most that any class of requests may have of a
// figure, under any seed.
type Limit struct {
	Name   string  `json:"name"`   // as the scenario calls it: failures
	Figure string  `json:"figure"` // failure_ratio
	Most   float64 `json:"most"`   // in the figure's unit: milliseconds, shares of 1, counts
	Text   string  `json:"text"`   // failures: 0.1%
	Stated bool    `json:"stated"` // by the scenario; otherwise it is the usual one
}

// Verdict is what becomes of a strategy that is held against the budget and against
// the others.
type Verdict struct {
	Strategy string `json:"strategy"`

	// Breaks are the limits that it does not keep. One that breaks any has no rank.
	Breaks []Break `json:"breaks"`

	// Rank is 1 for the best, and the same for strategies between which the runs tell no
	// difference; null without one.
	Rank *int `json:"rank"`

	// ScoreMS is what it is ranked by: the effective p99 of its slowest class, the median
	// over the seeds; null where nothing was asked.
	ScoreMS *float64 `json:"score_ms"`

	ScoreClass string `json:"score_class"` // the slowest class, where it was slowest

	// Beside holds it against the best of those that keep the budget; null of the best
	// itself, and where it has no rank.
	Beside *Beside `json:"beside"`
}

// Beside is what the scores of a strategy are beside those of another, seed by seed: the
// requests of a seed are the same for both, so that what it has of luck it has for both.
type Beside struct {
	Strategy string `json:"strategy"` // the other
	Verdict  string `json:"verdict"`  // one of the words below

	// Times is how many times as long it takes, and Low to High an interval of 95 % around
	// it. With Range there are too few seeds for one, and they are the lowest and the
	// highest of all.
	Times float64 `json:"times"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Range bool    `json:"range"`

	P     float64 `json:"p"`     // the chance of as clear a difference where there is none
	Seeds int     `json:"seeds"` // that both have
}

// The words of a comparison. Same is what is not told from noise, or is too little to
// matter; of too few seeds it is not known which of all it is.
const (
	Better    = "better"
	Same      = "same"
	Worse     = "worse"
	NotEnough = "not enough"
)

// Break is a limit that a strategy does not keep.
type Break struct {
	Limit string  `json:"limit"` // its name
	Class string  `json:"class"` // the worst one; empty where the figure is of no class
	Value float64 `json:"value"` // under the worst seed
	Seeds int     `json:"seeds"` // under how many of them
}
