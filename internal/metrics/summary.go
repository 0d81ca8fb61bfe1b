// Package metrics turns what happened into figures: a [Summary] is a fold over
// [Record] values and the origin's loads, and its [Run] is what reports read.
//
// Four rules hold of every figure:
//
//   - A latency counts from the instant at which a request was to be sent. A client
//     that is held up must not hide what its user would have waited ("coordinated
//     omission": Gil Tene, How NOT to Measure Latency, 2013). Failures are included.
//   - What did not happen is absent, and never 0: a pointer is nil, a value of a series
//     NaN. The hit ratio of no reads is no hit ratio.
//   - Counts are integers and times integer nanoseconds until a figure is made of them.
//     A sum of floating-point numbers depends on the order of its terms, and a result
//     is to be the same bytes on every machine.
//   - Memory does not grow with the requests: a request is folded into histograms and
//     counts, and forgotten.
package metrics

import (
	"fmt"
	"slices"
	"time"
)

// Config is what a Summary has to know of the scenario.
type Config struct {
	Classes  []ClassInfo
	Duration time.Duration // of the traffic
	Window   time.Duration // width of a step of the series
	Phases   []Phase

	// Wall has the latency from dispatch kept too. On the virtual clock a request is
	// sent when it is to be, so that it would be the latency once more.
	Wall bool

	// Rank is the place of a key by popularity, as workloads.Request has it; nil where
	// nobody knows.
	Rank func(key string) int

	// Timeout is how long a client waits, at least, for an answer that it does not get.
	Timeout time.Duration
}

// Phase is a named part [From, To) of the run. What is intended to start in a
// warm-up counts in no figure but the phase's own and the series.
type Phase struct {
	Name     string
	From, To time.Duration
	WarmUp   bool
}

func (p *Phase) holds(at time.Duration) bool { return p.From <= at && at < p.To }

// Summary folds records into figures, in constant memory. Add may be called while
// LoadStarted or LoadEnded is, and neither while itself is; CacheRead at any time.
type Summary struct {
	cfg Config

	// counted is the length of the traffic outside of every warm-up, which is what a
	// rate of the whole run is over.
	counted time.Duration
	warms   bool // there is a warm-up phase

	classes  []*ranked
	loadsOf  [numRanks]int64 // begun, outside of every warm-up
	phases   []*tally
	windows  []window
	service  histogram // of the wall clock; on the virtual one it would be the latency
	recorded int64     // requests, whatever they count in
	attempts int64
	victims  map[int]struct{} // users whose pages were served to others

	herd  *herd
	loads *events // begun
	reads *events // of the shared cache
}

// NewSummary returns an empty fold. Duration and Window must be positive.
func NewSummary(cfg Config) *Summary {
	n := int((cfg.Duration + cfg.Window - 1) / cfg.Window)
	s := &Summary{
		cfg: cfg, counted: cfg.Duration, windows: make([]window, n), service: newHistogram(3), victims: make(map[int]struct{}),
		herd: newHerd(n, cfg.Window), loads: newEvents(n, len(cfg.Phases)), reads: newEvents(n, len(cfg.Phases)),
	}
	for i := range s.windows {
		s.windows[i] = window{*newTally(2), newWaits(2)}
	}
	for range cfg.Classes {
		s.classes = append(s.classes, newRanked())
	}
	for _, p := range cfg.Phases {
		s.phases = append(s.phases, newTally(3))
		if p.WarmUp {
			s.warms = true
			s.counted -= p.To - p.From
		}
	}
	return s
}

// Add folds one request. r is not kept.
//
// The window is that of the instant at which it was to be sent, and not of its end: a
// burst shows where it came, and a queue that it built shows as the latency of that
// window. Bystanders, which never touch the cache, are in the series and in a class
// of their own, and in nothing else: they would water every ratio down.
func (s *Summary) Add(r *Record) {
	s.recorded++
	class := &s.cfg.Classes[r.Class]
	switch w := int(r.At / s.cfg.Window); {
	case w >= len(s.windows):
	case class.Bystander:
		s.windows[w].bystander.add(r, s.cfg.Timeout)
	default:
		s.windows[w].add(r, class, s.cfg.Timeout)
	}
	if !class.Bystander {
		s.attempts += int64(r.Attempts)
		if s.cfg.Wall && !r.Outcome.Failed() && s.counts(r.At) {
			s.service.add(r.Done - r.Sent)
		}
		for i := range s.phases {
			if s.cfg.Phases[i].holds(r.At) {
				s.phases[i].add(r, class, s.cfg.Timeout)
			}
		}
	}
	// Phases have what a warm-up had, for that is a phase too; classes have not.
	if s.counts(r.At) {
		s.classes[r.Class].of(r.Rank).add(r, class, s.cfg.Timeout)
		if r.leaked() {
			s.victims[r.Owner] = struct{}{}
		}
	}
}

