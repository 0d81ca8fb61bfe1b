package command

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

// Many runs a long list of scenarios, several at once, and says one line of each
// in the order of the list.
type Many struct {
	Title    string // of the page that leads to their reports
	Parallel int    // scenarios at once
	Delivery
	Gate

	// Execute runs one scenario and writes its report, which none is if the run was
	// interrupted. It is called from several goroutines.
	Execute func(*scenarios.Scenario) (*view.View, error)
}

// outcome is what became of one scenario.
type outcome struct {
	view *view.View
	err  error
	done chan struct{}
}

// ended reports whether the scenario was run to its end.
func (o *outcome) ended() bool { return o.err == nil && o.view != nil && !o.view.Interrupted }

// Run runs the scenarios, writes the page that leads to their reports, and counts
// the expectations that do not hold. After an error, which it returns, it begins
// no more of them.
func (m Many) Run(c *Console, scs []*scenarios.Scenario) (broken int, err error) {
	list := make([]outcome, len(scs))
	for i := range list {
		list[i].done = make(chan struct{})
	}
	var stopped atomic.Bool
	defer m.startWorkers(scs, list, &stopped).Wait()
	to := m.Printout(c.Out, len(scs))
	finished := 0
	var failed error // the first that could not be run
	for i := range list {
		<-list[i].done
		// Scenarios end in any order: behind one that was interrupted another may have ended.
		if !list[i].ended() {
			failed = cmp.Or(failed, list[i].err)
			continue
		}
		finished++
		if err == nil {
			if err = m.printLine(to, scs, i, list[i].view); err != nil {
				stopped.Store(true)
			}
		}
		broken += Failures(c.Err, scs[i], list[i].view.File)
		if err == nil {
			if err = m.Aborted(broken, len(scs)-i-1); err != nil {
				stopped.Store(true)
			}
		}
	}
	page, unwritten := m.writeIndex(scs, list)
	err = cmp.Or(err, to.End())
	if page != "" && err == nil && m.Format == "table" {
		fmt.Fprintf(c.Out, "all reports: %s\n", page)
	}
	if finished < len(scs) {
		err = cmp.Or(err, failed, c.Interrupted(fmt.Sprintf("%d of %s are finished and written", finished, humanize.Plural(len(scs), "scenario", "scenarios"))))
	}
	return broken, cmp.Or(err, unwritten)
}

// startWorkers starts the workers, who take scenarios until one does not end, or stopped
// says so. Several take those with the most requests first: the longest of them, begun
// last, would have one processor to itself while the others have nothing left to do.
func (m Many) startWorkers(scs []*scenarios.Scenario, list []outcome, stopped *atomic.Bool) *sync.WaitGroup {
	order := make([]int, len(scs))
	for i := range order {
		order[i] = i
	}
	if m.Parallel > 1 {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(requests(scs[b]), requests(scs[a])) })
	}
	var next atomic.Int64
	workers := new(sync.WaitGroup)
	for range min(max(m.Parallel, 1), len(scs)) {
		workers.Go(func() {
			for at := int(next.Add(1)) - 1; at < len(scs); at = int(next.Add(1)) - 1 {
				i := order[at]
				if !stopped.Load() {
					list[i].view, list[i].err = m.Execute(scs[i])
				}
				if !list[i].ended() {
					stopped.Store(true)
				}
				close(list[i].done)
			}
		})
	}
	return workers
}

// requests is about how many requests all runs of a scenario have: those of steady rates
// and of bursts, which is enough to tell the long ones.
func requests(sc *scenarios.Scenario) float64 {
	one := 0.0
	for _, class := range sc.Workload {
		one += class.Rate * sc.Duration.Seconds()
		if class.Burst != nil {
			one += float64(class.Burst.Requests)
		}
	}
	return one * float64(len(sc.Strategies)*sc.Seeds)
}

// printLine prints the line of one scenario: its name, how many expectations hold, what
// the fix changed, and where the report is.
func (m Many) printLine(to *Printout, scs []*scenarios.Scenario, i int, v *view.View) error {
	if err := addScenario(m.Delivery, v); err != nil {
		return err
	}
	if m.Format != "table" {
		return to.print(v)
	}
	name := 0
	for _, sc := range scs {
		name = max(name, len(sc.Name))
	}
	words := []string{fmt.Sprintf("%-*s", name, scs[i].Name), fmt.Sprintf("%-24s", v.Checked)}
	for _, change := range v.Changes {
		if change.Role == metrics.After {
			words = append(words, change.String())
			break
		}
	}
	_, err := fmt.Fprintln(to.out, strings.Join(append(words, m.reportPage(scs[i])), "  "))
	return err
}

// writeIndex writes the page that leads to the reports there are, by theme.
func (m Many) writeIndex(scs []*scenarios.Scenario, list []outcome) (path string, err error) {
	var shelves []reports.Shelf
	for _, theme := range scenarios.Themes() {
		shelf := reports.Shelf{Title: theme.Name + ": " + theme.Title}
		for i, sc := range scs {
			if sc.Theme == theme.Name && list[i].ended() {
				shelf.Reports = append(shelf.Reports, reports.Linked{Dir: sc.Name, View: list[i].view})
			}
		}
		if len(shelf.Reports) > 0 {
			shelves = append(shelves, shelf)
		}
	}
	if len(shelves) == 0 {
		return "", nil
	}
	path, err = reports.WriteIndex(filepath.Clean(m.Out), m.Title, shelves)
	if err != nil {
		return "", &Exit{ExitRun, err}
	}
	return path, nil
}

// Broken is the end of a command whose expectations do not all hold.
func Broken(n int) error {
	if n == 0 {
		return nil
	}
	return &Exit{ExitExpectation, errors.New(humanize.Plural(n, "expectation does not hold", "expectations do not hold"))}
}
