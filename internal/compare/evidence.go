package compare

import (
	"fmt"
	"math"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/stats"
)

// Verdict is what became of a figure.
type Verdict uint8

// The verdicts. Same is also what is not told from chance, or is next to nothing.
const (
	Same Verdict = iota
	Better
	Worse
	Changed   // of a figure that has no good side, or of one that is better since more requests fail
	OneSided  // the other side has no value
	NotEnough // too few runs to tell
)

func (v Verdict) String() string {
	return [...]string{"same", "better", "worse", "changed", "one side only", "not enough"}[v]
}

// Evidence is what the runs of both sides say of one figure.
type Evidence struct {
	stats.Shift

	// Exact evidence is of the same traffic on the virtual clock: what differs between two
	// runs of one seed differs for no other reason than what was changed. All other
	// evidence is noisy, and a difference has to be told from chance.
	Exact    bool
	Old, New int // runs; of exact evidence, pairs of them

	// Chance is P, and of noisy evidence P among all that was asked at once.
	Chance float64

	agree bool    // every pair moved the same way
	least float64 // of noisy evidence: Chance cannot be less with so few runs
}

// fewest is how many pairs a signed-rank test needs to be able to find anything: with
// five that agree, one of sixteen equal ones is as clear.
const fewest = 6

// exactEvidence is of the differences of pairs.
func exactEvidence(differences []float64) Evidence {
	up, down := 0, 0
	for _, d := range differences {
		if d > 0 {
			up++
		} else if d < 0 {
			down++
		}
	}
	n := len(differences)
	e := Evidence{Shift: stats.Paired(differences), Exact: true, Old: n, New: n, agree: up == n || down == n}
	e.Chance = e.P
	return e
}

// noisyEvidence is of runs that have nothing to do with each other.
func noisyEvidence(old, new []float64) Evidence {
	e := Evidence{Shift: stats.Unpaired(old, new), Old: len(old), New: len(new), least: stats.LeastUnpaired(len(old), len(new))}
	e.Chance = e.P
	return e
}

// among has the chance be that among several that were asked at once. Exact evidence is
// left as it is: of a change that makes no difference there is none to find, however
// many figures are looked at.
func among(family []*Row) {
	chances := make([]float64, 0, len(family))
	for _, r := range family {
		chances = append(chances, r.Evidence.P)
	}
	for i, chance := range stats.Holm(chances) {
		if e := &family[i].Evidence; !e.Exact {
			e.Chance, e.least = chance, math.Min(1, e.least*float64(len(family)))
		}
	}
}

// direction reports whether it is known which way the figure moved, and if not,
// whether more runs would have to tell: what looks like chance anyway needs none.
func (e Evidence) direction() (known, open bool) {
	switch {
	case e.Exact && e.Old == 1: // of one seed it is certain; of other traffic nobody knows
		return true, false
	case e.Exact && e.Old < fewest:
		return e.agree, true
	case e.Exact:
		return e.P <= stats.Alpha, false
	}
	unlikely := e.P <= stats.Alpha || stats.LeastUnpaired(e.Old, e.New) > stats.Alpha
	return e.Chance <= stats.Alpha, unlikely && e.least > stats.Alpha
}

// verdict is what became of a figure of which a change of so much, or less, is none.
func (e Evidence) verdict(better figures.Better, least float64) Verdict {
	if !(math.Abs(e.Estimate) > least*(1+1e-9)) { // a tenth of 100 is a little more than 10
		return Same
	}
	known, open := e.direction()
	switch {
	case !known && open:
		return NotEnough
	case !known:
		return Same
	case better == figures.Neither:
		return Changed
	case (better == figures.Higher) == (e.Estimate > 0):
		return Better
	}
	return Worse
}

// String says what the evidence is.
func (e Evidence) String() string {
	switch {
	case e.Exact && e.Old < fewest:
		return humanize.Plural(e.Old, "paired seed", "paired seeds")
	case e.Exact:
		return fmt.Sprintf("%d paired seeds, p = %s", e.Old, chanceText(e.Chance))
	}
	return fmt.Sprintf("%s and %d, p = %s", humanize.Plural(e.Old, "run", "runs"), e.New, chanceText(e.Chance))
}

// chanceText writes a chance as it is read: 0.032, <0.001.
func chanceText(p float64) string {
	if p < 0.001 {
		return "<0.001"
	}
	return humanize.ThreeDigits(math.Round(p*1000) / 1000)
}
