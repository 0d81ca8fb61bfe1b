package world

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Listed are those of n cache nodes that are on the list from the beginning: a node
// that a fault has join later is not.
func Listed(n int, faults []FaultConfig) []bool {
	list := make([]bool, n)
	for i := range list {
		changes := listings(faults, i)
		list[i] = len(changes) == 0 || !changes[0].on
	}
	return list
}

// listing is a node joining or leaving.
type listing struct {
	at time.Duration
	on bool
}

// listings are the times at which node i joins and leaves, in order.
func listings(faults []FaultConfig, i int) (list []listing) {
	for _, f := range faults {
		if f.Node != i || f.Kind != "node-join" && f.Kind != "node-leave" {
			continue
		}
		joins := f.Kind == "node-join"
		list = append(list, listing{f.At, joins})
		if f.For > 0 {
			list = append(list, listing{f.At + f.For, !joins})
		}
	}
	slices.SortStableFunc(list, func(a, b listing) int { return cmp.Compare(a.at, b.at) })
	return list
}

// CheckListings says what is wrong with the nodes that join and leave: one that
// joins while it is on the list, one that leaves while it is not, and a list that
// is empty at first.
func CheckListings(nodes int, faults []FaultConfig) error {
	off := 0
	for i := range nodes {
		changes := listings(faults, i)
		for j := range changes[min(1, len(changes)):] {
			if changes[j].on == changes[j+1].on {
				return fmt.Errorf("node %d %s at %v and again at %v: it can only do so if it does the opposite in between", i, verb(changes[j].on), changes[j].at, changes[j+1].at)
			}
		}
		if len(changes) > 0 && changes[0].on {
			off++
		}
	}
	if off == nodes {
		return fmt.Errorf("every node joins later: leave one that is there from the beginning")
	}
	return nil
}

func verb(joins bool) string {
	if joins {
		return "joins"
	}
	return "leaves"
}
