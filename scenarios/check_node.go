package scenarios

import (
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world"
)

// checkNodeFault checks what the faults of nodes have of their own.
func checkNodeFault(f world.FaultConfig, nodes int, n *settings.Node, errs *settings.Problems) {
	if f.Kind != "node-replace" {
		return
	}
	if last := f.Node + f.Nodes - 1; f.Node < nodes && last >= nodes {
		errs.Addf(n.Place("nodes"), "there is no node %d: the cache has %s, counted from 0", last, spelling.Count(nodes, "node"))
	}
	if f.Nodes > 1 && f.Every < minFlap {
		errs.Addf(n.Place("every"), "node-replace needs every, the time from one node to the next, of at least %v", minFlap)
	}
	if f.How != "crash" && f.For == 0 {
		errs.Addf(n.Place("how"), "a node that is replaced by itself (how: %s) needs for, the time until it is back", f.How)
	}
}
