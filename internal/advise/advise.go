// Package advise searches the strategy for a workload: it runs candidates on exactly that
// workload, as it is and under incidents, and ranks those that keep the budget.
//
//	search, err := advise.New("shop", text, overrides)
//	advice, err := search.Run(advise.Plan{Rounds: advise.AllRounds})
//
// # In the order of the data
//
//	candidates.go  which strategies are tried, with which settings
//	incidents.go   what happens to each of them
//	advise.go      the rounds: after each one the worse candidates leave
//	judge.go       what a candidate is worth: its worst incident counts
//	sure.go        how sure the first place is, and what would change it
//	snippet.go     the winner, as it is configured elsewhere
//
// # Why rounds
//
// Most candidates are far from the best, which one run shows. So every candidate is run
// once, and only those that may still win run under every incident and under more seeds:
// successive halving (Karnin, Koren and Somekh, "Almost optimal exploration in
// multi-armed bandits", ICML 2013). The requests of a seed are the same for all of them,
// so that differences are paired.
package advise

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads"
)

// Search is a workload for which a strategy is sought.
type Search struct {
	Name       string
	Candidates []Candidate
	Incidents  []Incident // the first is the scenario as it is
	Skipped    []string   // the incidents that cannot happen to it, each with its reason
	Budget     scenarios.Budget
	Unfit      []string // candidates that the scenario cannot have, each with its reason

	seed      uint64
	classes   []string
	overrides []string
	lives     []time.Duration
	trials    []*scenarios.Scenario // by incident: every candidate is an entry of each
	text      body
	figures   figures.Table
	traces    workloads.Recordings
}

// Plan says how long a search goes on.
type Plan struct {
	// Rounds is how many rounds there are at most; 0 means [AllRounds].
	Rounds int

	// Within is about how long they may take in all; 0 is no limit. A round that is not
	// likely to end by then is not begun. The first one always is.
	Within time.Duration

	// Watch hears how far a round is, from any goroutine; nil is nobody.
	Watch func(round, done, of int)

	// Stop tells whether to end early.
	Stop func() bool
}

// round is one of a search: who was left runs under so many incidents and seeds, and so many stay.
type round struct {
	all   bool // every incident, or the scenario as it is alone
	seeds int  // in all, with those of the rounds before
	keep  int  // candidates that go on
}

// rounds begin wide and end deep. Six seeds are the fewest that tell two candidates apart
// at 5 % (Wilcoxon's test, see internal/stats).
func rounds() []round {
	return []round{{false, 1, 16}, {true, 1, 6}, {true, 3, 3}, {true, 6, 3}}
}

// AllRounds is how many there are.
func AllRounds() int { return len(rounds()) }

// runKey is a run of a candidate.
type runKey struct {
	candidate, incident int
	seed                int // from 0
}

// Run searches. It returns what the rounds that ended found; the error is that of a run
// that could not be carried out, or [lab.ErrStopped] before the first round has ended.
func (s *Search) Run(plan Plan) (*Advice, error) {
	defer s.traces.Close() // they were only read: nothing can be lost
	begun := time.Now()
	results := make(map[runKey]figuresOf)
	left := make([]int, len(s.Candidates))
	for i := range left {
		left[i] = i
	}
	advice := &Advice{search: s, results: results}
	list := rounds()
	if plan.Rounds > 0 {
		list = list[:min(plan.Rounds, len(list))]
	}
	cost := time.Duration(0) // of a run, as it was in the round before
	for i, r := range list {
		todo := s.todo(r, left, results)
		if i > 0 && plan.Within > 0 && time.Since(begun)+cost*time.Duration(len(todo)) > plan.Within {
			break
		}
		at := time.Now()
		err := s.runAll(todo, results, plan, i)
		if errors.Is(err, lab.ErrStopped) && i > 0 {
			advice.Stopped = true
			break
		}
		if err != nil {
			return nil, err
		}
		if len(todo) > 0 {
			cost = time.Since(at) / time.Duration(len(todo))
		}
		advice.Rounds, advice.Seeds = i+1, r.seeds
		advice.judge(left, r)
		left = advice.survivors(r.keep)
	}
	if advice.Rounds == 0 {
		return nil, lab.ErrStopped
	}
	return advice, advice.finish(plan)
}

// todo are the runs of a round that no round before has made.
func (s *Search) todo(r round, left []int, done map[runKey]figuresOf) (list []runKey) {
	for _, c := range left {
		for i := range s.incidentsOf(r) {
			for seed := range r.seeds {
				k := runKey{c, i, seed}
				if _, has := done[k]; !has {
					list = append(list, k)
				}
			}
		}
	}
	return list
}

// incidentsOf is how many incidents a round has.
func (s *Search) incidentsOf(r round) int {
	if r.all {
		return len(s.Incidents)
	}
	return 1
}

// runAll makes runs, one a processor at once, and keeps their figures.
func (s *Search) runAll(todo []runKey, results map[runKey]figuresOf, plan Plan, number int) error {
	made := make([]figuresOf, len(todo))
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	ended := make(chan struct{}, len(todo))
	told := make(chan struct{})
	go func() {
		defer close(told)
		done := 0
		for range ended {
			if done++; plan.Watch != nil {
				plan.Watch(number, done, len(todo))
			}
		}
	}()
	for i, k := range todo {
		workers.Go(func() (err error) {
			if plan.Stop != nil && plan.Stop() {
				return lab.ErrStopped
			}
			made[i], err = s.runOne(k, plan.Stop)
			ended <- struct{}{}
			return err
		})
	}
	err := workers.Wait()
	close(ended)
	<-told
	if err != nil {
		return err
	}
	for i, k := range todo {
		results[k] = made[i]
	}
	return nil
}

// figuresOf is a run, by the names that conditions have for its figures.
type figuresOf map[string]float64

func (s *Search) runOne(k runKey, stop func() bool) (figuresOf, error) {
	sc := s.trials[k.incident]
	run, err := lab.Run(sc, sc.Strategies[k.candidate], s.seed+uint64(k.seed), lab.Setup{
		Clock: sim.New(), Recordings: &s.traces, Watch: lab.Watch{Stop: stop},
	})
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", s.Candidates[k.candidate].Name, s.Incidents[k.incident].Name, err)
	}
	return s.measured(run), nil
}

// measured are the figures of a run, of its classes and of all of them together.
func (s *Search) measured(run *metrics.Run) figuresOf {
	list := make(figuresOf)
	for _, f := range s.figures {
		if v, ok := f.Value(run, "", ""); ok {
			list[f.Name] = v
		}
		for _, class := range append(slices.Clone(s.classes), figures.AllClasses) {
			if v, ok := f.Value(run, "", class); ok {
				list[scenarios.ClassFigure(class, f.Name)] = v
			}
		}
	}
	return list
}

// Seed is the first seed.
func (s *Search) Seed() uint64 { return s.seed }

// Classes are those of the workload.
func (s *Search) Classes() []string { return s.classes }
