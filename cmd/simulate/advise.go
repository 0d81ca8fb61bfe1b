package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/herdlab/herdlab/internal/advise"
	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

type adviseCmd struct {
	Scenario string `arg:"" help:"A file, or a name of the catalogue. Its own strategies are left out."`

	Set    []string      `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, e.g. fleet.workers=50 or 'budget={failures: 0.1%, p99: 200ms}'."`
	Within time.Duration `default:"60s" help:"About how long the search may take: a round that is not likely to end by then is not begun. 0s is no limit."`
	Rounds int           `help:"Rounds of the search, for a result that does not depend on how fast the machine is. Default: all that --within allows."`
	Out    string        `placeholder:"DIR" help:"Folder of the advice. Default: out/<scenario>-advice."`
	Quiet  bool          `short:"q" help:"Show no progress."`
}

// Run searches a strategy for the workload of a scenario.
func (a adviseCmd) Run(c *command.Console) error {
	if a.Within < 0 || a.Rounds < 0 || a.Rounds > advise.AllRounds() {
		return command.Usage(fmt.Errorf("--within %v, --rounds %d: give 0s or more, and %d rounds at most", a.Within, a.Rounds, advise.AllRounds()))
	}
	search, err := advise.New(a.Scenario, a.Set)
	if err != nil {
		return command.Usage(err)
	}
	advice, err := a.search(c, search)
	if errors.Is(err, lab.ErrStopped) {
		return c.Interrupted("the first round of the search has not ended, and without it there is no advice")
	}
	if err != nil {
		return &command.Exit{Code: command.ExitRun, Err: err}
	}
	if a.Out == "" {
		a.Out = filepath.Join("out", search.Name+"-advice")
	}
	return a.deliver(c, search, advice)
}

// search runs the rounds, and shows how far they are.
func (a adviseCmd) search(c *command.Console, search *advise.Search) (*advise.Advice, error) {
	var mu sync.Mutex
	text := ""
	status := command.NewStatus(c.Err, a.Quiet, func() string {
		mu.Lock()
		defer mu.Unlock()
		return text
	})
	defer status.End()
	plan := advise.Plan{Rounds: a.Rounds, Within: a.Within, Stop: func() bool { return c.Ctx.Err() != nil }}
	plan.Watch = func(round, done, of int) {
		mu.Lock()
		defer mu.Unlock()
		text = fmt.Sprintf("%s: round %d of %d, %d of %s", search.Name, round+1, advise.AllRounds(), done, humanize.Plural(of, "run", "runs"))
	}
	return search.Run(plan)
}

