package metrics

import (
	"strings"
	"testing"
	"time"
)

func TestLawsOfTheSummary(t *testing.T) {
	s := NewSummary(Config{Classes: []ClassInfo{{Name: "page"}}, Duration: time.Second, Window: time.Second})
	s.Add(&Record{Age: -1, Staleness: -1})
	s.LoadStarted("a", 0)
	if err := s.Laws(false); err != nil {
		t.Errorf("during a load: %v", err)
	}
	if err := s.Laws(true); err == nil || !strings.Contains(err.Error(), "1 loads of the origin are under way") {
		t.Errorf("at the end, during a load: %v", err)
	}
	s.LoadEnded("a", 1)
	if err := s.Laws(true); err != nil {
		t.Errorf("at the end: %v", err)
	}
	s.classes[0].of(0).writes += 2
	if err := s.Laws(false); err == nil || !strings.Contains(err.Error(), "class page: 1 requests are 2 writes and 1 reads") {
		t.Errorf("with more writes than requests: %v", err)
	}
	s.classes[0].of(0).writes = 0
	s.herd.HerdPeak++
	if err := s.Laws(true); err == nil || !strings.Contains(err.Error(), "of 1 loads, 1 at once, are 0 duplicates and 2 of one key at once") {
		t.Errorf("with a herd that is higher than all loads: %v", err)
	}
	s.herd.HerdPeak--
	s.classes[0].of(0).requests++
	if err := s.Laws(false); err == nil || !strings.Contains(err.Error(), "class page: 2 requests have 1 outcomes") {
		t.Errorf("with a request that has no outcome: %v", err)
	}
}

func TestHerdIsNeverNegative(t *testing.T) {
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, `a load of "a" ended at 1s that had not begun`) {
			t.Errorf("the panic says %q", said)
		}
	}()
	NewSummary(Config{Duration: time.Second, Window: time.Second}).LoadEnded("a", time.Second)
}
