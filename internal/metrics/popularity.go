package metrics

// Popularity is a group of keys, by the place of each among those of its class, and what
// became of the requests for them. A cache serves its most popular keys well whatever it
// does; what a strategy is worth shows in the others, and a herd in the first one.
type Popularity struct {
	Keys string `json:"keys"` // 1 (the most popular), 2-10, 11-100, 101-, or unranked: all alike, of a trace, or asked for once

	Requests    int64    `json:"requests"`
	Failures    int64    `json:"failures"`
	HitRatio    *float64 `json:"hit_ratio"`
	Computes    *int64   `json:"computes"`     // loads of the origin begun; null where nobody counted them
	LatencyMS   *Latency `json:"latency_ms"`   // of usable answers
	EffectiveMS *Latency `json:"effective_ms"` // a failure counts as the client's time-out
}

// The groups, each ten times the one before it: of Zipf's law with exponent 1 they have
// about as many requests each.
var ranks = [...]string{"1", "2-10", "11-100", "101-", "unranked"}

const numRanks = len(ranks)

// rankOf is the group of a place.
func rankOf(place int) int {
	switch {
	case place <= 0:
		return numRanks - 1
	case place == 1:
		return 0
	case place <= 10:
		return 1
	case place <= 100:
		return 2
	}
	return 3
}

// ranked is the tally of a class, by how popular the keys are. That of all of them is
// merged from these, so that to know more of a request takes no more time.
type ranked [numRanks]*tally

func newRanked() *ranked {
	var r ranked
	for i := range r {
		r[i] = newTally(3)
	}
	return &r
}

// of is the tally of a place.
func (r *ranked) of(place int) *tally { return r[rankOf(place)] }

// merged is that of all keys.
func (r *ranked) merged() *tally {
	all := newTally(3)
	for _, t := range r {
		all.merge(t)
	}
	return all
}

// law is what does not add up.
func (r *ranked) law() error {
	for _, t := range r {
		if err := t.law(); err != nil {
			return err
		}
	}
	return nil
}

// popularity is the groups of the classes that have keys, those with requests or loads;
// none where there is only one of them.
func (s *Summary) popularity() (list []Popularity) {
	for rank := range ranks {
		t := newTally(3)
		for i, c := range s.cfg.Classes {
			if !c.Bystander {
				t.merge(s.classes[i][rank])
			}
		}
		if t.requests == 0 && s.loadsOf[rank] == 0 {
			continue
		}
		p := Popularity{
			Keys: ranks[rank], Requests: t.requests, Failures: t.outcomes.Failures(), HitRatio: t.hitRatio(),
			LatencyMS: t.took.usable.latency(), EffectiveMS: t.took.effective().latency(),
		}
		if s.cfg.Rank != nil {
			p.Computes = new(s.loadsOf[rank])
		}
		list = append(list, p)
	}
	if len(list) < 2 {
		return nil
	}
	return list
}
