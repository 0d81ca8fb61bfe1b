package fault

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/tag"
)

// recorder is a world that writes down what befalls it.
type recorder struct{ did []string }

func (r *recorder) note(format string, args ...any) {
	r.did = append(r.did, fmt.Sprintf(format, args...))
}

func (r *recorder) StopNode(i int, how Outage)  { r.note("stop node %d: %s", i, how) }
func (r *recorder) StartNode(i int, how Outage) { r.note("start node %d: %s", i, how) }
func (r *recorder) FlushNode(i int)             { r.note("flush node %d", i) }
func (r *recorder) ListNode(i int, on bool)     { r.note("list node %d: %v", i, on) }
func (r *recorder) ChangeOrigin(change func(*OriginState)) {
	s := OriginState{Factor: 1}
	change(&s)
	r.note("origin %+v", s)
}
func (r *recorder) CrashBox(i int)               { r.note("crash box %d", i) }
func (r *recorder) LoseBox(i int)                { r.note("lose box %d", i) }
func (r *recorder) ReturnBox(i int)              { r.note("return box %d", i) }
func (r *recorder) BeginRelease(caches []string) { r.note("release of %v", caches) }
func (r *recorder) DeployBox(i int)              { r.note("deploy box %d", i) }
func (r *recorder) Readmit(f Readmit)            { r.note("readmit %v", f.Share) }
func (r *recorder) CullDisks()                   { r.note("cull") }
func (r *recorder) CacheSessions(cached bool)    { r.note("cache sessions: %v", cached) }
func (r *recorder) StopWarmers(at, takes time.Duration) {
	r.note("stop warmers at %v for %v", at, takes)
}

// befall is what the faults of a scene do, each step with its instant.
func befall(s Scene) []string {
	type step struct {
		at time.Duration
		do func()
	}
	var steps []step
	var r recorder
	Schedule(&r, s, func(at time.Duration, do func()) { steps = append(steps, step{at, do}) })
	slices.SortStableFunc(steps, func(a, b step) int { return int(a.at - b.at) })
	for _, x := range steps {
		before := len(r.did)
		x.do()
		for i := range r.did[before:] {
			r.did[before+i] = x.at.String() + " " + r.did[before+i]
		}
	}
	return r.did
}

// scene is one in which every kind of fault can happen, but for those that there are
// not behind a front.
func scene(faults ...Fault) Scene {
	return Scene{
		Duration: time.Minute, Boxes: 4, Nodes: 4, AllNodes: 5, Warmers: 1, Caches: []string{"default", "pages"}, Faults: faults,
	}
}

// example is a fault of a kind with the defaults of its tags, at 10 s for 5 s where it
// can have a time, with what it cannot do without.
func example(kind Fault) Fault {
	v := reflect.New(reflect.TypeOf(kind))
	tag.SetDefaults(v.Elem())
	set := func(field string, value any) {
		if f := v.Elem().FieldByName(field); f.IsValid() {
			f.Set(reflect.ValueOf(value))
		}
	}
	set("At", 10*time.Second)
	set("For", 5*time.Second)
	set("Every", 20*time.Second)
	return v.Elem().Interface().(Fault)
}

// Every kind in the list has all its faces, and does something: a fault that is only
// declared would be drawn on the plots and leave the world as it is.
func TestEveryKind(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			if seen[k.Name] || k.Name == "" || k.Doc == "" || strings.HasSuffix(k.Doc, ".") {
				t.Errorf("no name, a name twice, or no doc: %+v", k)
			}
			seen[k.Name] = true
			f := example(k.Fault)
			s := scene(f)
			s.Disk, s.Front = k.Name == "cull", k.Name == "cache-sessions"
			if wrong := Check(s); wrong != nil {
				t.Errorf("%+v: %+v", f, wrong)
			}
			if at, _ := f.Times(); at != 10*time.Second {
				t.Errorf("it begins at %v", at)
			}
			if f.Explain() == "" {
				t.Error("it does not explain itself")
			}
			marks := f.Marks(s)
			if len(marks) == 0 || marks[0].Label == "" || marks[0].At != 10*time.Second {
				t.Errorf("its marks are %+v", marks)
			}
			if holds := f.Holds(s); holds == nil && marks[0].Lasts && !slices.Contains([]string{"node-join", "node-leave", "warmer-stop"}, k.Name) {
				t.Error("it goes on for a time and holds nothing, so that two of it may overlap")
			}
			if did := befall(s); len(did) == 0 {
				t.Error("it does nothing to the world")
			}
		})
	}
}

