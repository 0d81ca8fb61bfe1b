package tier

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world/ring"
)

// dialogue is a client of two nodes that asks for a key of node 1 every 100 ms,
// while node 1 is down for a time.
type dialogue struct {
	t       *testing.T
	members *Membership
	now     time.Time
	key     string
	events  []event
}

// event is a change of what the client gets, and when.
type event struct {
	at   time.Duration
	what string
}

func newDialogue(t *testing.T, cfg Config) *dialogue {
	d := &dialogue{t: t, now: time.Unix(1e9, 0)}
	cfg.Ring = ring.Ketama
	members, err := NewRoster(2, nil).Client(cfg, 0, Names(2), func() time.Time { return d.now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	for d.members = members; ; d.key += "k" {
		if i, err := members.Route(d.key); err == nil && i == 1 {
			return d
		}
	}
}

// ask goes on for a time, with node 1 down until the given instant.
func (d *dialogue) ask(total, down time.Duration) []event {
	for at := time.Duration(0); at < total; at += 100 * time.Millisecond {
		what := d.once(at < down)
		if n := len(d.events); n == 0 || d.events[n-1].what != what {
			d.events = append(d.events, event{at, what})
		}
		d.now = d.now.Add(100 * time.Millisecond)
	}
	return d.events
}

func (d *dialogue) once(down bool) string {
	i, err := d.members.Route(d.key)
	switch {
	case errors.Is(err, ErrResting):
		return "left alone"
	case err != nil:
		d.t.Fatal(err)
	case i == 0:
		return "the other node"
	case down:
		d.members.Failed(i)
		return "a failure"
	}
	d.members.Answered(i)
	return "an answer"
}

// The way of a server through the states of libmemcached: it fails and is left
// alone, again and again, is taken off the ring with the fifth failure, and is back
// on it when the dead time-out is over, where one failure more takes it off again.
// A real pylibmc goes the same way (libmemcached 1.1.4, ketama, retry_timeout 1,
// dead_timeout 4): down at 0 s, it is off the ring at 7.5 s instead of 4 s, for
// libmemcached's second lasts up to two.
func TestFailoverIsThatOfLibmemcached(t *testing.T) {
	cfg := Config{FailFast: time.Second, EjectAfter: 5, RetryAfter: 4 * time.Second}
	want := []event{
		{0, "a failure"}, {100 * time.Millisecond, "left alone"},
		{1000 * time.Millisecond, "a failure"}, {1100 * time.Millisecond, "left alone"},
		{2000 * time.Millisecond, "a failure"}, {2100 * time.Millisecond, "left alone"},
		{3000 * time.Millisecond, "a failure"}, {3100 * time.Millisecond, "left alone"},
		{4000 * time.Millisecond, "a failure"}, {4100 * time.Millisecond, "the other node"},
		{8000 * time.Millisecond, "a failure"}, {8100 * time.Millisecond, "the other node"},
		{12000 * time.Millisecond, "an answer"},
	}
	got := newDialogue(t, cfg).ask(14*time.Second, 9*time.Second)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("change %d differs:\n got %v\nwant %v", i, got, want)
		}
	}
}

// Without eject_after the node stays on the ring, and its keys fail: at each try,
// or at once while it is left alone.
func TestWithoutEjectionKeysFail(t *testing.T) {
	for fast, want := range map[time.Duration][]event{
		0:                      {{0, "a failure"}, {time.Second, "an answer"}},
		400 * time.Millisecond: {{0, "a failure"}, {100 * time.Millisecond, "left alone"}, {400 * time.Millisecond, "a failure"}, {500 * time.Millisecond, "left alone"}, {800 * time.Millisecond, "a failure"}, {900 * time.Millisecond, "left alone"}, {1200 * time.Millisecond, "an answer"}},
	} {
		got := newDialogue(t, Config{FailFast: fast}).ask(2*time.Second, time.Second)
		if len(got) != len(want) {
			t.Fatalf("fail_fast %v:\n got %v\nwant %v", fast, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("fail_fast %v:\n got %v\nwant %v", fast, got, want)
			}
		}
	}
}

// A failure of what was asked before the node was left alone is not another one.
func TestFailuresUnderWayCountOnce(t *testing.T) {
	d := newDialogue(t, Config{FailFast: time.Second, EjectAfter: 2, RetryAfter: time.Minute})
	for range 5 {
		d.members.Failed(1)
	}
	d.now = d.now.Add(time.Second)
	if i, err := d.members.Route(d.key); i != 1 || err != nil {
		t.Errorf("after one failure, seen by five: node %d, %v; want node 1", i, err)
	}
	d.members.Failed(1)
	if i, err := d.members.Route(d.key); i != 0 || err != nil {
		t.Errorf("after the second failure: node %d, %v; want node 0", i, err)
	}
}

// A scenario can name every kind of ring.
func TestConfigNamesEveryRing(t *testing.T) {
	f, _ := reflect.TypeFor[Config]().FieldByName("Ring")
	if got, want := f.Tag.Get("enum"), strings.Join(ring.Kinds(), ","); got != want {
		t.Errorf("the setting ring takes %s, want %s", got, want)
	}
}
