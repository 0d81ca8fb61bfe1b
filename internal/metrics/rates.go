package metrics

import "time"

// loadsBegun counts the loads of each phase.
type loadsBegun struct{ phases []int64 }

func (b *loadsBegun) add(at time.Duration, cfg Config) {
	for i := range b.phases {
		if p := &cfg.Phases[i]; p.From <= at && at < p.To {
			b.phases[i]++
		}
	}
}

// fill adds how many loads a second there were, in each phase and in all.
func (b *loadsBegun) fill(run *Run, cfg Config) {
	counted := cfg.Duration
	for i, p := range cfg.Phases {
		if p.WarmUp {
			counted -= p.To - p.From
		}
		of := run.Phases[p.Name]
		of.ComputesPerS = rate(b.phases[i], p.To-p.From)
		run.Phases[p.Name] = of
	}
	if counted > 0 {
		run.ComputesPerS = rate(run.Computes, counted)
	}
}

// computeRateMax is the most loads begun a second over one window that counts.
func (s *Summary) computeRateMax() (most float64) {
	for i, n := range s.herd.windowComputes {
		begin := time.Duration(i) * s.cfg.Window
		width := min(s.cfg.Window, s.cfg.Duration-begin)
		if rate := float64(n) / width.Seconds(); s.counts(begin) && rate > most {
			most = rate
		}
	}
	return most
}

// WithoutRates takes away what was counted over time by those who were not told of
// every load.
func (run *Run) WithoutRates() {
	run.ComputeRateMax, run.ComputesPerS = 0, nil
	for name, f := range run.Phases {
		f.ComputesPerS = nil
		run.Phases[name] = f
	}
}
