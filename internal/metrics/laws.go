package metrics

import "fmt"

// Laws is the law that is broken, of those that hold whenever no method is at work;
// nil is none. Ended says that no load may be under way any more.
func (s *Summary) Laws(ended bool) error {
	for i, t := range s.classes {
		sum := int64(0)
		for _, n := range t.outcomes {
			sum += n
		}
		if sum != t.requests {
			return fmt.Errorf("class %s: %d requests have %d outcomes", s.cfg.Classes[i].Name, t.requests, sum)
		}
	}
	if s.herd.all < 0 || ended && s.herd.all != 0 {
		return fmt.Errorf("%d loads of the origin are under way", s.herd.all)
	}
	return nil
}

// Recorded is the number of requests that were added, those of a warm-up included.
func (s *Summary) Recorded() int64 { return s.recorded }
