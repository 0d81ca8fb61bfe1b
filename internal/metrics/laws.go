package metrics

import "fmt"

// Laws is the law that is broken, of those that hold whenever no method is at work;
// nil is none. Ended says that no load may be under way any more.
//
// A request is in one class and has one outcome, so that the outcomes of every set of
// requests add up to it. What was counted twice, or in the wrong set, shows in a sum
// before anybody wonders about a figure.
func (s *Summary) Laws(ended bool) error {
	for i, t := range s.classes {
		if err := t.law(); err != nil {
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
