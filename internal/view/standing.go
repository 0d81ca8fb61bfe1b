package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Standing is a strategy's place among the others, and why in a few words.
type Standing struct {
	Name   string
	Color  Color
	Place  string // 1, 2= where it shares it, out of a strategy that breaks the budget; n/a without requests
	Ranked bool   // it keeps the budget
	Reason string // effective p99 500 µs; or 99.9 % of page failed, 0.1 % allowed
	Beside string // 2.8 ± 0.3 times slower than swr; empty of the best, and of those that are out
	Told   string // better, same, worse or not enough, of what Beside says

	score float64 // NaN without one
}

// placeOut is the place of a strategy that breaks the budget.
const placeOut = "out"

// standings are those of every strategy: the ranked ones first, the best before the
// others, and then those that break the budget, in the order of the file.
func standings(v *View) (list []Standing) {
	shared := make(map[int]int)
	for _, x := range v.Verdicts {
		if x.Rank != nil {
			shared[*x.Rank]++
		}
	}
	for _, g := range v.Groups {
		i := slices.IndexFunc(v.Verdicts, func(x metrics.Verdict) bool { return x.Strategy == g.Name })
		if i < 0 {
			continue
		}
		list = append(list, newStanding(v, g, v.Verdicts[i], shared))
	}
	slices.SortStableFunc(list, func(a, b Standing) int {
		switch {
		case a.Ranked != b.Ranked && a.Ranked:
			return -1
		case a.Ranked != b.Ranked:
			return 1
		case !a.Ranked:
			return 0
		}
		return cmp.Compare(a.score, b.score)
	})
	return list
}

func newStanding(v *View, g Group, x metrics.Verdict, shared map[int]int) Standing {
	s := Standing{Name: g.Name, Color: g.Color, Place: "n/a", Reason: "no requests", score: math.NaN()}
	if x.ScoreMS != nil {
		s.score = *x.ScoreMS
		s.Reason = "effective p99 " + humanize.Latency(s.score)
		if len(v.Classes) > 1 {
			s.Reason += " of " + x.ScoreClass
		}
	}
	switch {
	case len(x.Breaks) > 0:
		var reasons []string
		for _, b := range x.Breaks {
			reasons = append(reasons, broken(v, b, len(g.Runs)))
		}
		s.Place, s.Reason = placeOut, strings.Join(reasons, "; ")
	case x.Rank != nil:
		s.Ranked, s.Place = true, fmt.Sprint(*x.Rank)
		if x.Beside != nil {
			s.Beside, s.Told = beside(*x.Beside), x.Beside.Verdict
		}
		if shared[*x.Rank] > 1 {
			s.Place += "="
		}
	}
	return s
}

// beside says how a strategy does beside the best one.
func beside(b metrics.Beside) string {
	switch b.Verdict {
	case metrics.Worse:
		return times(b) + " slower than " + b.Strategy
	case metrics.Better:
		return times(b) + " as long as " + b.Strategy
	case metrics.NotEnough:
		long := "as long as " + b.Strategy
		if humanize.ThreeDigits(b.Times) != "1" {
			long = times(b) + " " + long
		}
		return fmt.Sprintf("%s, of too few seeds to tell (%d)", long, b.Seeds)
	}
	if b.Low == b.High {
		return "the same as " + b.Strategy
	}
	return "the same as " + b.Strategy + ", " + times(b) + " as long"
}

// times is a ratio with half of its interval, in as many digits as that makes sense of:
// 2.8 ± 0.3 times.
func times(b metrics.Beside) string {
	half := (b.High - b.Low) / 2
	if b.Range || half == 0 {
		return humanize.ThreeDigits(b.Times) + " times"
	}
	decimals := min(max(-int(math.Floor(math.Log10(half))), 0), 3)
	return fmt.Sprintf("%.*f ± %.*f times", decimals, b.Times, decimals, half)
}

