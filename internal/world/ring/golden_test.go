package ring

import (
	"fmt"
	"strings"
	"testing"
)

// What other implementations answer. These are not our own results kept: if one
// of them fails, the ring is wrong and not the test.

// The vector of RJ/ketama at 18cf9a7, run on this file of servers.
func TestKetamaAgreesWithLibketama(t *testing.T) {
	r := newKetama([]member{{"127.0.0.1:11211", 600, 0, false}, {"127.0.0.1:11212", 400, 1, false}}, libketama)
	var each [2]int
	for _, owner := range r.owners {
		each[owner]++
	}
	if each != [2]int{192, 128} {
		t.Errorf("points per node %v, want 192 and 128", each)
	}
	h := ketamaHash("test")
	if h != 3446378249 {
		t.Errorf("hash %d, want 3446378249", h)
	}
	if i := r.first(h); r.points[i] != 3454255383 || r.owners[i] != 0 {
		t.Errorf("point %d of node %d, want 3454255383 of node 0", r.points[i], r.owners[i])
	}
}

// ringGoldenKey is the i-th key of the vectors: short, long, and beyond ASCII.
func ringGoldenKey(i int) string {
	switch i % 10 {
	case 8:
		return fmt.Sprintf("session/%d/a-rather-long-key-to-be-hashed/%d", i*7919, i)
	case 9:
		return fmt.Sprintf("café:%d", i)
	}
	return fmt.Sprintf("key:%d", i)
}

// eight are the servers of libmemcached's own test of compatibility.
var eight = []member{
	{"10.0.1.1:11211", 600, 0, false}, {"10.0.1.2:11211", 300, 1, false}, {"10.0.1.3:11211", 200, 2, false}, {"10.0.1.4:11211", 350, 3, false},
	{"10.0.1.5:11211", 1000, 4, false}, {"10.0.1.6:11211", 800, 5, false}, {"10.0.1.7:11211", 950, 6, false}, {"10.0.1.8:11211", 100, 7, false},
}

// The answers of libmemcached 1.1.4 (Debian 12, amd64) for the first 40 keys of
// ringGoldenKey, by memcached_generate_hash. The eight servers are those of its
// own test of compatibility. With 25 equal ones it is visible that they have 156
// points each: at 160 each, keys 6, 10 and 25 would be on nodes 7, 13 and 11.
// KetamaUnweighted is KETAMA with the hash MD5, and Pylibmc is KETAMA alone, what
// pylibmc 1.6.3 asks for when it is given ketama: its behaviours then show the
// hash as "default". Port 11211 is left out of the labels, and 11311 is in them.
func TestRingAgreesWithLibmemcached(t *testing.T) {
	for _, c := range []struct {
		name string
		ring Ring
		want string
	}{
		{"weighted", newKetama(eight, weighted), "5 7 5 3 6 5 4 2 0 4 5 4 5 6 4 0 1 7 5 0 5 2 4 0 6 7 0 0 4 0 5 6 6 6 4 6 4 3 6 4"},
		{Modulo, modulo{eight, oneAtATime[string]}, "1 4 1 7 2 0 5 3 2 5 3 7 4 3 5 7 3 4 4 4 3 1 4 0 0 2 7 3 0 3 3 4 7 7 1 6 6 4 3 5"},
		{KetamaWeighted, mustRing(t, KetamaWeighted, ringNodes(25, 11211), nil, nil), "13 10 10 16 15 24 10 12 15 18 6 23 10 14 10 11 14 6 16 8 24 11 20 8 2 10 11 4 17 16 7 2 8 10 6 19 5 16 17 0"},
		{KetamaUnweighted, mustRing(t, KetamaUnweighted, ringNodes(3, 11211), nil, nil), "1 1 1 2 2 1 2 1 0 1 0 2 2 2 1 2 1 2 1 0 2 1 2 1 2 2 1 1 1 0 1 2 1 2 0 0 2 0 2 2"},
		{KetamaUnweighted, mustRing(t, KetamaUnweighted, ringNodes(25, 11311), nil, nil), "1 9 9 4 3 4 16 0 16 13 10 8 3 14 12 9 12 13 9 13 15 13 16 7 23 24 18 15 22 2 5 19 24 24 12 8 4 7 4 15"},
		{Pylibmc, mustRing(t, Pylibmc, ringNodes(3, 11211), nil, nil), "0 0 1 0 1 0 1 1 1 2 1 0 2 0 0 1 1 0 2 1 0 1 1 2 2 1 2 0 1 2 2 2 1 0 0 1 0 0 2 2"},
		{Pylibmc, mustRing(t, Pylibmc, ringNodes(25, 11311), nil, nil), "12 22 23 3 15 17 23 8 18 23 11 24 20 16 2 23 3 0 16 11 13 14 6 7 21 23 6 17 3 22 12 1 23 2 23 2 20 23 17 3"},
	} {
		for i, want := range strings.Fields(c.want) {
			if got := fmt.Sprint(c.ring.Owner(ringGoldenKey(i))); got != want {
				t.Errorf("%s: %q is on node %s, want %s", c.name, ringGoldenKey(i), got, want)
			}
		}
	}
}

// From libmemcached's own test: this key hashes to 0xfffcd1b5, past the last point.
func TestKetamaWrapsAround(t *testing.T) {
	r := newKetama(eight, weighted)
	h, last := ketamaHash("VDEAAAAA"), r.points[len(r.points)-1]
	if h != 0xfffcd1b5 || h <= last {
		t.Fatalf("hash %#x, last point %#x; want 0xfffcd1b5 and a point before it", h, last)
	}
	if got := r.first(h); got != 0 {
		t.Errorf("the key belongs to point %d, want 0", got)
	}
}

func TestKetamaTexts(t *testing.T) {
	for _, c := range []struct {
		weight, total, n    int
		libketama, weighted int
	}{
		{1, 1, 1, 40, 40},
		{1, 24, 24, 40, 40},
		{1, 25, 25, 40, 39},
		{1, 60, 60, 40, 40},
		{1, 61, 61, 39, 39},
		{600, 1000, 2, 48, 48},
		{400, 1000, 2, 32, 32},
		{1, 10000, 2, 0, 0},
	} {
		if got := libketama.texts(c.weight, c.total, c.n); got != c.libketama {
			t.Errorf("libketama: %d of %d, %d nodes: %d texts, want %d", c.weight, c.total, c.n, got, c.libketama)
		}
		if got := weighted.texts(c.weight, c.total, c.n); got != c.weighted {
			t.Errorf("weighted: %d of %d, %d nodes: %d texts, want %d", c.weight, c.total, c.n, got, c.weighted)
		}
	}
}
