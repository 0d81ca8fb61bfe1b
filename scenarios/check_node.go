package scenarios

import "github.com/herdlab/herdlab/internal/world"

// checkNodeFault checks what the faults of nodes have of their own.
func checkNodeFault(f world.FaultConfig, nodes int, n *node, errs *problems) {
	if f.Kind != "node-replace" {
		return
	}
	if last := f.Node + f.Nodes - 1; f.Node < nodes && last >= nodes {
		errs.add(n.place("nodes").errorf("there is no node %d: the cache has %s, counted from 0", last, plural(nodes, "node")))
	}
	if f.Nodes > 1 && f.Every < minFlap {
		errs.add(n.place("every").errorf("node-replace needs every, the time from one node to the next, of at least %v", minFlap))
	}
	if f.How != "crash" && f.For == 0 {
		errs.add(n.place("how").errorf("a node that is replaced by itself (how: %s) needs for, the time until it is back", f.How))
	}
}