// broken says of a limit by how much a strategy breaks it.
func broken(v *View, b metrics.Break, seeds int) string {
	i := slices.IndexFunc(v.Budget, func(l metrics.Limit) bool { return l.Name == b.Limit })
	if i < 0 {
		return "breaks " + b.Limit
	}
	limit := v.Budget[i]
	f, ok := v.Figures.Find(limit.Figure)
	if !ok {
		return "breaks " + limit.Text
	}
	write := writer(f.Unit)
	if f.Unit == figures.Share { // 0.12 % is not what 0.1 % allows, and would be rounded to it
		write = func(share float64) string { return humanize.ThreeDigits(100*share) + " %" }
	}
	what := humanize.Words(f.Name)
	if b.Class != "" && len(v.Classes) > 1 {
		what += " of " + b.Class
	}
	text := fmt.Sprintf("%s %s, %s allowed", what, write(b.Value), write(limit.Most))
	if seeds > 1 {
		text += fmt.Sprintf(" (%d of %d seeds)", b.Seeds, seeds)
	}
	return text
}

// Behind are the strategies that keep the budget and are held against the best of them.
func (v *View) Behind() []Standing {
	return slices.DeleteFunc(slices.Clone(v.Standings), func(s Standing) bool { return s.Beside == "" })
}

// Out are the strategies that break the budget.
func (v *View) Out() []Standing {
	return slices.DeleteFunc(slices.Clone(v.Standings), func(s Standing) bool { return s.Place != placeOut })
}

// headline is the verdict in one sentence; empty where nothing was judged.
func headline(list []Standing) string {
	if len(list) == 0 {
		return ""
	}
	var best, rest, out []string
	next := ""
	for _, s := range list {
		switch {
		case s.Ranked && s.Place == list[0].Place:
			best = append(best, s.Name)
		case s.Ranked:
			if rest = append(rest, s.Name); next == "" {
				next = fmt.Sprintf("; next is %s, %s", s.Name, strings.TrimPrefix(s.Reason, "effective p99 "))
				if s.Told == metrics.Worse {
					next += ", " + s.Beside
				}
			}
		default:
			out = append(out, s.Name)
		}
	}
	switch {
	case len(best) == 0 && len(out) == 1:
		return fmt.Sprintf("%s does not keep the budget: %s.", out[0], list[0].Reason)
	case len(best) == 0:
		return fmt.Sprintf("None of the %d strategies keeps the budget.", len(out))
	}
	kept := len(best) + len(rest)
	about := strings.Replace(list[0].Reason, "p99 ", "p99 about ", 1)
	text := fmt.Sprintf("%s keeps the budget: %s", best[0], list[0].Reason)
	switch {
	case kept > 1 && len(rest) == 0:
		text = fmt.Sprintf("%s keep the budget and are alike: %s", inWords(best), about)
	case kept > 1 && len(best) > 1:
		text = fmt.Sprintf("%s are best of the %d that keep the budget: %s%s", inWords(best), kept, about, next)
	case kept > 1:
		text = fmt.Sprintf("%s is best of the %d that keep the budget: %s%s", best[0], kept, list[0].Reason, next)
	}
	switch {
	case len(out) == 1:
		text += ". " + out[0] + " does not keep it"
	case len(out) > 1 && len(out) <= 4:
		text += ". " + inWords(out) + " do not keep it"
	case len(out) > 4:
		text += fmt.Sprintf(". %d do not keep it", len(out))
	}
	return text + "."
}

// inWords is a list as a sentence has it: a, b and c.
func inWords(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// limits are what a strategy has to keep, in one line; empty where nothing is judged. That
// none of them is on latency is said, too: of a fleet that is far too small everybody is
// answered within the client's patience, and the budget is kept.
func limits(f *metrics.File, table figures.Table) string {
	var list []string
	latency := false
	for _, l := range f.Budget {
		limited, _ := table.Find(l.Figure)
		latency = latency || limited.Unit == figures.Latency
		text := l.Text
		if !l.Stated {
			text += " (the usual one)"
		}
		list = append(list, text)
	}
	if len(list) > 0 && !latency {
		list = append(list, "and no limit on latency (budget: {p99: 1s} would be one)")
	}
	return strings.Join(list, ", ")
}

// Disgraced reports whether a strategy breaks a budget that others keep: no title
// praises it, and nothing is measured against it.
func (v *View) Disgraced(g Group) bool {
	keeps := func(s Standing) bool { return s.Ranked }
	return slices.ContainsFunc(v.Standings, keeps) && !slices.ContainsFunc(v.Standings, func(s Standing) bool { return s.Name == g.Name && keeps(s) })
}
