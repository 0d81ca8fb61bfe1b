package strategies

import (
	"testing"
	"time"
)

// Jobs of their own: nothing collapses, the bound holds, several of a key are at
// work at once, and the age is that of the oldest which waits.
func TestLooseJobs(t *testing.T) {
	q := newJobs(3)
	q.loose = make(map[*job]struct{})
	for i := range 4 {
		if got := q.add("k", uint64(i+2), t0.Add(time.Duration(i)*time.Second)); got != (i < 3) {
			t.Errorf("add %d: %v", i, got)
		}
	}
	now := t0.Add(10 * time.Second)
	first, second := q.next(now), q.next(now)
	if first.version != 2 || second.version != 3 {
		t.Errorf("versions %d and %d are at work", first.version, second.version)
	}
	if age := q.age(now); age != 8*time.Second {
		t.Errorf("age %v", age)
	}
	q.done(second)
	if !q.failed(first, 2) {
		t.Fatal("the job is given up after its first attempt")
	}
	if age := q.age(now); age != 10*time.Second {
		t.Errorf("age %v with the oldest resting", age)
	}
	q.enter(first)
	for range 2 {
		q.done(q.next(now))
	}
	if q.next(now) != nil || q.pending != 0 || len(q.loose) != 0 || q.age(now) != 0 {
		t.Errorf("%d pending, %d kept", q.pending, len(q.loose))
	}
	if s := q.stats; s.Jobs != 3 || s.Dropped != 1 || s.Retried != 1 || s.Collapsed != 0 {
		t.Errorf("%+v", s)
	}
}

func TestPublishAsPublishedComputesWhatIsMissed(t *testing.T) {
	cfg := PublishConfig{AsPublished: true, OnMiss: failWith}
	cfg.setDefaults()
	if bad, ok := cfg.validate().(*ConfigError); !ok || bad.Field != "on_miss" {
		t.Errorf("on_miss: fail is let pass: %v", cfg.validate())
	}
}
