package scenarios

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
)

// explainOutage says what becomes of a node.
func explainOutage(f world.FaultConfig) string {
	switch f.How {
	case "cut":
		return fmt.Sprintf("node %d cannot be reached and keeps its memory", f.Node)
	case "hang":
		return fmt.Sprintf("node %d takes requests and answers none", f.Node)
	}
	return fmt.Sprintf("node %d refuses every connection, and what follows it is empty", f.Node)
}

// explainReplace says how nodes are replaced.
func explainReplace(f world.FaultConfig) string {
	which := fmt.Sprintf("node %d goes", f.Node)
	if f.Nodes > 1 {
		which = fmt.Sprintf("nodes %d to %d go, one each %s", f.Node, f.Node+f.Nodes-1, units.FormatDuration(f.Every))
	}
	switch {
	case f.How != "crash":
		return fmt.Sprintf("%s, and come back %s later with the memory they had (%s)", which, units.FormatDuration(f.For), f.How)
	case f.For > 0:
		return fmt.Sprintf("%s, and an empty one follows %s later", which, units.FormatDuration(f.For))
	}
	return which + ", and an empty one follows at once"
}
