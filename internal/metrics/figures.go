package metrics

// tally is Figures in the making.
type tally struct {
	requests, writes, outdated int64
	past                       int64 // reads that went past the cache
	leaks                      int64
	outcomes                   Outcomes
	latency                    *histogram
	age, staleness             *histogram
	sides                      [numSides]hits
}

func newTally() *tally {
	return &tally{latency: newHistogram(3), age: newHistogram(2), staleness: newHistogram(2)}
}

func (t *tally) add(r *Record, past bool) {
	t.requests++
	t.outcomes[r.Outcome]++
	t.latency.add(r.Done - r.Intended)
	switch {
	case r.Write:
		t.writes++
	case past:
		t.past++
	case r.Side != Alone:
		t.sides[r.Side].add(r.Outcome)
	}
	if r.leaked() {
		t.leaks++
	}
	if r.Age >= 0 {
		t.age.add(r.Age)
	}
	if r.Staleness >= 0 {
		t.outdated++
		t.staleness.add(r.Staleness)
	}
}

func (t *tally) merge(other *tally) {
	t.requests += other.requests
	t.writes += other.writes
	t.past += other.past
	t.outdated += other.outdated
	t.leaks += other.leaks
	for o, n := range other.outcomes {
		t.outcomes[o] += n
	}
	t.latency.merge(other.latency)
	for i := range t.sides {
		t.sides[i].merge(other.sides[i])
	}
	t.age.merge(other.age)
	t.staleness.merge(other.staleness)
}

func (t *tally) figures() Figures {
	f := Figures{
		Requests: t.requests, Writes: t.writes, Failures: t.outcomes.Failures(), Outcomes: t.outcomes,
		LatencyMS: t.latency.latency(), AgeMS: t.age.quantiles(), StalenessMS: t.staleness.quantiles(),
		StaleServed: t.outcomes[StaleHit], Outdated: t.outdated, Leaks: t.leaks,
		HitRatioOld: t.sides[Old].ratio(), HitRatioNew: t.sides[New].ratio(),
	}
	if reads := t.requests - t.writes - t.past; reads > 0 && t.outcomes[Served] == 0 {
		ratio := float64(t.outcomes[FreshHit]+t.outcomes[StaleHit]) / float64(reads)
		f.HitRatio = &ratio
	}
	return f
}
