package workloads

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

func TestNumberingIsOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 3000).Draw(t, "n")
		m := newNumbering(n, substream(rapid.Uint64().Draw(t, "seed"), "test"))
		seen := make([]bool, n)
		for rank := range n {
			number := m.of(rank)
			if number >= n || seen[number] {
				t.Fatalf("rank %d of %d gets %d, which is out of range or taken", rank, n, number)
			}
			seen[number] = true
			if back := m.rankOf(number); back != rank {
				t.Fatalf("rank %d of %d gets %d, which is that of rank %d", rank, n, number, back)
			}
		}
	})
}

// A numbering must not keep neighbours together.
func TestNumberingScatters(t *testing.T) {
	const n = 100_000
	for seed := range uint64(5) {
		m := newNumbering(n, substream(seed, "test"))
		ranks, numbers := make([]float64, n), make([]float64, n)
		near := 0
		for rank := range uint64(n) {
			ranks[rank], numbers[rank] = float64(rank), float64(m.of(rank))
			if rank > 0 && math.Abs(numbers[rank]-numbers[rank-1]) < n/100 {
				near++
			}
		}
		if r := stat.Correlation(ranks, numbers, nil); math.Abs(r) > 0.03 {
			t.Errorf("seed %d: the correlation of ranks and numbers is %v", seed, r)
		}
		if near > n*6/100 { // 2 % by chance
			t.Errorf("seed %d: %d of %d neighbours stay near", seed, near, n)
		}
	}
}

// keysOf draws n requests of one class.
func keysOf(t *testing.T, seed uint64, n int, c Class) (keys []string) {
	t.Helper()
	c.Class, c.Rate, c.Arrivals = "page", 1000, "constant"
	w, err := New(seed, time.Duration(n)*time.Millisecond, []Class{c})
	if err != nil {
		t.Fatal(err)
	}
	for r := range w.All() {
		keys = append(keys, r.Key)
	}
	return keys
}

func tally(keys []string) map[string]int {
	counts := make(map[string]int)
	for _, k := range keys {
		counts[k]++
	}
	return counts
}

func TestKeysAreNumberedByPopularity(t *testing.T) {
	counts := tally(keysOf(t, 1, 50_000, Class{Keys: &Keys{Count: 100, Zipf: 1}}))
	if a, b, c := counts["page:0"], counts["page:9"], counts["page:99"]; a < 7*b || b < 6*c || len(counts) != 100 {
		t.Errorf("the keys 0, 9 and 99 of %d were asked %d, %d and %d times", len(counts), a, b, c)
	}
}

func TestShuffledKeysAreTheSameWithOtherNumbers(t *testing.T) {
	plain := keysOf(t, 1, 5000, Class{Keys: &Keys{Count: 1000, Zipf: 1}})
	shuffled := keysOf(t, 1, 5000, Class{Keys: &Keys{Count: 1000, Zipf: 1, Shuffle: true}})
	number, rank := map[string]string{}, map[string]string{}
	for i, k := range plain {
		s := shuffled[i]
		if n, ok := number[k]; ok && n != s || rank[s] != "" && rank[s] != k {
			t.Fatalf("request %d: %s is %s here and %s there", i, k, s, n)
		}
		number[k], rank[s] = s, k
	}
	if other := keysOf(t, 2, 1, Class{Keys: &Keys{Count: 1000, Zipf: 20, Shuffle: true}}); other[0] == number["page:0"] {
		t.Errorf("another seed gives the most popular key the same number: %s", other[0])
	}
}

func TestHotKeysGetTheirShare(t *testing.T) {
	const n = 50_000
	counts := tally(keysOf(t, 1, n, Class{Keys: &Keys{Count: 10_000, Zipf: 0.5, Hot: &Hot{Keys: 4, Share: 0.6}}}))
	for i := range 4 {
		// 4 standard deviations
		if got := counts[fmt.Sprintf("page:%d", i)]; math.Abs(float64(got)-0.15*n) > 4*math.Sqrt(0.15*0.85*n) {
			t.Errorf("hot key %d was asked %d times of %d, want 15%%", i, got, n)
		}
	}
}

func TestKeysAskedOnceAreAskedOnce(t *testing.T) {
	const n = 20_000
	once := 0
	for key, count := range tally(keysOf(t, 1, n, Class{Keys: &Keys{Count: 10, OneHit: 0.25, Prefix: "p"}})) {
		if strings.HasPrefix(key, "p:page:once:") {
			once++
			if count != 1 {
				t.Errorf("%s was asked %d times", key, count)
			}
		}
	}
	if math.Abs(float64(once)-0.25*n) > 4*math.Sqrt(0.25*0.75*n) {
		t.Errorf("%d of %d requests were for keys asked once, want a quarter", once, n)
	}
}

