package station_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/internal/world/station"
)

// A job begins when the first of the servers is free: so says a simulation that
// looks at every server for every job.
func TestReserveIsFirstComeFirstServed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		servers := rapid.IntRange(1, 7).Draw(t, "servers")
		s, free := station.New(servers), make([]time.Time, servers)
		now, starts, given := time.Unix(0, 0), []time.Time(nil), time.Duration(0)
		for range rapid.IntRange(1, 60).Draw(t, "jobs") {
			now = now.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "gap")))
			service := time.Duration(rapid.IntRange(0, 30).Draw(t, "service"))
			first := 0
			for i := range free {
				if free[i].Before(free[first]) {
					first = i
				}
			}
			want := now
			if free[first].After(now) {
				want = free[first]
			}
			free[first] = want.Add(service)
			got := s.Reserve(now, service)
			if !got.Equal(want) {
				t.Fatalf("a job begins at %v, want %v", got, want)
			}
			s.Note(got)
			starts = append(starts, want)
			waiting := 0
			for _, at := range starts {
				if at.After(now) {
					waiting++
				}
			}
			if got := s.Waiting(now); got != waiting {
				t.Fatalf("%d jobs wait, want %d", got, waiting)
			}
			if given += service; s.Busy() != given {
				t.Fatalf("%v of service given, want %v", s.Busy(), given)
			}
		}
	})
}

// Without a number of servers nobody ever waits.
func TestReserveWithoutLimit(t *testing.T) {
	s := station.New(0)
	for range 100 {
		if got := s.Reserve(time.Unix(1, 0), time.Hour); !got.Equal(time.Unix(1, 0)) {
			t.Fatalf("a job waits until %v", got)
		}
	}
}

// Who took longer than was said holds up the next one, and counts for what it took.
func TestCorrect(t *testing.T) {
	s := station.New(1)
	begin := time.Unix(1, 0)
	s.Reserve(begin, time.Second)
	s.Correct(2 * time.Second)
	if got := s.Reserve(begin, 0).Sub(begin); got != 3*time.Second || s.Busy() != 3*time.Second {
		t.Errorf("the next begins after %v, with %v busy; want 3s and 3s", got, s.Busy())
	}
}
