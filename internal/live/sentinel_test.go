package live

import (
	"testing"
	"time"
)

// What holds up the sentinels is told, and what is shorter than the figures that are
// compared is not.
func TestDisturbance(t *testing.T) {
	for _, c := range []struct {
		d    Disturbance
		much bool
	}{
		{Disturbance{Late: 5 * time.Millisecond, Longest: time.Second, Stolen: 0.01}, false},
		{Disturbance{Late: 6 * time.Millisecond}, true},
		{Disturbance{Stolen: 0.02}, true},
	} {
		if c.d.Much() != c.much {
			t.Errorf("%+v: much is %v", c.d, !c.much)
		}
	}
	if got := (stealing{1000, 30}).since(stealing{900, 25}); got != 0.05 {
		t.Errorf("stolen %v, want 0.05", got)
	}
	if got := (stealing{}).since(stealing{900, 25}); got != 0 {
		t.Errorf("stolen %v without a count, want nothing", got)
	}
}

// Sentinels sleep on every core, and wake after they are to.
func TestSentinels(t *testing.T) {
	s := Watch()
	time.Sleep(20 * nap)
	d := s.Stop()
	if d.Late < 0 || d.Longest < d.Late || d.Longest == 0 || d.Longest > 10*time.Second {
		t.Errorf("%+v", d)
	}
	if d.Stolen < 0 || d.Stolen > 1 {
		t.Errorf("a share of %v was stolen", d.Stolen)
	}
}