// deliver writes the report and prints what is advised.
func (a adviseCmd) deliver(c *command.Console, search *advise.Search, advice *advise.Advice) error {
	answers := answersOf(search, advice)
	for _, answer := range answers {
		fmt.Fprintln(c.Out, answer)
	}
	fmt.Fprintln(c.Out)
	if err := rankedTable(c.Out, advice); err != nil {
		return err
	}
	keep := search.Budget.Conditions(nil)
	head := sweep.Head{
		Tool: command.Version(), About: "Every figure of a candidate is that of its worst incident.", Keep: keep, Classes: search.Classes(),
		Grid: sweep.Grid{Scenario: search.Name, Set: a.Set, Seed: search.Seed(), Seeds: advice.Seeds},
	}
	var conditions []view.Condition
	for _, text := range keep {
		condition, err := scenarios.ParseCondition(text, head.Classes)
		if err != nil {
			return err
		}
		conditions = append(conditions, condition)
	}
	results := advice.Results()
	v := view.NewSweep(head, results, figures.All(), conditions)
	v.Answers = answers
	page, err := reports.WriteSweep(a.Out, v, results)
	if err != nil {
		return err
	}
	kept := filepath.Join(a.Out, "scenario.yaml")
	if err := os.WriteFile(kept, []byte(advice.Scenario()), 0o666); err != nil {
		return fmt.Errorf("write the scenario to keep: %w", err)
	}
	if chosen := advice.Chosen(); chosen != nil {
		for _, s := range advise.Snippets(advice, chosen) {
			fmt.Fprintf(c.Out, "\n%s:\n%s", s.Where, indented(s.Text))
		}
	}
	if _, err := fmt.Fprintf(c.Out, "\nreport: %s\nscenario: %s\n", page, kept); err != nil {
		return err
	}
	if err := command.AddToSummary(func(w io.Writer) error { return reports.SweepElsewhere(w, v, filepath.ToSlash(page)) }); err != nil {
		return err
	}
	if advice.Stopped {
		return c.Interrupted(fmt.Sprintf("the advice is of %d of %d rounds", advice.Rounds, advise.AllRounds()))
	}
	return nil
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// answersOf says what is advised, why, how sure it is, and what would change it.
func answersOf(search *advise.Search, advice *advise.Advice) (list []string) {
	first := &advice.Ranked[0]
	incidents := humanize.Plural(len(search.Incidents), "incident", "incidents")
	if advice.Rounds == 1 {
		incidents = "the scenario as it is, and under no other incident: the time was too short for more"
	} else {
		incidents = "all of " + incidents
	}
	budget := strings.Join(search.Budget.Conditions(nil), ", ")
	if first.Kept() {
		list = append(list, fmt.Sprintf("Use %s: it keeps the budget (%s) under %s.", first.Name, budget, incidents))
	} else {
		list = append(list, fmt.Sprintf("Nothing that was tried keeps the budget (%s). Nearest is %s: %s.", budget, first.Name, shortOf(first)))
	}
	list = append(list, costText(first)+".")
	if second := advice.Second(); second != nil {
		list = append(list, leadText(first, second))
	}
	list = append(list, turnsText(advice))
	for _, step := range []int{-1, 1} {
		if n := advice.Neighbour(step); n != nil {
			list = append(list, fmt.Sprintf("With %s in place of %s: %s%s.", humanize.Duration(ms(n.Life)), humanize.Duration(ms(first.Life)), lower(costText(n)), brokenText(n)))
		}
	}
	if advice.Outlives(first) {
		list = append(list, "Its values live longer than the run: whether a shorter or a longer life would do as well, beyond what was tried, a longer run can tell.")
	}
	for _, skipped := range search.Skipped {
		list = append(list, "Not tried: "+skipped+".")
	}
	if n := len(search.Unfit); n > 0 {
		list = append(list, fmt.Sprintf("%s not for this scenario; the first: %s.", humanize.Plural(n, "candidate is", "candidates are"), search.Unfit[0]))
	}
	text := fmt.Sprintf("%s, %d of %d rounds, %s in the last.", humanize.Plural(len(search.Candidates), "candidate", "candidates"),
		advice.Rounds, advise.AllRounds(), humanize.Plural(advice.Seeds, "seed", "seeds"))
	if gone := len(search.Candidates) - len(advice.Beside()); gone > 0 {
		text += fmt.Sprintf(" %d left after the scenario as it is, and stand in no table.", gone)
	}
	return append(list, text)
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }

// costText says what a standing costs.
func costText(s *advise.Standing) string {
	outdated := "no answer is outdated"
	if s.Cost.Stale > 0 {
		outdated = "answers are outdated by up to " + humanize.Duration(s.Cost.Stale)
	}
	return fmt.Sprintf("At worst 99 of 100 clients wait %s (%s), the origin has %s loads, and %s", humanize.Duration(s.Cost.Wait), s.Where, humanize.Count(s.Cost.Loads), outdated)
}

// lower is a sentence as a part of another one.
func lower(text string) string { return strings.ToLower(text[:1]) + text[1:] }

// shortOf says which limits a standing breaks, and by how much.
func shortOf(s *advise.Standing) string {
	var list []string
	for _, b := range s.Broken {
		where := b.Incident
		if b.Class != "" {
			where += ", " + b.Class
		}
		list = append(list, fmt.Sprintf("%s becomes %s (%s)", b.Limit, view.WriteFigure(b.Limit.Figure, b.Value), where))
	}
	return strings.Join(list, "; ")
}

func brokenText(s *advise.Standing) string {
	if s.Kept() {
		return ""
	}
	return "; it breaks the budget: " + shortOf(s)
}

// leadText says by how much the first is better than the second, and how sure that is.
func leadText(first, second *advise.Standing) string {
	if first.Kept() && !second.Kept() {
		return fmt.Sprintf("%s, the next that does something else, breaks the budget: %s.", second.Name, shortOf(second))
	}
	l := first.LeadOver(second)
	f, ok := figures.All().Find(l.Figure)
	if !ok {
		return fmt.Sprintf("%s, the next that does something else, costs the same to 5 %%: the simpler one is advised.", second.Name)
	}
	write := func(v float64) string { return view.WriteFigure(f, v) }
	sure := fmt.Sprintf("%d of %s", l.Better, humanize.Plural(l.Of, "seed", "seeds"))
	if l.Range {
		sure += ", too few for an interval"
	} else {
		sure += fmt.Sprintf(", 95 %%: %s to %s", write(l.Low), write(l.High))
	}
	of := " of "
	if f.Unit == figures.Count {
		of = " "
	}
	return fmt.Sprintf("It is better than %s by %s%s%s (%s).", second.Name, write(l.Estimate), of, view.TitleOf(f), sure)
}

// turnsText says what would change the first place.
func turnsText(advice *advise.Advice) string {
	first, same := advice.Ranked[0].Name, []string{}
	var turned []string
	for _, t := range advice.Turns {
		budget := ""
		if !t.Kept {
			budget = ", which breaks the budget there"
		}
		if t.First == first {
			same = append(same, t.What+budget)
		} else {
			turned = append(turned, fmt.Sprintf("with %s it is %s%s", t.What, t.First, budget))
		}
	}
	switch {
	case len(advice.Turns) == 0:
		return "What would change the first place is not known."
	case len(turned) == 0:
		return "It stays first with " + strings.Join(same, ", and with ") + "."
	}
	return "What changes the first place: " + strings.Join(turned, "; ") + "."
}

// mostRanked are printed: the page has them all.
const mostRanked = 12

// rankedTable prints the best candidates.
func rankedTable(w io.Writer, advice *advise.Advice) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "candidate\teffective p99\tin\tloads\toutdated by\tbudget")
	list := advice.Beside()
	for i := range list[:min(len(list), mostRanked)] {
		s := &list[i]
		budget := "keeps it"
		if !s.Kept() {
			budget = "breaks " + s.Broken[0].Limit.Figure.Budget
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, humanize.Duration(s.Cost.Wait), s.Where, humanize.Count(s.Cost.Loads), humanize.Duration(s.Cost.Stale), budget)
	}
	return t.Flush()
}
