package ring

import (
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

// The owner of a key is alive, and it is the one that the ring of the living
// alone gives, under its index there.
func TestRingSkipsTheDeadAsIfNotListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds()).Draw(t, "kind")
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

// No key moves but those of the node that went, where the number of points of the
// others stays: on Ketama with fewer than 61 nodes. KetamaWeighted has 25 of 156.
func TestRingMovesOnlyTheKeysOfTheLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{Ketama, KetamaUnweighted, Pylibmc, Rendezvous}).Draw(t, "kind")
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

// The owner does not depend on how the nodes are listed, save for Modulo.
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
	r, err := New(kind, nodes, alive)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
