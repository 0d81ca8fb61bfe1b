package tier

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/live/engine"
	"github.com/herdlab/herdlab/internal/world/ring"
	model "github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	kinds "github.com/herdlab/herdlab/strategies/stores"
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
			span := fault.Span{For: time.Second}
			for _, c := range []struct {
				fault        fault.Fault
				fails, keeps bool
			}{
				{fault.NodeLoss{Span: span, Node: 1, How: fault.Crash}, true, false},
				{fault.NodeLoss{Span: span, Node: 1, How: fault.Cut}, true, true},
				{fault.NodeFlap{Span: span, Node: 1, How: fault.Cut, Every: 2 * time.Second}, true, true},
				{fault.NodeLoss{Span: span, Node: 1, How: fault.Hang}, true, true},
				{fault.NodeReplace{For: time.Second, Node: 1, How: fault.Crash, Nodes: 1}, true, false},
				{fault.NodeLeave{Relisting: fault.Relisting{For: time.Second, Node: 1}}, false, true},
			} {
				outageOf(t, tier, c.fault, c.fails, c.keeps)
			}
		})
	}
}

// nodesOf is a world of nothing but nodes.
type nodesOf struct {
	fault.World
	t    *testing.T
	tier *Tier
}

func (w nodesOf) StopNode(i int, how fault.Outage) { w.note(w.tier.StopNode(i, how)) }

func (w nodesOf) StartNode(i int, how fault.Outage) { w.note(w.tier.StartNode(i, how)) }

func (w nodesOf) ListNode(i int, on bool) { w.note(w.tier.ListNode(i, on)) }

func (w nodesOf) note(err error) {
	if err != nil {
		w.t.Error(err)
	}
}

// outageOf has a fault befall node 1 and asks for a key of that node before, during
// and after it.
func outageOf(t *testing.T, tier *Tier, f fault.Fault, fails, keeps bool) {
	t.Helper()
	if err := tier.Reset([]fault.Fault{f}, nil); err != nil {
		t.Fatal(err)
	}
	var steps []func()
	scene := fault.Scene{Duration: 2 * time.Second, Nodes: 2, AllNodes: 2}
	f.Schedule(nodesOf{t: t, tier: tier}, scene, func(_ time.Duration, do func()) { steps = append(steps, do) })
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
		t.Errorf("%+v: during it the answer is %v, want an error: %v", f, err, fails)
	}
	steps[1]()
	if _, ok, err := c.Get(t.Context(), key); ok != keeps || err != nil {
		t.Errorf("%+v: after it the value is there: %v (%v), want %v", f, ok, err, keeps)
	}
	if len(steps) != 2 {
		t.Errorf("%+v: %d steps", f, len(steps))
	}
}

// What a client sent a node that hangs, and gave up on, the node does when it goes on.
func TestHungNodeStoresWhatItWasSent(t *testing.T) {
	for _, kind := range []string{"embedded", "redis", "memcached"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			tier, err := Start(t.Context(), kind, model.Config{Nodes: 1, Timeout: 300 * time.Millisecond}, 4, "")
			if errors.Is(err, engine.ErrNotInstalled) {
				t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
			}
			if err != nil {
				t.Fatal(err)
			}
			defer tier.Close()
			c, err := tier.client(0, "")
			if err != nil {
				t.Fatal(err)
			}
			set := func(value string) error {
				return c.Set(t.Context(), "k", strategies.Entry{Value: strategies.Value{Data: []byte(value)}}, time.Hour)
			}
			if err := errors.Join(set("old"), tier.StopNode(0, fault.Hang)); err != nil {
				t.Fatal(err)
			}
			if set("new") == nil {
				t.Error("a node that hangs has answered")
			}
			if err := tier.StartNode(0, fault.Hang); err != nil {
				t.Fatal(err)
			}
			var e strategies.Entry
			for range 100 { // the answer to a question may come before what waits is done: there are several threads
				if e, _, _ = c.Get(t.Context(), "k"); string(e.Data) == "new" {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
			t.Errorf("it has %q", e.Data)
		})
	}
}

// A node that does not keep what is too large for it is well: the next question is asked.
func TestNodeDeclines(t *testing.T) {
	t.Parallel()
	tier, err := Start(t.Context(), "memcached", model.Config{Nodes: 1, Timeout: time.Second, FailFast: time.Hour, MaxItem: engine.LeastItem}, 4, "")
	if errors.Is(err, engine.ErrNotInstalled) {
		t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", strings.ToUpper(err.Error()))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer tier.Close()
	c, err := tier.client(0, "")
	if err != nil {
		t.Fatal(err)
	}
	large := strategies.Entry{Value: strategies.Value{Data: make([]byte, 2*engine.LeastItem)}}
	if err := c.Set(t.Context(), "k", large, time.Hour); !errors.Is(err, kinds.ErrTooLarge) {
		t.Errorf("it says %v of what is too large", err)
	}
	if _, _, err := c.Get(t.Context(), "k"); err != nil {
		t.Errorf("and is not asked any more: %v", err)
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
	for _, faults := range [][]fault.Fault{nil, {fault.NodeJoin{Relisting: fault.Relisting{Moment: fault.Moment{At: time.Second}, Node: 1}}}, nil} {
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
