package lab

import (
	"fmt"
	"math"
	"time"

	"github.com/herdlab/herdlab/internal/world"
)

// lasting is the end of a fault that is not over in an instant, in ms.
func lasting(x world.FaultConfig, duration time.Duration) (until float64, lasts bool) {
	switch x.Kind {
	case "flush", "owner-crash", "cull":
		return 0, false
	case "deploy":
		return millis(x.At + x.Over), x.Over > 0
	case "node-join", "node-leave":
		if x.For == 0 {
			return 0, false
		}
	case "node-replace":
		return millis(min(x.Replaced(), duration)), true
	}
	if x.For == 0 {
		return millis(duration), true
	}
	return millis(min(x.At+x.Hold+x.For, duration)), true
}

// faultLabel names a fault on a plot.
func faultLabel(x world.FaultConfig) string {
	switch x.Kind {
	case "node-loss", "node-hang", "node-flap":
		return outageLabel(x)
	case "node-join":
		return fmt.Sprintf("node %d joins", x.Node)
	case "node-leave":
		return fmt.Sprintf("node %d leaves", x.Node)
	case "node-replace":
		if x.Nodes > 1 {
			return fmt.Sprintf("nodes %d to %d replaced", x.Node, x.Node+x.Nodes-1)
		}
		return fmt.Sprintf("node %d replaced", x.Node)
	case "flush":
		if x.All {
			return "flush of every node"
		}
		return fmt.Sprintf("flush of node %d", x.Node)
	case "slow-origin":
		return fmt.Sprintf("origin %g times slower", x.Factor)
	case "cache-sessions":
		return "sessions are cached"
	case "warmer-stop":
		return "the warmers stop"
	case "owner-crash":
		return fmt.Sprintf("box %d crashes", x.Box)
	case "deploy":
		return deployLabel(x)
	case "box-loss", "cull":
		return diskFaultLabel(x)
	case "invalid-value":
		return "every value invalid"
	case "readmit":
		return fmt.Sprintf("readmit from %g %%", math.Round(100*x.Share))
	}
	return x.Kind
}

// outageLabel says what becomes of a node.
func outageLabel(x world.FaultConfig) string {
	switch {
	case x.Kind == "node-flap":
		return fmt.Sprintf("node %d comes and goes", x.Node)
	case x.Kind == "node-hang" || x.How == "hang":
		return fmt.Sprintf("node %d hangs", x.Node)
	case x.How == "cut":
		return fmt.Sprintf("node %d cut off", x.Node)
	}
	return fmt.Sprintf("node %d lost", x.Node)
}
