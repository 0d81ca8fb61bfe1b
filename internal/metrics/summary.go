package metrics

import "time"

// Config is what a Summary has to know of the scenario.
type Config struct {
	Classes  []ClassInfo
	Duration time.Duration // of the traffic
	Window   time.Duration // width of a step of the series
	Phases   []Phase
	Wall     bool // keep the latency from dispatch too
}

// Phase is a named part [From, To) of the run. What is intended to start in a
// warm-up counts in no figure but the phase's own and the series.
type Phase struct {
	Name     string
	From, To time.Duration
	WarmUp   bool
}

// Summary folds records into figures, in constant memory. Add may be called
// while LoadStarted or LoadEnded is, and neither while itself is.
type Summary struct {
	cfg      Config
	classes  []*tally
	phases   []*tally
	windows  []window
	herd     *herd
	reads    *reads
	service  *histogram // nil on the virtual clock, where it is the latency
	attempts int64
	warmEnds bool // there is a warm-up phase
	victims  victims
	begun    loadsBegun
}

// NewSummary returns an empty fold. Duration and Window must be positive.
func NewSummary(cfg Config) *Summary {
	n := windowsOf(cfg.Duration, cfg.Window)
	s := &Summary{cfg: cfg, windows: make([]window, n), herd: newHerd(n, cfg.Window), reads: newReads(n, len(cfg.Phases))}
	if cfg.Wall {
		s.service = newHistogram(3)
	}
	for range cfg.Classes {
		s.classes = append(s.classes, newTally())
	}
	for _, p := range cfg.Phases {
		s.phases = append(s.phases, newTally())
		s.warmEnds = s.warmEnds || p.WarmUp
	}
	s.begun.phases = make([]int64, len(cfg.Phases))
	return s
}

// Add folds one request. r is not kept.
func (s *Summary) Add(r *Record) {
	class := &s.cfg.Classes[r.Class]
	if w := int(r.Intended / s.cfg.Window); w < len(s.windows) {
		s.windows[w].add(r, class)
	}
	if !class.Bystander {
		s.attempts += int64(r.Attempts)
		if s.service != nil && s.counts(r.Intended) {
			s.service.add(r.Done - r.Sent)
		}
		for i := range s.phases {
			if p := &s.cfg.Phases[i]; p.From <= r.Intended && r.Intended < p.To {
				s.phases[i].add(r, class.PastCache)
			}
		}
	}
	if s.counts(r.Intended) {
		s.classes[r.Class].add(r, class.PastCache)
		s.victims.add(r)
	}
}

// counts reports whether the instant lies outside every warm-up.
func (s *Summary) counts(at time.Duration) bool {
	if !s.warmEnds {
		return true
	}
	for i := range s.cfg.Phases {
		if p := &s.cfg.Phases[i]; p.WarmUp && p.From <= at && at < p.To {
			return false
		}
	}
	return true
}

// LoadStarted notes a load of key at the origin.
func (s *Summary) LoadStarted(key string, at time.Duration) {
	s.herd.started(key, at, s.counts(at))
	s.begun.add(at, s.cfg)
}

// LoadEnded notes the end of a load that LoadStarted noted.
func (s *Summary) LoadEnded(key string, at time.Duration) { s.herd.ended(key, at) }

// Close ends the fold. The caller fills in what records do not tell: strategy,
// seed, cache and L1 counts.
func (s *Summary) Close() *Run {
	run := &Run{
		Classes: make(map[string]Figures), Phases: make(map[string]Figures), Warnings: []string{}, Attempts: s.attempts,
		Computes: s.herd.computes, DuplicateComputes: s.herd.duplicates,
		HerdPeak: s.herd.peak, OriginInFlightPeak: s.herd.allPeak,
	}
	headline, bystander := newTally(), false
	for i, c := range s.cfg.Classes {
		run.Classes[c.Name] = s.classes[i].figures()
		bystander = bystander || c.Bystander
		if !c.Bystander {
			headline.merge(s.classes[i])
		}
	}
	for i, p := range s.cfg.Phases {
		run.Phases[p.Name] = s.phases[i].figures()
	}
	s.herd.advance(s.cfg.Duration)
	run.ComputeRateMax = s.computeRateMax()
	run.Figures = headline.figures()
	run.Victims = int64(len(s.victims))
	if s.service != nil {
		run.ServiceMS = s.service.latency()
	}
	run.Percentiles = headline.latency.percentiles()
	run.Histogram = headline.latency.encode()
	run.Series = series(s.windows, s.herd, bystander)
	s.fillReads(run)
	s.begun.fill(run, s.cfg)
	return run
}
