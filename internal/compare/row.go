package compare

import (
	"math"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
)

// Row is a figure of a strategy, or of one of its phases or classes.
type Row struct {
	figures.Figure
	Part Part

	// Title is what tables call the row.
	Title string

	// Summary is set for what the summary of a report has: those are looked for first,
	// and are not weighed down by how many others there are.
	Summary bool

	Old, New float64 // medians; NaN where a side has none
	Evidence Evidence
	Verdict  Verdict // beyond noise, and more than next to nothing

	Breaks *Rule // that forbids it; nil without one
}

// Part is a phase or a class; without either it is the whole run.
type Part struct{ Phase, Class string }

func (p Part) String() string { return p.Phase + p.Class } // one of them is empty

// negligible is the share of a figure that nobody asks about, however certain it is.
const negligible = 0.01

// floor is the least change that is worth a word.
func (r *Row) floor() float64 {
	if r.Evidence.Exact {
		return negligible * math.Abs(r.Old)
	}
	return r.NoiseFloor(r.Old, r.New)
}

// certain reports whether chance has no part in a row: its evidence is exact, or all
// runs have one value. It is in no family, since nothing is asked of chance.
func (r *Row) certain() bool {
	return r.Evidence.Exact || r.Evidence.P == 1 && r.Evidence.Low == r.Evidence.High
}

// against is the verdict where a change of so much is none.
func (r *Row) against(least float64) Verdict {
	switch {
	case math.IsNaN(r.Old) || math.IsNaN(r.New):
		return OneSided
	case math.IsNaN(r.Evidence.Estimate): // no seed has it on both sides
		return NotEnough
	}
	return r.Evidence.verdict(r.Better, least)
}

// FullTitle is what a sentence calls the row.
func (r *Row) FullTitle() string {
	if part := r.Part.String(); part != "" {
		return part + ": " + r.Title
	}
	return r.Title
}

// Write writes a value of the row for people.
func (r *Row) Write(v float64) string { return view.Write(r.Unit, v) }

// Relative is the change as a share of what was: infinite of nothing, and NaN of nothing
// that is still nothing.
func (r *Row) Relative() float64 { return r.Evidence.Estimate / math.Abs(r.Old) }

// Change is how far the figure moved: as a share of what was, or as it is where that was
// next to nothing.
func (r *Row) Change() string { return r.signed(r.Evidence.Estimate) }

// Interval is how far it may have moved, in the unit of Change; empty where that is the
// same to a reader, or where there are too few runs to say.
func (r *Row) Interval() string {
	low, high := r.signed(r.Evidence.Low), r.signed(r.Evidence.High)
	if r.Evidence.Range || low == high {
		return ""
	}
	return low + " to " + high
}

// mostRelative is the change in percent from which the share of what was says less than
// the figure itself.
const mostRelative = 10

func (r *Row) signed(change float64) string {
	relative := change / math.Abs(r.Old)
	switch {
	case math.IsNaN(change):
		return "n/a"
	case change == 0:
		return "0"
	case r.Unit == figures.Share:
		return sign(change) + strings.TrimSuffix(humanize.Percent(math.Abs(change)), " %") + " points"
	case math.IsInf(relative, 0) || math.Abs(relative) >= mostRelative:
		return sign(change) + r.Write(math.Abs(change))
	case math.Abs(relative) < 0.001:
		return sign(change) + "<0.1 %"
	}
	percent := math.Round(math.Abs(relative)*1000) / 10
	if percent == 100 && relative > -1 && relative < 0 { // something is left
		percent = 99.9
	}
	return sign(change) + humanize.ThreeDigits(percent) + " %"
}

func sign(v float64) string {
	if v < 0 {
		return "\u2212" // as wide as a plus
	}
	return "+"
}

// Arrow says which way the figure went, for those who do not see colours; same is a
// tilde, as in benchstat.
func (r *Row) Arrow() string {
	switch {
	case r.Verdict == Same:
		return "~"
	case r.Verdict == NotEnough || r.Verdict == OneSided:
		return "?"
	case r.Evidence.Estimate > 0:
		return "▲"
	}
	return "▼"
}

// Mood is good or bad news as a page colours it, or neither.
func (r *Row) Mood() view.Mood {
	switch r.Verdict {
	case Better:
		return view.Good
	case Worse:
		return view.Bad
	}
	return ""
}

// happened reports whether either side has anything but nothing of the figure.
func (r *Row) happened() bool {
	return r.Verdict != Same || r.Breaks != nil || !(r.Old == 0 && r.New == 0)
}

// BrokenRule is the rule about this figure that it breaks; one about all of them is
// said once, and not at every row.
func (r *Row) BrokenRule() string {
	if r.Breaks == nil || r.Breaks.figure == "" {
		return ""
	}
	return r.Breaks.Text
}
