//go:build !race

package ring

import (
	"math"
	"slices"
	"strconv"
	"testing"
)

// ringKeys is the size of the samples below: the standard error of a share is at
// most 0.0012.
const ringKeys = 200_000

// owners is the owner of each of ringKeys keys.
func owners(r Ring) []int {
	of := make([]int, ringKeys)
	key := []byte("user:")
	for i := range of {
		of[i] = r.Owner(string(strconv.AppendInt(key, int64(i), 10)))
	}
	return of
}

// moved is the share of keys whose owner differs.
func moved(from, to []int) float64 {
	n := 0
	for i := range from {
		if from[i] != to[i] {
			n++
		}
	}
	return float64(n) / float64(len(from))
}

// When the last node of n comes or goes, a key stays on hash % n with
// probability 1/n and on the other rings with probability (n-1)/n. The kinds of modulo
// and of rendezvous are held to that within 0.006, five standard errors; what a ketama
// moves is the share of one node, which varies by 1/sqrt(points) of itself from
// name to name, so it is held to three times that.
func TestRingRemapping(t *testing.T) {
	for _, kind := range Kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{4, 10, 21} {
				nodes := ringNodes(n, 11211)
				alive := slices.Repeat([]bool{true}, n)
				alive[n-1] = false
				more, fewer := owners(mustRing(t, kind, nodes, nil, nil)), owners(mustRing(t, kind, nodes, alive, nil))

				ideal, tolerance := 1/float64(n), 0.006
				modulo := false
				switch kind {
				case Modulo, ModuloMD5, ModuloFNV1a:
					ideal, modulo = 1-ideal, true
				case ModuloCRC, NginxModulo, PythonMemcached: // of 32,768 hashes
					ideal, tolerance, modulo = 1-ideal, 0.015, true
				case Ketama, KetamaWeighted, Nginx:
					tolerance = 3 * ideal / math.Sqrt(160)
				case KetamaUnweighted, Pylibmc:
					tolerance = 3 * ideal / math.Sqrt(100)
				}
				if got := moved(more, fewer); math.Abs(got-ideal) > tolerance {
					t.Errorf("%d nodes to %d and back: %.4f of the keys move, want %.4f +- %.4f", n, n-1, got, ideal, tolerance)
				}
				if modulo {
					continue
				}
				for i := range more {
					if more[i] != fewer[i] && more[i] != n-1 {
						t.Fatalf("%d nodes: key %d moved from node %d to %d, but node %d is the one that went", n, i, more[i], fewer[i], n-1)
					}
				}
			}
		})
	}
}

// shares is the part of the circle that each of n nodes owns, in exact arithmetic.
func (r *ketama) shares(n int) []float64 {
	arcs := make([]uint64, n)
	before := uint64(r.points[len(r.points)-1]) - 1<<32 // the arc of point 0 begins here; wraps
	for i, p := range r.points {
		arcs[r.owners[i]] += uint64(p) - before
		before = uint64(p)
	}
	shares := make([]float64, n)
	for i, arc := range arcs {
		shares[i] = float64(arc) / (1 << 32)
	}
	return shares
}

// A node's share of the circle is the sum of as many arcs as it has points, about
// exponential: its relative deviation is 1/sqrt(points), 0.079 of 160 and 0.1 of
// 100, and the largest of n lies as many deviations above the mean as the largest
// of n normal variables (0.846, 1.163, 1.539, 1.867 for 3, 5, 10, 20 nodes). The
// mean over 100 fleets is held to that within 0.015, three standard errors, and
// with the hash of Pylibmc, which spreads such like texts less well, within 0.025.
func TestKetamaImbalance(t *testing.T) {
	for kind, points := range map[string]float64{Ketama: 160, KetamaWeighted: 160, KetamaUnweighted: 100, Pylibmc: 100} {
		for n, deviations := range map[int]float64{3: 0.846, 5: 1.163, 10: 1.539, 20: 1.867} {
			var sum float64
			const fleets = 100
			for fleet := range fleets {
				r := mustRing(t, kind, ringNodes(n, 10000+fleet), nil, nil).(*ketama)
				sum += slices.Max(r.shares(n)) * float64(n)
			}
			got, want, tolerance := sum/fleets, 1+deviations/math.Sqrt(points), 0.015
			if kind == Pylibmc {
				tolerance = 0.025
			}
			if math.Abs(got-want) > tolerance {
				t.Errorf("%s, %d nodes: the fullest has %.3f of the mean, want %.3f +- %.3f", kind, n, got, want, tolerance)
			}
		}
	}
}

// What is told of one fleet, 200,000 keys on nodes at 10.0.0.x: moved when a node
// is added or taken away, and the fullest node's share over the mean.
func TestRingsAsMeasuredElsewhere(t *testing.T) {
	for _, c := range []struct {
		from, to           int
		modulo, consistent float64
	}{
		{3, 4, 0.749, 0.220}, {5, 6, 0.833, 0.170}, {10, 11, 0.909, 0.077}, {10, 9, 0.901, 0.108}, {20, 21, 0.952, 0.048},
	} {
		for kind, want := range map[string]float64{Modulo: c.modulo, Ketama: c.consistent} {
			got := moved(owners(mustRing(t, kind, ringNodes(c.from, 11211), nil, nil)), owners(mustRing(t, kind, ringNodes(c.to, 11211), nil, nil)))
			tolerance := 0.003
			if kind == Ketama { // the names of the nodes were others
				tolerance = want * 0.35
			}
			if math.Abs(got-want) > tolerance {
				t.Errorf("%s, %d to %d nodes: %.3f of the keys move, want %.3f +- %.3f", kind, c.from, c.to, got, want, tolerance)
			}
		}
	}
}

// Modulo and Rendezvous spread keys as evenly as dice: the chi-squared statistic
// of n nodes has mean n-1 and variance 2(n-1), and is held to five deviations.
func TestRingEvenness(t *testing.T) {
	for _, kind := range []string{Modulo, Rendezvous} {
		for _, n := range []int{3, 20} {
			counts := make([]float64, n)
			for _, node := range owners(mustRing(t, kind, ringNodes(n, 11211), nil, nil)) {
				counts[node]++
			}
			mean, chi := float64(ringKeys)/float64(n), 0.0
			for _, c := range counts {
				chi += (c - mean) * (c - mean) / mean
			}
			if limit := float64(n-1) + 5*math.Sqrt(2*float64(n-1)); chi > limit {
				t.Errorf("%s, %d nodes: chi-squared %.1f, want at most %.1f", kind, n, chi, limit)
			}
		}
	}
}
