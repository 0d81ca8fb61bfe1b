package tier

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/internal/world/ring"
	model "github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
)

// A real node keeps its memory when it is cut off, stopped or left out, and comes
// back empty from a crash or a replacement. While it is away its keys fail, but for
// one that left: they are the other node's.
func TestOutagesOfRealNodes(t *testing.T) {
	for _, kind := range []string{"embedded", "redis", "memcached"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			cfg := model.Config{Nodes: 2, Ring: ring.Ketama, Timeout: 2 * time.Second}
			tier, err := Start(t.Context(), kind, cfg, 4, "")
			if errors.Is(err, engine.ErrNotInstalled) {
				t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
			}
			if err != nil {
				t.Fatal(err)
			}
			defer tier.Close()
			for _, c := range []struct {
				fault        world.FaultConfig
				fails, keeps bool
			}{
				{world.FaultConfig{Kind: "node-loss", How: "crash"}, true, false},
				{world.FaultConfig{Kind: "node-loss", How: "cut"}, true, true},
				{world.FaultConfig{Kind: "node-flap", How: "cut", Every: 2 * time.Second}, true, true},
				{world.FaultConfig{Kind: "node-loss", How: "hang"}, true, true},
				{world.FaultConfig{Kind: "node-replace", Nodes: 1}, true, false},
				{world.FaultConfig{Kind: "node-leave"}, false, true},
			} {
				c.fault.Node, c.fault.For = 1, time.Second
				outageOf(t, tier, c.fault, c.fails, c.keeps)
			}
		})
	}
}

// outageOf has a fault befall node 1 and asks for a key of that node before, during
// and after it.
func outageOf(t *testing.T, tier *Tier, f world.FaultConfig, fails, keeps bool) {
	t.Helper()
	if err := tier.Reset([]world.FaultConfig{f}, nil); err != nil {
		t.Fatal(err)
	}
	node := func(do func(i int, how string) error, how string) func(int) {
		return func(i int) {
			if err := do(i, how); err != nil {
				t.Errorf("%s %s: %v", f.Kind, f.How, err)
			}
		}
	}
	victims := world.Victims{
		Lose: node(tier.StopNode, "crash"), Return: node(tier.StartNode, "crash"),
		Hang: node(tier.StopNode, "hang"), Wake: node(tier.StartNode, "hang"),
		Cut: node(tier.StopNode, "cut"), Mend: node(tier.StartNode, "cut"),
		List: func(i int, on bool) {
			if err := tier.ListNode(i, on); err != nil {
				t.Errorf("%s: %v", f.Kind, err)
			}
		},
	}
	var steps []func()
	victims.Schedule([]world.FaultConfig{f}, 2, 0, 2*time.Second, func(_ time.Duration, do func()) { steps = append(steps, do) })
	c, err := tier.client(0, "")
	if err != nil {
		t.Fatal(err)
	}
	key := "k"
	for i, err := c.members.Route(key); i != 1; i, err = c.members.Route(key) {
		if key += "k"; err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Set(t.Context(), key, strategies.Entry{Value: strategies.Value{Data: []byte("v")}}, time.Hour); err != nil {
		t.Fatal(err)
	}
	steps[0]()
	if _, _, err := c.Get(t.Context(), key); (err != nil) != fails {
		t.Errorf("%s %s: during it the answer is %v, want an error: %v", f.Kind, f.How, err, fails)
	}
	steps[1]()
	if _, ok, err := c.Get(t.Context(), key); ok != keeps || err != nil {
		t.Errorf("%s %s: after it the value is there: %v (%v), want %v", f.Kind, f.How, ok, err, keeps)
	}
	if len(steps) != 2 {
		t.Errorf("%s %s: %d steps", f.Kind, f.How, len(steps))
	}
}

// Only the nodes that a run begins with are on the list, and the next run begins
// anew.
func TestTheListOfARun(t *testing.T) {
	tier, err := Start(t.Context(), "embedded", model.Config{Nodes: 3, Ring: ring.Modulo, Timeout: time.Second}, 4, "")
	if err != nil {
		t.Fatal(err)
	}
	defer tier.Close()
	owners := func(c *boxClient) (list []int) {
		for _, key := range strings.Fields("a b c d e f g h i j k l m n o p") {
			i, err := c.members.Route(key)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(list, i) {
				list = append(list, i)
			}
		}
		slices.Sort(list)
		return list
	}
	for _, faults := range [][]world.FaultConfig{nil, {{Kind: "node-join", At: time.Second, Node: 1}}, nil} {
		if err := tier.Reset(faults, nil); err != nil {
			t.Fatal(err)
		}
		c, err := tier.client(0, "")
		if err != nil {
			t.Fatal(err)
		}
		want := []int{0, 1, 2}
		if faults != nil {
			want = []int{0, 2}
		}
		if got := owners(c); !slices.Equal(got, want) {
			t.Errorf("with %v the nodes %v are asked, want %v", faults, got, want)
		}
		tier.roster.List(1, true)
		if got := owners(c); !slices.Equal(got, []int{0, 1, 2}) {
			t.Errorf("when node 1 is there the nodes %v are asked, want all", got)
		}
	}
}
