package publish

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var t0 = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)

// Whatever happens to a queue: no write is forgotten, none is at work twice,
// the bound holds, and the age is that of the oldest.
func TestJobsAgainstModel(t *testing.T) {
	type waiting struct {
		version uint64
		since   time.Time
	}
	rapid.Check(t, func(t *rapid.T) {
		const attempts = 3
		bound := rapid.IntRange(1, 6).Draw(t, "bound")
		q := newJobs(bound)
		now := t0
		wanted := map[string]waiting{} // asked for and not at work
		var work, rests []*job
		keys := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"})
		pick := func(t *rapid.T, from *[]*job) *job {
			if len(*from) == 0 {
				t.Skip("nothing there")
			}
			i := rapid.IntRange(0, len(*from)-1).Draw(t, "which")
			j := (*from)[i]
			*from = append((*from)[:i], (*from)[i+1:]...)
			return j
		}
		t.Repeat(map[string]func(*rapid.T){
			"advance": func(*rapid.T) { now = now.Add(time.Second) },
			"add": func(t *rapid.T) {
				key, version := keys.Draw(t, "key"), rapid.Uint64Range(1, 9).Draw(t, "version")
				w, waits := wanted[key]
				full := len(wanted) >= bound
				if got, want := q.add(key, version, now), waits || !full; got != want {
					t.Fatalf("add %q: %v, want %v", key, got, want)
				}
				switch {
				case waits:
					wanted[key] = waiting{max(w.version, version), w.since}
				case !full:
					wanted[key] = waiting{version, now}
				}
			},
			"next": func(t *rapid.T) {
				j := q.next(now)
				if j == nil {
					if len(wanted) > len(rests)+behind(work) {
						t.Fatal("jobs wait and none is given out")
					}
					return
				}
				for _, other := range work {
					if other.key == j.key {
						t.Fatalf("%q is at work twice", j.key)
					}
				}
				if w := wanted[j.key]; w.version != j.version || w.since != j.since {
					t.Fatalf("%q is at version %d since %v, want %v", j.key, j.version, j.since, w)
				}
				delete(wanted, j.key)
				work = append(work, j)
			},
			"done": func(t *rapid.T) { q.done(pick(t, &work)) },
			"fail": func(t *rapid.T) {
				j := pick(t, &work)
				since, version, again := j.since, j.version, j.behind != nil
				if q.failed(j, attempts) {
					rests = append(rests, j)
					wanted[j.key] = waiting{version, since}
				} else if again {
					wanted[j.key] = waiting{wanted[j.key].version, since}
				}
			},
			"rested": func(t *rapid.T) { q.enterLine(pick(t, &rests)) },
			"": func(t *rapid.T) {
				// A job that failed goes back although the queue is full.
				if q.stats.Pending != len(wanted) || q.stats.Pending > bound+attempts*8 {
					t.Fatalf("%d wait, want %d", q.stats.Pending, len(wanted))
				}
				var age time.Duration
				for _, w := range wanted {
					age = max(age, now.Sub(w.since))
				}
				if got := q.age(now); got != age {
					t.Fatalf("age %v, want %v", got, age)
				}
			},
		})
	})
}

// behind is how many of the jobs at work have another behind them.
func behind(work []*job) (n int) {
	for _, j := range work {
		if j.behind != nil {
			n++
		}
	}
	return n
}

// A reader who misses a key that is at work needs no job behind it; a write does.
func TestWantedJobsDoNotQueueUp(t *testing.T) {
	q := newJobs(10)
	q.want("k", t0)
	j := q.next(t0)
	if q.want("k", t0); j.behind != nil {
		t.Error("a reader's wish is behind the job at work")
	}
	if q.add("k", 2, t0); j.behind == nil {
		t.Error("a write is not behind the job at work")
	}
}
