package ring

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// drawFleet is 1 to 30 nodes with some of them alive, and a weight for all or
// for each.
func drawFleet(t *rapid.T, equal bool) ([]Node, []bool) {
	nodes := ringNodes(rapid.IntRange(1, 30).Draw(t, "nodes"), rapid.IntRange(1, 65535).Draw(t, "port"))
	alive := make([]bool, len(nodes))
	weight := rapid.IntRange(1, maxWeight)
	if equal {
		weight = rapid.IntRange(1, maxWeight/32) // so that the total is exact in single precision too
	}
	for i := range nodes {
		alive[i] = rapid.Bool().Draw(t, "alive")
		if i == 0 || !equal {
			nodes[i].Weight = weight.Draw(t, "weight")
		} else {
			nodes[i].Weight = nodes[0].Weight
		}
	}
	return nodes, alive
}

func drawKeys(t *rapid.T) []string { return rapid.SliceOfN(rapid.String(), 1, 50).Draw(t, "keys") }

// The owner of a key is alive, and it is the one that the ring of the living
// alone gives, under its index there.
func TestRingSkipsTheDeadAsIfNotListed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds()).Draw(t, "kind")
		nodes, alive := drawFleet(t, false)
		var living []Node
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
			if i >= 0 && (!alive[i] || nodes[i].Name != living[j].Name) {
				t.Fatalf("%q is on %s (alive: %v), and on %s if the dead are not listed", key, nodes[i].Name, alive[i], living[j].Name)
			}
		}
	})
}

// No key moves but those of the node that went: at any weights where they do not
// change the points, on Ketama at equal ones (with fewer than 61 nodes, where the
// number of points of the others stays; KetamaWeighted has 25 nodes of 156).
func TestRingMovesOnlyTheKeysOfTheLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{Ketama, KetamaUnweighted, Pylibmc, Rendezvous}).Draw(t, "kind")
		nodes, alive := drawFleet(t, kind == Ketama)
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
		nodes, _ := drawFleet(t, false)
		mixed := rapid.Permutation(nodes).Draw(t, "mixed")
		a, b := newDrawnRing(t, kind, nodes, nil), newDrawnRing(t, kind, mixed, nil)
		for _, key := range drawKeys(t) {
			if x, y := nodes[a.Owner(key)].Name, mixed[b.Owner(key)].Name; x != y {
				t.Fatalf("%q is on %s, and on %s in another order", key, x, y)
			}
		}
	})
}

// The two ways to find the best lot agree where both apply.
func TestRendezvousWeightedAgreesAtEqualWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes, _ := drawFleet(t, true)
		r := newDrawnRing(t, Rendezvous, nodes, nil).(*rendezvous)
		h := rapid.Uint64().Draw(t, "hash")
		if a, b := r.highest(h), r.highestWeighted(h); a != b {
			t.Fatalf("highest %d, weighted %d", a, b)
		}
	})
}

func TestMinusLog2(t *testing.T) {
	for x, want := range map[uint64]uint64{0: 64 << 32, 1: 64 << 32, 2: 63 << 32, 1 << 63: 1 << 32} {
		if got := minusLog2(x); got != want {
			t.Errorf("minusLog2(%d) = %d, want %d", x, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Uint64Min(1).Draw(t, "x")
		got, want := float64(minusLog2(x))/(1<<32), 64-math.Log2(float64(x))
		if math.Abs(got-want) > 1e-9 { // 4 of its units: of that, the truncation of 32 squarings is 1
			t.Fatalf("minusLog2(%d) is %.12f, want %.12f", x, got, want)
		}
	})
}

func newDrawnRing(t *rapid.T, kind string, nodes []Node, alive []bool) Ring {
	r, err := New(kind, nodes, alive)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
