package charts

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/sweep"
	"github.com/herdlab/herdlab/internal/view"
)

// few is the condition that few requests fail.
type few struct{}

func (few) String() string { return "failures < 10" }

func (few) Holds(value func(string) (float64, bool)) bool {
	v, ok := value("failures")
	return ok && v < 10
}

// sampleSweep is one over axes, under two seeds. What waits longer fails less, loads as
// much, and takes longer.
func sampleSweep(axes ...string) *view.Sweep {
	head := sweep.Head{Grid: sweep.Grid{Scenario: "sample", Seed: 1, Seeds: 2}}
	for _, text := range axes {
		a, err := sweep.ParseAxis(text)
		if err != nil {
			panic(err)
		}
		head.Grid.Axes = append(head.Grid.Axes, a)
	}
	var results []*sweep.Result
	for i := range head.Grid.Cells() {
		c := head.Grid.Cell(i)
		at := float64(c.Point + 1)
		results = append(results, &sweep.Result{Cell: i, Seed: c.Seed, Runs: []sweep.Run{
			{Strategy: "waiting", Figures: map[string]float64{
				"failures": 40 / at, "failure_ratio": 0.04 / at, "p99": 10 * at * float64(c.Seed), "computes": 7, "hit_ratio": 0.9, "herd_peak": 1, "age_p99": 1000,
			}},
			{Strategy: "naive", Figures: map[string]float64{"failures": 0, "failure_ratio": 0, "p99": 900, "computes": 700, "hit_ratio": 0.8, "herd_peak": 50}},
		}})
	}
	return view.NewSweep(head, results, figures.All(), []view.Condition{few{}})
}

func chartsOf(v *view.Sweep) (list map[string]Chart) {
	list = make(map[string]Chart)
	for _, c := range NewSweep(v) {
		list[c.Name] = c
	}
	return list
}

// The trade-off names the choices that none beats, in their colours.
func TestTradeOffChart(t *testing.T) {
	v := sampleSweep("fleet.workers=1,2,4,8,16,32")
	d := parse(t, chartsOf(v)["trade-off"])
	if !strings.Contains(d.title, "2 of 12 choices are worth a look") {
		t.Errorf("title %q", d.title)
	}
	all := strings.Join(d.texts, "|")
	for _, want := range []string{"1 waiting, fleet.workers 16: p99 75 ms, computes 7, age at serve, p99 1 s", "2 naive, fleet.workers 1: p99 900 ms, computes 700, age at serve, p99 n/a"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in it: %s", want, all)
		}
	}
}

// A chart over one parameter has a tick at each of its values and a dot for each choice;
// of two parameters, a tile for each value of the second.
func TestAxisChart(t *testing.T) {
	d := parse(t, chartsOf(sampleSweep("strategies.waiting.wait=1s,2s,5s,10s"))["axis-p99"])
	if want := "p99 of waiting: from 15 ms with wait 1 s to 60 ms with wait 10 s"; d.title != want {
		t.Errorf("title %q, want %q", d.title, want)
	}
	all := strings.Join(d.texts, "|")
	for _, want := range []string{"1 s", "2 s", "5 s", "10 s", "strategies.waiting.wait", "waiting", "naive"} {
		if !strings.Contains("|"+all+"|", "|"+want+"|") {
			t.Errorf("%q is not in it: %s", want, all)
		}
	}
	if n := d.fills["#FFFFFF"]; n == 0 {
		t.Errorf("no dot is empty, and some choices break the budget: %v", d.fills)
	}
	d = parse(t, chartsOf(sampleSweep("strategies.waiting.wait=1s,2s", "fleet.workers=1,2,3"))["axis-p99"])
	if all := strings.Join(d.texts, "|"); !strings.Contains(all, "fleet.workers 3") {
		t.Errorf("no tile of fleet.workers 3: %s", all)
	}
}

// A heat map has a cell for each combination with its value, and crosses out those that
// break the budget.
func TestHeatMap(t *testing.T) {
	d := parse(t, chartsOf(sampleSweep("fleet.workers=1,2,4", "fleet.boxes=2,3"))["heat-failures"])
	all := "|" + strings.Join(d.texts, "|") + "|"
	for _, want := range []string{"40", "20", "13.3", "10", "8", "6.7", "fleet.workers to the right"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in it: %s", want, all)
		}
	}
	if n := d.strokes["#1F2328"] + d.strokes["#FFFFFF"]; n != 8 {
		t.Errorf("%d strokes of crosses, want two in each of the four cells that break the budget: %v", n, d.strokes)
	}
}

// Whatever varies, every picture is well-formed and the same each time.
func TestSweepCharts(t *testing.T) {
	many := make([]string, 200)
	for i := range many {
		many[i] = fmt.Sprint(i + 1)
	}
	for name, v := range map[string]*view.Sweep{
		"words":            sampleSweep("fleet.cache.ring=ketama,modulo"),
		"with zero":        sampleSweep("client.timeout=0s,1s,100s"),
		"many values":      sampleSweep("fleet.workers=" + strings.Join(many, ",")),
		"three axes":       sampleSweep("fleet.workers=1,2,3", "fleet.boxes=1,2", "client.timeout=1s,9s"),
		"many tiles":       sampleSweep("fleet.workers=1,2", "fleet.boxes=1..20/20"),
		"a hostile value":  sampleSweep(`workload.page.tag="<script>alert(1)</script>","&amp;"`),
		"nothing measured": view.NewSweep(sampleSweep("fleet.workers=1,2").Head, []*sweep.Result{{Cell: 0, Runs: []sweep.Run{{Strategy: "x"}}}}, figures.All(), nil),
	} {
		for _, c := range NewSweep(v) {
			parse(t, c)
			var first bytes.Buffer
			if err := c.SVG(&first); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(first.String(), "<script") {
				t.Errorf("%s: %s.svg has a script in it", name, c.Name)
			}
			again, ok := chartsOf(v)[c.Name]
			var second bytes.Buffer
			if err := again.SVG(&second); err != nil || !ok || !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Errorf("%s: %s.svg is another one when it is drawn again", name, c.Name)
			}
			if name == "many values" && first.Len() > 400<<10 {
				t.Errorf("%s: %s.svg has %d KiB", name, c.Name, first.Len()>>10)
			}
			if testing.Short() {
				break
			}
		}
	}
}
