package tier

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/herdlab/herdlab/strategies"
)

// Whatever is stored, read, removed and evicted, the memory has what a map and a list
// of keys in the order of their use have, and every law of it holds.
func TestItemsAreAMapAndAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const each = PerItem + 2 + 1 // of one key of one byte without a value
		limit := rapid.SampledFrom([]int64{0, 1 * each, 7 * each, 40 * each}).Draw(t, "limit")
		m := newItems(limit, "lru", rand.New(rand.NewPCG(1, 1)))
		version, used := make(map[string]uint64), []string(nil) // the most recent last
		use := func(name string) {
			used = append(slices.DeleteFunc(used, func(k string) bool { return k == name }), name)
		}
		forget := func(name string) {
			used = slices.DeleteFunc(used, func(k string) bool { return k == name })
			delete(version, name)
		}
		for step := range rapid.IntRange(1, 400).Draw(t, "steps") {
			space := keyspace{number: rapid.IntRange(0, 2).Draw(t, "space"), length: 2}
			key := string(rune('a' + rapid.IntRange(0, 25).Draw(t, "key")))
			name := fmt.Sprint(space.number, key)
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				if n := m.find(space, key); n != 0 {
					m.remove(n)
				}
				forget(name)
			case 1, 2, 3:
				it := m.get(space, key, 0)
				want, there := version[name]
				if (it != nil) != there || there && it.entry().Version != want {
					t.Fatalf("step %d: %q is there: %v, want %v", step, name, it != nil, there)
				}
				if there && limit > 0 {
					use(name)
				}
			default:
				_, there := version[name]
				if !m.set(space, key, strategies.Entry{Value: strategies.Value{Version: uint64(step)}}, 0, 0) {
					t.Fatalf("step %d: no room for %q", step, name)
				}
				if version[name] = uint64(step); !there { // overwriting one is no use of it
					use(name)
				}
				for limit > 0 && int64(len(used))*each > limit {
					forget(used[0])
				}
			}
			if err := m.check(); err != nil {
				t.Fatalf("step %d: %v", step, err)
			}
			if m.count != len(version) {
				t.Fatalf("step %d: %d entries, want %d", step, m.count, len(version))
			}
		}
		if m.clear(); m.check() != nil || m.count != 0 || m.used != 0 {
			t.Fatal("a memory that was cleared is not empty")
		}
	})
}

// A million keys may be warm, and ten: an item is no larger than it has to be.
func TestItemIsSmall(t *testing.T) {
	if got := unsafe.Sizeof(item{}); got != 88 {
		t.Errorf("an item takes %d bytes, want 88", got)
	}
	if left := (chunkSize * unsafe.Sizeof(item{})) % 8192; left != 0 {
		t.Errorf("a chunk leaves %d bytes of its last page", 8192-left)
	}
}
