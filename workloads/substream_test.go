package workloads

import "testing"

// Everything that is drawn anywhere comes from these streams: if this test
// fails, every result ever published is out of reach.
func TestSubstreamIsStableForEver(t *testing.T) {
	for _, c := range []struct {
		seed uint64
		name string
		want [3]uint64
	}{
		{1, "arrivals/page", [3]uint64{0x86b16851b9c539b6, 0xc8f94b550c0bd189, 0xcb7257f1140e43e9}},
		{1, "keys/page", [3]uint64{0x869877ed80fbcf83, 0x40791256fc9296db, 0xc9bed19b141a0108}},
		{2, "arrivals/page", [3]uint64{0xcad27b51d8229ae6, 0x2f2eaacc80b743f0, 0x1fe9487398212ceb}},
		{0, "", [3]uint64{0xc2b27c32bd7dbfff, 0x67f9fe69e6d7fc2a, 0xe9cc34a864bf8639}},
	} {
		s := Substream(c.seed, c.name)
		if got := [3]uint64{s.Uint64(), s.Uint64(), s.Uint64()}; got != c.want {
			t.Errorf("Substream(%d, %q) begins with %#v", c.seed, c.name, got)
		}
	}
}

// The first draws of neighbouring seeds and names must not resemble each other:
// replications are seeds 1 to n.
func TestSubstreamsOfNeighboursAreUncorrelated(t *testing.T) {
	const n = 20_000
	for _, c := range []struct {
		what  string
		first func(i int) uint64
	}{
		{"seeds", func(i int) uint64 { return Substream(uint64(i), "keys/page").Uint64() }},
		{"names", func(i int) uint64 { return Substream(1, "keys/"+string(rune('a'+i))).Uint64() }},
	} {
		sum, lagged := 0.0, 0.0
		before := 0.0
		for i := range n {
			x := unit(c.first(i)) - 0.5
			sum += x
			lagged += x * before
			before = x
		}
		// Standard deviations: sqrt(n/12) of the sum, sqrt(n)/12 of the products.
		if s := sum / 40.8; s < -4 || s > 4 {
			t.Errorf("%s: the mean is %.1f standard deviations off", c.what, s)
		}
		if s := lagged * 12 / 141.4; s < -4 || s > 4 {
			t.Errorf("%s: neighbours are correlated, %.1f standard deviations", c.what, s)
		}
	}
}

func TestShareHitsAtItsEnds(t *testing.T) {
	s := substream(1, "test")
	for range 1000 {
		if shareOf(0).hit(s) || !shareOf(1).hit(s) {
			t.Fatal("a share of 0 was hit, or one of 1 was missed")
		}
	}
	hits := 0
	for range 100_000 {
		if shareOf(0.3).hit(s) {
			hits++
		}
	}
	if hits < 29_400 || hits > 30_600 { // 4 standard deviations
		t.Errorf("a share of 30%% was hit %d times in 100,000", hits)
	}
}
