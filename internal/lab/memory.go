package lab

import (
	"fmt"

	"github.com/herdlab/herdlab/scenarios"
)

// PartSizes are what a box and a node of the cache take in a run of a world, in bytes, as
// measured at some hundred of them and more.
type PartSizes struct{ box, node int64 }

var (
	// ModelledParts are those of the modelled world: a node is 160 points on a ring, twice
	// while it is sorted (TestMemory holds them against what is taken).
	ModelledParts = PartSizes{box: 6_000, node: 6_000}

	// RealParts are those of HTTP servers and connections in this process.
	RealParts = PartSizes{box: 40_000, node: 50_000}
)

// What one of each takes in a run of any world, in bytes.
const (
	bytesOfView    = 60 // a box's of a node: whether it answers, and since when
	bytesOfWarmKey = 200
	bytesOfWindow  = 12_000 // its histograms: one kilobyte for each octave of the durations that there are
)

// Memory is what the largest run of a scenario takes at least in a world of such sizes, in
// bytes, of what its file says already, and what takes the most of it. Requests under way
// and keys that are asked for come on top: how many there are is what the run finds out.
func Memory(sc *scenarios.Scenario, of PartSizes) (total int64, most string) {
	for _, e := range sc.Strategies {
		seen, err := sc.For(e)
		if err != nil {
			continue // which the run will say
		}
		if sum, what := memoryOf(seen, of); sum > total {
			total, most = sum, what
		}
	}
	return total, most
}

// memoryOf is that of one run.
func memoryOf(sc *scenarios.Scenario, of PartSizes) (total int64, most string) {
	boxes, nodes, caches := int64(sc.Fleet.Boxes), int64(sc.Fleet.Cache.Nodes), int64(len(sc.Caches())*max(sc.Fleet.Processes, 1))
	windows := int64(sc.Duration / sc.Window)
	var largest int64
	for _, part := range []struct {
		bytes int64
		what  string
	}{
		{boxes * of.box, fmt.Sprintf("%d boxes", boxes)},
		{nodes * of.node, fmt.Sprintf("%d cache nodes", nodes)},
		{boxes * nodes * caches * bytesOfView, fmt.Sprintf("what each of %d boxes knows of %d cache nodes", boxes, nodes)},
		{int64(sc.Warm) * bytesOfWarmKey, fmt.Sprintf("%d warm keys", sc.Warm)},
		{windows * bytesOfWindow, fmt.Sprintf("%d windows", windows)},
	} {
		total += part.bytes
		if part.bytes > largest {
			largest, most = part.bytes, part.what
		}
	}
	return total, most
}