// Above the limit of the table the keys are made afresh: the same ones.
func TestKeysWithoutATable(t *testing.T) {
	for _, shuffle := range []bool{false, true} {
		c := Class{Class: "page", Size: &Size{Median: 1000, P99: 9000}, Keys: &Keys{Count: 1000, Zipf: 0.9, Shuffle: shuffle}}
		with, without := newKeyring(1, c), newKeyring(1, c)
		without.table = nil
		for i := range 5000 {
			k1, p1, n1 := with.draw()
			k2, p2, n2 := without.draw()
			if k1 != k2 || p1 != p2 || n1 != n2 {
				t.Fatalf("request %d: %s, %d bytes with a table, %s, %d bytes without", i, k1, n1, k2, n2)
			}
		}
	}
	if newKeyring(1, Class{Class: "page", Keys: &Keys{Count: tabled + 1}}).table != nil {
		t.Errorf("%d keys have a table", tabled+1)
	}
}

// A key tells its rank, as a request for it has it; one without popularity has none.
func TestRanks(t *testing.T) {
	w, err := New(1, 10*time.Second, []Class{
		{Class: "page", Rate: 200, Keys: &Keys{Count: 500, Zipf: 1, Shuffle: true, OneHit: 0.1}},
		{Class: "hot", Rate: 200, Keys: &Keys{Count: 1000, Hot: &Hot{Keys: 3, Share: 0.5}, Prefix: "shop"}, Writes: 0.1, Again: time.Second},
		{Class: "alike", Rate: 100, Keys: &Keys{Count: 50}},
		{Class: "one", Rate: 100, Keys: &Keys{Count: 1}},
		{Class: "health", Rate: 50},
	})
	if err != nil {
		t.Fatal(err)
	}
	first, most := make([]int, 5), make([]int, 5)
	for r := range w.All() {
		if got := w.Rank(r.Key); got != r.Rank {
			t.Fatalf("%s has rank %d, and the request for it %d", r.Key, got, r.Rank)
		}
		if r.Rank == 1 {
			first[r.Class]++
		}
		most[r.Class] = max(most[r.Class], r.Rank)
	}
	if most[0] < 100 || most[0] > 500 || most[1] < 900 || most[2] != 0 || most[3] != 1 || most[4] != 0 {
		t.Errorf("the highest ranks of the classes are %v", most)
	}
	if n := float64(first[0]) / 2000; n < 0.08 || n > 0.2 { // 0.9 of 1 in H(500)
		t.Errorf("the most popular of 500 keys is asked for by a share of %v", n)
	}
	if n := float64(first[1]) / 2000; n < 0.12 || n > 0.25 {
		t.Errorf("the first of three hot keys is asked for by a share of %v", n)
	}
	for _, key := range []string{"page:500", "page:once:3", "other:1", "page:-1", "page", ""} {
		if got := w.Rank(key); got != 0 {
			t.Errorf("%q, which nobody has, has rank %d", key, got)
		}
	}
}

func TestNamesWithSpacesMakeKeysWithout(t *testing.T) {
	r := newKeyring(1, Class{Class: "my page", Keys: &Keys{Count: 1}})
	if key, _, _ := r.draw(); key != "my-page:0" {
		t.Errorf("the key is %q", key)
	}
}

func TestSizes(t *testing.T) {
	size := func(s *Size, key string) int {
		z := newSizing(s)
		return z.of(key)
	}
	if got := size(nil, "a"); got != 1000 {
		t.Errorf("the default is %d bytes", got)
	}
	if got := size(&Size{Fixed: 64}, "a"); got != 64 {
		t.Errorf("64 bytes fixed are %d", got)
	}
	if got := size(&Size{Median: 500, P99: 500}, "a"); got != 500 {
		t.Errorf("without spread 500 bytes are %d", got)
	}
	const n = 50_000
	var all []float64
	for i := range n {
		all = append(all, float64(size(&Size{Median: 2000, P99: 50_000}, fmt.Sprint("page:", i))))
	}
	slices.Sort(all)
	if m := all[n/2]; m < 1900 || m > 2100 {
		t.Errorf("the median is %v, want 2000", m)
	}
	if p := all[n*99/100]; p < 45_000 || p > 55_000 {
		t.Errorf("the p99 is %v, want 50000", p)
	}
}
