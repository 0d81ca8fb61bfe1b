package lab

import (
	"fmt"

	"github.com/herdlab/herdlab/scenarios"
)

// What one of each takes in a run of the modelled world, in bytes, as measured at a
// thousand of them and more (TestMemory holds them against what is taken).
const (
	bytesOfBox     = 6_000
	bytesOfNode    = 6_000 // 160 points on a ring, twice while it is sorted
	bytesOfView    = 60    // a box's of a node: whether it answers, and since when
	bytesOfWarmKey = 200
	bytesOfWindow  = 40_000 // its histograms, of which not all is ever touched
)

// Memory is what the largest run of a scenario takes at least, in bytes, of what its file
// says already, and what takes the most of it. Requests under way and keys that are asked
// for come on top: how many there are is what the run finds out.
func Memory(sc *scenarios.Scenario) (total int64, most string) {
	for _, e := range sc.Strategies {
		seen, err := sc.For(e)
		if err != nil {
			continue // which the run will say
		}
		if sum, what := memoryOf(seen); sum > total {
			total, most = sum, what
		}
	}
	return total, most
}

// memoryOf is that of one run.
func memoryOf(sc *scenarios.Scenario) (total int64, most string) {
	boxes, nodes, caches := int64(sc.Fleet.Boxes), int64(sc.Fleet.Cache.Nodes), int64(len(sc.Caches()))
	windows := int64(sc.Duration / sc.Window)
	var largest int64
	for _, part := range []struct {
		bytes int64
		what  string
	}{
		{boxes * bytesOfBox, fmt.Sprintf("%d boxes", boxes)},
		{nodes * bytesOfNode, fmt.Sprintf("%d cache nodes", nodes)},
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
