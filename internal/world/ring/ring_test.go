package ring

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// ringNodes returns n nodes on one port.
func ringNodes(n, port int) []string {
	nodes := make([]string, n)
	for i := range nodes {
		nodes[i] = fmt.Sprintf("10.0.0.%d:%d", i+1, port)
	}
	return nodes
}

// mustRing is New for arguments that are known to be good.
func mustRing(t testing.TB, kind string, nodes []string, listed, down []bool) Ring {
	t.Helper()
	r, err := New(kind, nodes, listed, down)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// consistent are the kinds that move the keys of one node alone, when it is no longer
// listed, and do not care for the order of the nodes.
func consistent() []string {
	return []string{Ketama, KetamaWeighted, KetamaUnweighted, Pylibmc, Nginx, Rendezvous, Pymemcache}
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		kind  string
		nodes []string
		alive []bool
		want  string
	}{
		{"ketma", ringNodes(1, 1), nil, `unknown ring "ketma": use one of modulo, modulo-md5,`},
		{Ketama, ringNodes(2, 1), []bool{true}, "ring of 2 nodes: listed has 1 entries"},
		{Ketama, []string{"a", ""}, nil, "ring node 1 has no name"},
		{Ketama, []string{"a", "b", "a"}, nil, `ring nodes 0 and 2 are both named "a"`},
		{Ketama, []string{"a", "a"}, []bool{true, false}, `both named "a"`}, // the dead are checked too
	} {
		r, err := New(c.kind, c.nodes, c.alive, nil)
		if r != nil || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("New(%q, %v, %v) = %v, %v; want an error with %q", c.kind, c.nodes, c.alive, r, err, c.want)
		}
	}
}

func TestRingWithoutMembers(t *testing.T) {
	for _, kind := range Kinds() {
		if got := mustRing(t, kind, nil, nil, nil).Owner("k"); got != -1 {
			t.Errorf("%s without nodes: Node = %d, want -1", kind, got)
		}
		if got := mustRing(t, kind, ringNodes(2, 1), []bool{false, false}, nil).Owner("k"); got != -1 {
			t.Errorf("%s with all nodes dead: Node = %d, want -1", kind, got)
		}
		if got := mustRing(t, kind, ringNodes(3, 1), []bool{false, true, false}, nil).Owner("k"); got != 1 {
			t.Errorf("%s with node 1 alone alive: Node = %d, want 1", kind, got)
		}
	}
}

func TestModuloDividesByTheNumberAlive(t *testing.T) {
	down := []bool{false, true, false, false, true}
	r := mustRing(t, Modulo, ringNodes(5, 11211), nil, down)
	listed := []int{0, 2, 3}
	for i := range 1000 {
		key := fmt.Sprint("key:", i)
		if got, want := r.Owner(key), listed[oneAtATime(key)%3]; got != want {
			t.Fatalf("Node(%q) = %d, want %d", key, got, want)
		}
	}
}

// Lookups happen once per cache operation of a simulation and allocate nothing.
func TestRingLookupDoesNotAllocate(t *testing.T) {
	keys := []string{"k", "a key longer than the 32 bytes that fit on the stack anyway", strings.Repeat("k", 250)}
	for _, kind := range Kinds() {
		r := mustRing(t, kind, []string{"a", "b", "c"}, nil, nil)
		n := testing.AllocsPerRun(100, func() {
			for _, key := range keys {
				r.Owner(key)
			}
		})
		if n != 0 {
			t.Errorf("%s: %v allocations for %d lookups, want none", kind, n, len(keys))
		}
	}
}

// Where all points of two nodes coincide, the first by name owns them, however
// the nodes are listed.
func TestKetamaTies(t *testing.T) {
	same := libketama
	same.label = func(string) string { return "same" }
	f, err := newFleet([]string{"c", "a", "b"}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := newKetama(f.listed, same)
	if len(r.points) != 3*160 || !slices.IsSorted(r.points) {
		t.Fatalf("%d points, want 480, ascending", len(r.points))
	}
	for i := range 100 {
		if got := r.Owner(fmt.Sprint("key:", i)); got != 1 {
			t.Fatalf("the owner is node %d, want 1, which is the first by name", got)
		}
	}
}

func BenchmarkRing(b *testing.B) {
	keys := make([]string, 1024)
	for i := range keys {
		keys[i] = fmt.Sprint("page:", i*7919)
	}
	for _, n := range []int{3, 20, 100} {
		for _, kind := range Kinds() {
			r := mustRing(b, kind, ringNodes(n, 11211), nil, nil)
			b.Run(fmt.Sprintf("kind=%s/nodes=%d", kind, n), func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					r.Owner(keys[i%len(keys)])
					i++
				}
			})
		}
	}
}

// BenchmarkNewRing is what a change of membership costs a box.
func BenchmarkNewRing(b *testing.B) {
	for _, kind := range Kinds() {
		nodes := ringNodes(20, 11211)
		b.Run("kind="+kind, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mustRing(b, kind, nodes, nil, nil)
			}
		})
	}
}
