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
		s, free := station.New(servers), make([]int64, servers)
		now, starts, given := int64(0), []int64(nil), time.Duration(0)
		for range rapid.IntRange(1, 60).Draw(t, "jobs") {
			now += rapid.Int64Range(0, 9).Draw(t, "gap")
			service := time.Duration(rapid.IntRange(0, 30).Draw(t, "service"))
			first := 0
			for i := range free {
				if free[i] < free[first] {
					first = i
				}
			}
			want := max(now, free[first])
			free[first] = want + int64(service)
			got := s.Reserve(now, service)
			if got != want {
				t.Fatalf("a job begins at %v, want %v", got, want)
			}
			s.Note(got)
			starts = append(starts, want)
			waiting := 0
			for _, at := range starts {
				if at > now {
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
		if got := s.Reserve(1, time.Hour); got != 1 {
			t.Fatalf("a job waits until %v", got)
		}
	}
}

// Who took longer than was said holds up the next one, and counts for what it took.
func TestCorrect(t *testing.T) {
	s := station.New(1)
	const begin = int64(time.Second)
	s.Reserve(begin, time.Second)
	s.Correct(2 * time.Second)
	if got := time.Duration(s.Reserve(begin, 0) - begin); got != 3*time.Second || s.Busy() != 3*time.Second {
		t.Errorf("the next begins after %v, with %v busy; want 3s and 3s", got, s.Busy())
	}
}

// Jobs that take longer than time lasts wait to its end, and no time at all begins
// to be negative.
func TestReserveDoesNotOverflow(t *testing.T) {
	s, latest := station.New(1), int64(0)
	for range 300 {
		start := s.Reserve(1, 500*24*time.Hour)
		if start < latest {
			t.Fatalf("a job begins at %d, after one at %d", start, latest)
		}
		latest = start
	}
}