// What each fault does, and when.
func TestEffects(t *testing.T) {
	at := func(m int) Moment { return Moment{At: time.Duration(m) * time.Second} }
	span := Span{At: 10 * time.Second, For: 5 * time.Second}
	for _, c := range []struct {
		fault Fault
		want  string
	}{
		{NodeLoss{Span: span, Node: 2, How: Cut}, "10s stop node 2: cut, 15s start node 2: cut"},
		{NodeLoss{Span: Span{At: time.Second}, How: Crash}, "1s stop node 0: crash"},
		{NodeHang{Span: span, Node: 1}, "10s stop node 1: hang, 15s start node 1: hang"},
		{NodeFlap{Span: span, Every: 4 * time.Second, How: Crash},
			"10s stop node 0: crash, 12s start node 0: crash, 14s stop node 0: crash, 16s start node 0: crash"},
		{NodeReplace{Moment: at(10), Node: 1, Nodes: 2, Every: 5 * time.Second, How: Crash},
			"10s stop node 1: crash, 10s start node 1: crash, 15s stop node 2: crash, 15s start node 2: crash"},
		{NodeReplace{Moment: at(10), Node: 1, Nodes: 1, For: time.Second, How: Hang}, "10s stop node 1: hang, 11s start node 1: hang"},
		{NodeJoin{Relisting{Moment: at(10), Node: 3}}, "10s list node 3: true"},
		{NodeLeave{Relisting{Moment: at(10), For: time.Second}}, "10s list node 0: false, 11s list node 0: true"},
		{Flush{Moment: at(10), Node: 4}, "10s flush node 4"},
		{Flush{Moment: at(10), All: true}, "10s flush node 0, 10s flush node 1, 10s flush node 2, 10s flush node 3, 10s flush node 4"},
		{SlowOrigin{Span: span, Factor: 3}, "10s origin {Down:false Hangs:false Invalid:false Factor:3 Errors:0}, 15s origin {Down:false Hangs:false Invalid:false Factor:1 Errors:0}"},
		{OriginHang{Span: span}, "10s origin {Down:false Hangs:true Invalid:false Factor:1 Errors:0}, 15s origin {Down:false Hangs:false Invalid:false Factor:1 Errors:0}"},
		{OriginErrors{Span: Span{}, Errors: 0.5}, "0s origin {Down:false Hangs:false Invalid:false Factor:1 Errors:0.5}"},
		{OriginDown{Span: Span{}}, "0s origin {Down:true Hangs:false Invalid:false Factor:1 Errors:0}"},
		{InvalidValue{Span: Span{}}, "0s origin {Down:false Hangs:false Invalid:true Factor:1 Errors:0}"},
		{BoxCrash{Moment: at(10), Box: 1}, "10s crash box 1"},
		{BoxLoss{Span: span, Box: 1}, "10s lose box 1, 15s return box 1"},
		{Deploy{Moment: at(10), Boxes: 0.5}, "10s release of [default], 10s deploy box 0, 10s deploy box 1"},
		{Deploy{Moment: at(10), Boxes: 1, Over: 4 * time.Second, Caches: []string{"pages"}},
			"10s release of [pages], 10s deploy box 0, 11s deploy box 1, 12s deploy box 2, 13s deploy box 3"},
		{Readmit{Moment: at(10), Share: 0.1, For: time.Second}, "10s readmit 0.1"},
		{CacheSessions{Span: span}, "10s cache sessions: true, 15s cache sessions: false"},
		{Cull{Moment: at(10)}, "10s cull"},
		{Cull{Moment: at(10), Every: 20 * time.Second}, "10s cull, 30s cull, 50s cull"},
		{WarmerStop{Span: span}, "stop warmers at 10s for 5s"},
	} {
		if got := strings.Join(befall(scene(c.fault)), ", "); got != c.want {
			t.Errorf("%+v:\n%s, want\n%s", c.fault, got, c.want)
		}
	}
}

