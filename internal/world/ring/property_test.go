package ring

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawFleet is 1 to 30 nodes with some of them alive.
func drawFleet(t *rapid.T) (nodes []string, alive []bool) {
	nodes = ringNodes(rapid.IntRange(1, 30).Draw(t, "nodes"), rapid.IntRange(1, 65535).Draw(t, "port"))
	for range nodes {
		alive = append(alive, rapid.Bool().Draw(t, "alive"))
	}
	return nodes, alive
}

func drawKeys(t *rapid.T) []string { return rapid.SliceOfN(rapid.String(), 1, 50).Draw(t, "keys") }

// The owner of a key is listed, and it is the one that the ring of the listed alone
// gives, under its index there. The slots of Redis Cluster alone know whose they were.
func TestRingSkipsTheUnlisted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(without(Kinds(), RedisCluster)).Draw(t, "kind")
		nodes, alive := drawFleet(t)
		var living []string
		for i, n := range nodes {
			if alive[i] {
				living = append(living, n)
			}
		}
		all, few := newDrawnRing(t, kind, nodes, alive), newDrawnRing(t, kind, living, nil)
		for _, key := range drawKeys(t) {
			i, j := all.Owner(key), few.Owner(key)
			if (i < 0) != (len(living) == 0) || (j < 0) != (i < 0) {
				t.Fatalf("owner %d of the fleet, %d of the %d living", i, j, len(living))
			}
			if i >= 0 && (!alive[i] || nodes[i] != living[j]) {
				t.Fatalf("%q is on %s (alive: %v), and on %s if the dead are not listed", key, nodes[i], alive[i], living[j])
			}
		}
	})
}

func without(kinds []string, others ...string) []string {
	return slices.DeleteFunc(kinds, func(kind string) bool { return slices.Contains(others, kind) })
}

// A node that is down owns nothing, and is as one that is not listed but to the clients
// that hash anew: there the keys of the living stay, as on a consistent ring.
func TestRingSkipsTheDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(without(Kinds(), RedisCluster)).Draw(t, "kind")
		nodes, alive := drawFleet(t)
		down := make([]bool, len(alive))
		for i := range alive {
			down[i] = !alive[i]
		}
		all, unlisted := newDrawnRing(t, kind, nodes, nil), newDrawnRing(t, kind, nodes, alive)
		dead, err := New(kind, nodes, nil, down)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range drawKeys(t) {
			i, was := dead.Owner(key), all.Owner(key)
			switch {
			case i >= 0 && down[i]:
				t.Fatalf("%q is on node %d, which is down", key, i)
			case kind == NginxModulo || kind == PythonMemcached:
				if alive[was] && i != was {
					t.Fatalf("%q moved from node %d, which is up, to %d", key, was, i)
				}
			case i != unlisted.Owner(key):
				t.Fatalf("%q is on node %d, and on %d where the others are not listed", key, i, unlisted.Owner(key))
			}
		}
	})
}

// No key moves but those of the node that went, where the number of points of the
// others stays: on Ketama with fewer than 61 nodes. KetamaWeighted has 25 of 156.
func TestRingMovesOnlyTheKeysOfTheLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{Ketama, KetamaUnweighted, Pylibmc, Nginx, Rendezvous, Pymemcache}).Draw(t, "kind")
		nodes, alive := drawFleet(t)
		lost := rapid.IntRange(0, len(nodes)-1).Draw(t, "lost")
		alive[lost] = true
		before := newDrawnRing(t, kind, nodes, alive)
		alive[lost] = false
		after := newDrawnRing(t, kind, nodes, alive)
		for _, key := range drawKeys(t) {
			if i, j := before.Owner(key), after.Owner(key); i != j && i != lost {
				t.Fatalf("%q moved from node %d to %d when node %d was lost", key, i, j, lost)
			}
		}
	})
}

// The owner does not depend on the order of the nodes, save for modulo and slots.
func TestRingIgnoresTheOrderOfNodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(consistent()).Draw(t, "kind")
		nodes, _ := drawFleet(t)
		mixed := rapid.Permutation(nodes).Draw(t, "mixed")
		a, b := newDrawnRing(t, kind, nodes, nil), newDrawnRing(t, kind, mixed, nil)
		for _, key := range drawKeys(t) {
			if x, y := nodes[a.Owner(key)], mixed[b.Owner(key)]; x != y {
				t.Fatalf("%q is on %s, and on %s in another order", key, x, y)
			}
		}
	})
}

func newDrawnRing(t *rapid.T, kind string, nodes []string, alive []bool) Ring {
	r, err := New(kind, nodes, alive, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
