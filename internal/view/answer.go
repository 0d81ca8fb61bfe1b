package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/sweep"
)

// mostAnswers is how many sentences a strategy gets: one for each combination of the
// values of the other axes.
const mostAnswers = 6

// answers say of every strategy with which values of the first axis that concerns it
// the conditions are kept, beside each combination of the other values. What the
// settings decide comes first.
func answers(s *Sweep) []string {
	if len(s.Conditions) == 0 {
		return nil
	}
	decided := make([][]string, len(s.Grid.Axes)) // by the axis that they are about
	var list []string
	for i, g := range s.Strategies {
		kept, all := 0, 0
		for _, c := range s.Choices {
			if c.Strategy == i {
				all++
				if c.Kept {
					kept++
				}
			}
		}
		axis := slices.IndexFunc(s.Grid.Axes, func(a sweep.Axis) bool { return a.Concerns(g.Name) })
		switch {
		case axis < 0 && kept > 0:
			list = append(list, g.Name+" keeps the budget.")
		case axis < 0:
			list = append(list, g.Name+" does not keep the budget ("+strings.Join(s.Choice(i, 0).Broken, ", ")+").")
		case kept == all:
			list = append(list, g.Name+" keeps the budget with every setting that was tried.")
		case kept == 0:
			list = append(list, g.Name+" keeps the budget with no setting that was tried"+brokenMost(s, i, all)+".")
		default:
			decided[axis] = append(decided[axis], answersAlong(s, i, axis)...)
		}
	}
	return append(slices.Concat(decided...), list...)
}

// brokenMost is the condition that a strategy breaks most often, as a part of a sentence.
func brokenMost(s *Sweep, strategy, of int) string {
	counts := make(map[string]int)
	most := ""
	for _, c := range s.Choices {
		if c.Strategy != strategy {
			continue
		}
		for _, text := range c.Broken {
			if counts[text]++; counts[text] > counts[most] {
				most = text
			}
		}
	}
	if most == "" {
		return ""
	}
	if counts[most] == of {
		return " (" + most + ")"
	}
	return fmt.Sprintf(" (%s is broken by %d of %d)", most, counts[most], of)
}

// answersAlong are the sentences of a strategy about one axis: one alone where the other
// axes make no difference.
func answersAlong(s *Sweep, strategy, axis int) (list []string) {
	var texts, others []string
	concerns := func(i int) bool { return i != axis && s.Grid.Axes[i].Concerns(s.Strategies[strategy].Name) }
	for _, points := range linesAlong(&s.Grid, axis) {
		kept := make([]bool, len(points))
		for j, p := range points {
			kept[j] = s.Choice(strategy, p).Kept
		}
		with := describeValues(&s.Grid, points[0], concerns)
		if !slices.Contains(others, with) { // values that do not concern the strategy make no sentence more
			texts, others = append(texts, answer(s.Grid.Axes[axis], kept)), append(others, with)
		}
	}
	name := s.Strategies[strategy].Name + ": "
	if len(slices.Compact(slices.Clone(texts))) == 1 {
		if len(texts) > 1 {
			var names []string
			for i, a := range s.Grid.Axes {
				if concerns(i) {
					names = append(names, ShortName(a))
				}
			}
			texts[0] += ", whatever the " + spelling.Or(names)
		}
		return []string{name + texts[0] + "."}
	}
	for i, text := range texts {
		list = append(list, name+text+" with "+others[i]+".")
	}
	// What is of no help comes last.
	slices.SortStableFunc(list, func(a, b string) int {
		return cmp.Compare(strings.Count(a, ": no "), strings.Count(b, ": no "))
	})
	if more := len(list) - mostAnswers; more > 0 {
		return append(list[:mostAnswers], fmt.Sprintf("%ssweep.csv has %d combinations more.", name, more))
	}
	return list
}

// linesAlong are the points of the grid in lines: in each of them one axis takes all its
// values, in their order, and the others stay as they are.
func linesAlong(g *sweep.Grid, axis int) (lines [][]int) {
	of := make(map[string]int)
	for p := range g.Points() {
		key := describeValues(g, p, func(i int) bool { return i != axis })
		i, seen := of[key]
		if !seen {
			i = len(lines)
			of[key] = i
			lines = append(lines, nil)
		}
		lines[i] = append(lines[i], p)
	}
	return lines
}

// describeValues are the values of a point on the axes that are told, in words.
func describeValues(g *sweep.Grid, point int, told func(axis int) bool) string {
	var words []string
	for i, v := range g.Values(point) {
		if told(i) {
			words = append(words, ShortName(g.Axes[i])+" "+SayValue(v))
		}
	}
	return strings.Join(words, ", ")
}

// ShortName is what a sentence calls an axis: the setting and what it is of, or of a
// strategy, which the sentence names, the setting alone.
func ShortName(a sweep.Axis) string {
	short := func(path string) string {
		parts := strings.Split(path, ".")
		last := len(parts) - 1
		if parts[0] == "strategies" || parts[0] == "variants" || last == 0 {
			return parts[last]
		}
		return parts[last-1] + "." + parts[last]
	}
	for _, path := range a.Paths {
		if short(path) != short(a.Paths[0]) {
			return a.Name()
		}
	}
	return short(a.Paths[0])
}

// answer says with which values of an axis the conditions are kept.
func answer(a sweep.Axis, kept []bool) string {
	name := ShortName(a)
	order := make([]int, len(kept))
	for i := range order {
		order[i] = i
	}
	numbers, ordered := a.Numbers()
	if ordered {
		slices.SortFunc(order, func(i, j int) int { return cmp.Compare(numbers[i], numbers[j]) })
	}
	say := func(i int) string { return SayValue(a.Values[order[i]]) }
	spans := spansOf(order, kept)
	last := len(kept) - 1
	switch {
	case len(spans) == 0:
		return "no " + name + " that was tried keeps the budget"
	case !ordered || len(spans) > 1:
		var list []string
		for i := range order {
			if kept[order[i]] {
				list = append(list, say(i))
			}
		}
		return "the budget is kept with " + name + " " + spelling.And(list) + " alone"
	}
	switch from, to := spans[0][0], spans[0][1]; {
	case from == 0 && to == last:
		return "every " + name + " that was tried keeps the budget"
	case to == last:
		return "the smallest " + name + " that keeps the budget is " + say(from)
	case from == 0:
		return "the largest " + name + " that keeps the budget is " + say(to)
	case from == to:
		return "the only " + name + " that keeps the budget is " + say(from)
	default:
		return "the budget is kept from " + name + " " + say(from) + " to " + say(to)
	}
}

// spansOf are the first and the last of each run of values that are kept.
func spansOf(order []int, kept []bool) (spans [][2]int) {
	for i, at := range order {
		switch {
		case !kept[at]:
		case len(spans) > 0 && spans[len(spans)-1][1] == i-1:
			spans[len(spans)-1][1] = i
		default:
			spans = append(spans, [2]int{i, i})
		}
	}
	return spans
}