// A deploy takes the release of the one before to the boxes that have it not, and at
// one instant comes before everything else.
func TestDeploysComeFirst(t *testing.T) {
	second := Moment{At: time.Second}
	got := befall(scene(BoxCrash{Moment: second}, Deploy{Moment: Moment{At: 2 * time.Second}, Boxes: 0.5}, Deploy{Moment: second, Boxes: 0.25}))
	want := "[1s release of [default] 1s deploy box 0 1s crash box 0 2s deploy box 1]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// A fault is named in words on the plots, and a deploy by what it is of.
func TestLabels(t *testing.T) {
	ten := Span{At: 10 * time.Second, For: 10 * time.Second}
	for _, c := range []struct {
		fault Fault
		want  string
	}{
		{NodeLoss{Span: ten, Node: 2, How: Crash}, "node 2 lost, 10s to 20s"},
		{NodeHang{Span: ten}, "node 0 hangs, 10s to 20s"},
		{NodeLoss{Span: ten, Node: 1, How: Cut}, "node 1 cut off, 10s to 20s"},
		{NodeLoss{Span: Span{At: time.Second}, Node: 1, How: Hang}, "node 1 hangs, 1s to 1m0s"},
		{NodeFlap{Span: ten, Node: 1, How: Cut, Every: time.Second}, "node 1 comes and goes, 10s to 20s"},
		{NodeReplace{Node: 1, Nodes: 3, For: time.Second, Every: 2 * time.Second}, "nodes 1 to 3 replaced, 0s to 5s"},
		{NodeJoin{Relisting{Moment: Moment{At: time.Second}, Node: 3}}, "node 3 joins, 1s"},
		{NodeLeave{Relisting{For: time.Second, Node: 3}}, "node 3 leaves, 0s to 1s"},
		{Flush{All: true}, "flush of every node, 0s"},
		{OriginDown{Span: ten}, "origin-down, 10s to 20s"},
		{BoxCrash{Box: 2}, "box 2 crashes, 0s"},
		{Deploy{Boxes: 1}, "deploy, 0s"},
		{Deploy{Boxes: 0.1}, "deploy to 10 % of the boxes, 0s"},
		{Deploy{Boxes: 1, Caches: []string{}}, "deploy without a new version, 0s"},
		{Deploy{Boxes: 0.5, Caches: []string{"default", "pages"}, Over: time.Second}, "deploy of default, pages to 50 % of the boxes, 0s to 1s"},
		{Readmit{For: 10 * time.Second, Hold: 5 * time.Second, Share: 0.125}, "readmit from 13 %, 0s to 15s"},
		{Readmit{For: 2 * time.Minute, Hold: 5 * time.Second}, "readmit from 0 %, 0s to 1m0s"},
	} {
		m := c.fault.Marks(scene(c.fault))[0]
		got := fmt.Sprintf("%s, %v", m.Label, m.At)
		if m.Lasts {
			got += fmt.Sprintf(" to %v", m.Until)
		}
		if got != c.want {
			t.Errorf("%+v: %s, want %s", c.fault, got, c.want)
		}
	}
	first, rest := Deploy{Boxes: 0.25}, Deploy{Moment: Moment{At: time.Second}, Boxes: 1}
	if got := rest.Marks(scene(first, rest))[0].Label; got != "deploy to the rest" {
		t.Errorf("a deploy that goes on: %s", got)
	}
}

// Faults overlap when they hold the same thing at the same time, and not when one
// begins as the other ends.
func TestOverlaps(t *testing.T) {
	span := func(at, takes int) Span {
		return Span{At: time.Duration(at) * time.Second, For: time.Duration(takes) * time.Second}
	}
	readmit := func(at, hold, takes int) Readmit {
		s := span(at, takes)
		return Readmit{Moment: Moment{At: s.At}, Hold: time.Duration(hold) * time.Second, For: s.For}
	}
	for _, c := range []struct {
		name     string
		overlaps bool
		faults   []Fault
	}{
		{"one after another", false, []Fault{SlowOrigin{Span: span(5, 5)}, SlowOrigin{Span: span(10, 5)}}},
		{"the later one first, at one instant", true, []Fault{SlowOrigin{Span: span(10, 5)}, SlowOrigin{Span: span(5, 5)}}},
		{"different states of the origin", false, []Fault{SlowOrigin{Span: span(5, 50)}, OriginErrors{Span: span(10, 5)}, OriginDown{Span: span(11, 1)}}},
		{"different nodes", false, []Fault{NodeLoss{Span: span(5, 50), How: Crash}, NodeHang{Span: span(10, 5), Node: 1}}},
		{"a node, in two ways", true, []Fault{NodeLoss{Span: span(5, 50), Node: 1, How: Crash}, NodeHang{Span: span(10, 5), Node: 1}}},
		{"to the end", true, []Fault{CacheSessions{Span: span(5, 0)}, CacheSessions{Span: span(50, 1)}}},
		{"a node that is up again", false, []Fault{NodeFlap{Span: span(1, 21), Every: 10 * time.Second}, NodeLoss{Span: span(26, 0), How: Crash}}},
		{"a node that is not", true, []Fault{NodeFlap{Span: span(1, 21), Every: 10 * time.Second}, NodeLoss{Span: span(25, 0), How: Crash}}},
		{"a node between its neighbours", false, []Fault{NodeReplace{Moment: Moment{At: time.Second}, Nodes: 4, Every: 5 * time.Second}, NodeLoss{Span: span(2, 3), Node: 1, How: Crash}}},
		{"a node at its turn", true, []Fault{NodeReplace{Moment: Moment{At: time.Second}, Nodes: 4, Every: 5 * time.Second}, NodeLoss{Span: span(2, 5), Node: 1, How: Crash}}},
		{"a box that is lost may crash", false, []Fault{BoxLoss{Span: span(5, 50)}, BoxCrash{Moment: Moment{At: 10 * time.Second}}}},
		{"timers", false, []Fault{Cull{Every: time.Second}, Cull{Every: 2 * time.Second}}},
		{"two readmissions", false, []Fault{readmit(5, 0, 10), readmit(15, 0, 10)}},
		{"the hold counts", true, []Fault{readmit(5, 5, 10), readmit(15, 0, 10)}},
	} {
		if got := checkOverlaps(scene(c.faults...)); (got != nil) != c.overlaps {
			t.Errorf("%s: %+v, want an overlap: %v", c.name, got, c.overlaps)
		}
	}
}