// counts reports whether the instant lies outside every warm-up. What is going on when
// one ends is not cut: a request counts, or does not, by the instant it was for.
func (s *Summary) counts(at time.Duration) bool {
	if !s.warms {
		return true
	}
	for i := range s.cfg.Phases {
		if p := &s.cfg.Phases[i]; p.WarmUp && p.holds(at) {
			return false
		}
	}
	return true
}

// LoadStarted notes a load of key at the origin. Loads are told apart from requests: a
// refresh, a job or a warmer begins one that nobody waits for, and a request that
// gave up leaves one behind.
func (s *Summary) LoadStarted(key string, at time.Duration) {
	counts := s.counts(at)
	s.herd.started(key, at, counts)
	if counts && s.cfg.Rank != nil {
		s.loadsOf[rankOf(s.cfg.Rank(key))]++
	}
	s.loads.add(at, s)
}

// LoadUnderWay notes a load that began before the run: it is one more of its key, and no
// computation of the run's.
func (s *Summary) LoadUnderWay(key string) { s.herd.started(key, 0, false) }

// LoadEnded notes the end of a load that LoadStarted or LoadUnderWay noted.
func (s *Summary) LoadEnded(key string, at time.Duration) { s.herd.ended(key, at) }

// CacheRead notes a read of the shared cache. What comes after the traffic is in no
// figure: jobs and refreshes that still go on would count into no time at all.
func (s *Summary) CacheRead(at time.Duration) {
	if at < s.cfg.Duration {
		s.reads.add(at, s)
	}
}

// Laws is the law that is broken, of those that hold whenever no method is at work;
// nil is none. Ended says that no load may be under way any more.
//
// A request is in one class and has one outcome, so that the outcomes of every set of
// requests add up to it. What was counted twice, or in the wrong set, shows in a sum
// before anybody wonders about a figure.
func (s *Summary) Laws(ended bool) error {
	for i, c := range s.classes {
		if err := c.law(); err != nil {
			return fmt.Errorf("class %s: %w", s.cfg.Classes[i].Name, err)
		}
	}
	for i, t := range s.phases {
		if err := t.law(); err != nil {
			return fmt.Errorf("phase %s: %w", s.cfg.Phases[i].Name, err)
		}
	}
	return s.herd.law(ended)
}

// Recorded is the number of requests that were added, those of a warm-up included.
func (s *Summary) Recorded() int64 { return s.recorded }

// Close ends the fold. The caller fills in what records do not tell: strategy,
// seed, cache and L1 counts.
//
// The headline is the sum of the classes that use the cache, and stands beside the sum
// of the others and that of all. They are merged from the classes' histograms and not
// kept beside them, so that the two cannot differ.
func (s *Summary) Close() *Run {
	s.herd.advance(s.cfg.Duration)
	run := &Run{
		Classes: make(map[string]Figures), Phases: make(map[string]Figures), Warnings: []string{}, Attempts: s.attempts,
		Loads: s.herd.Loads, Victims: int64(len(s.victims)),
	}
	_, run.ComputeRateMax = s.loads.peak(s)
	reads := s.reads.series()
	if slices.Max(reads) == 0 {
		reads = []int64{}
	}
	bystanders := slices.ContainsFunc(s.cfg.Classes, func(c ClassInfo) bool { return c.Bystander })
	run.Series = series(s.windows, s.herd, s.loads.series(), reads, bystanders)
	headline, beside, all := newTally(3), newTally(3), newTally(3)
	for i, c := range s.cfg.Classes {
		class := s.classes[i].merged()
		run.Classes[c.Name] = class.figures()
		all.merge(class)
		if c.Bystander {
			beside.merge(class)
		} else {
			headline.merge(class)
		}
	}
	run.Popularity = s.popularity()
	run.Figures, run.All = headline.figures(), all.figures()
	if bystanders {
		run.Bystanders = new(beside.figures())
	}
	took := &headline.took
	run.Percentiles, run.Histogram, run.FailedHistogram = took.usable.percentiles(), took.usable.encode(), took.failed.encode()
	run.ServiceMS = s.service.latency()
	run.ComputesPerS = rate(s.loads.counted.Load(), s.counted)
	if len(reads) > 0 {
		run.CacheGetsPerS = rate(s.reads.counted.Load(), s.counted)
		most, _ := s.reads.peak(s)
		run.CacheGetsPeak = &most
	}
	for i, p := range s.cfg.Phases {
		f := s.phases[i].figures()
		f.ComputesPerS = rate(s.loads.phases[i].Load(), p.To-p.From)
		if len(reads) > 0 {
			f.CacheGetsPerS = rate(s.reads.phases[i].Load(), p.To-p.From)
		}
		run.Phases[p.Name] = f
	}
	return run
}

// rate is how often a second something happened; nil of no time at all.
func rate(n int64, over time.Duration) *float64 {
	if over <= 0 {
		return nil
	}
	return new(float64(n) / over.Seconds())
}
