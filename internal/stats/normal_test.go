package stats

import (
	"math"
	"testing"
)

// Where the normal distribution takes over it says what the exact one says: within
// 15 % where it matters, further out rather too much than too little, and of the
// interval within one value.
func TestNormalTakesOver(t *testing.T) {
	for name, both := range map[string][2]distribution{
		"paired":   {signedSums(plainRanks(mostPaired)), normalSums(plainRanks(mostPaired))},
		"unpaired": {chosenSums(plainRanks(mostUnpaired), mostUnpaired/2), normalChoice(plainRanks(mostUnpaired), mostUnpaired/2)},
	} {
		exact, normal := both[0], both[1]
		for sum := exact.least; sum < len(exact.chance); sum += 2 {
			p, q := exact.twoSided(sum), normal.twoSided(sum)
			if p > 0.01 && math.Abs(p-q) > 0.15*p || q < 0.9*p && p > 1e-9 {
				t.Fatalf("%s, sum %d: %v, exactly %v", name, sum, q, p)
			}
		}
		if n, m := exact.unlikelyBelow(Alpha/2), normal.unlikelyBelow(Alpha/2); n-m > 1 || m-n > 1 {
			t.Errorf("%s: the interval leaves out %d, exactly %d", name, m, n)
		}
	}
}
