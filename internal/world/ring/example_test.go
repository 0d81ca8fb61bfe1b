package ring_test

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/world/ring"
)

// A node is lost. Hashing modulo n moves keys between the nodes that remain,
// which have never seen them; ketama moves only the keys of the lost node.
func ExampleNew() {
	nodes := []string{"10.0.0.1:11211", "10.0.0.2:11211", "10.0.0.3:11211", "10.0.0.4:11211"}
	for _, kind := range []string{ring.Modulo, ring.Ketama} {
		before, err := ring.New(kind, nodes, nil, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		after, err := ring.New(kind, nodes, nil, []bool{false, false, false, true})
		if err != nil {
			fmt.Println(err)
			return
		}
		orphaned, moved := 0, 0
		for i := range 1000 {
			key := fmt.Sprint("page:", i)
			switch from, to := before.Owner(key), after.Owner(key); {
			case from == 3:
				orphaned++
			case from != to:
				moved++
			}
		}
		fmt.Printf("%s: of 1000 keys %d were on the lost node, and %d others moved\n", kind, orphaned, moved)
	}
	// Output:
	// modulo: of 1000 keys 253 were on the lost node, and 496 others moved
	// ketama: of 1000 keys 229 were on the lost node, and 0 others moved
}
