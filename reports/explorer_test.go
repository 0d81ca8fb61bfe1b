package reports

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

// followed is a file whose first strategy has the timelines of a slow answer, for which a
// client tried twice, and of a failure.
func followed() *metrics.File {
	f := metricstest.Burst().File()
	f.Command = "simulate run burst --seed 1"
	f.Runs[0].Timelines = []metrics.Timeline{
		{
			Number: 7, Why: "the slowest answer", Class: "page", Key: "page:<b>0", AtMS: 1000, LatencyMS: 80, Outcome: metrics.Computed,
			Tries: []metrics.Try{
				{ToMS: 20, Outcome: metrics.CacheError, Steps: []metrics.Step{
					{What: "queue", Where: "box 0", ToMS: 20, Result: "place 3"},
					{What: "load", Key: "page:<b>0", FromMS: 20, ToMS: 100, QueuedMS: 40, Result: "version 1"}, // for nobody
				}},
				{FromMS: 40, ToMS: 80, Outcome: metrics.Computed, Steps: []metrics.Step{{What: "load", Key: "page:<b>0", FromMS: 40, ToMS: 80, Result: "version 1"}}},
			},
		},
		{Number: 9, Why: "the first to fail so", Class: "page", Key: "page:1", LatencyMS: 8, Outcome: metrics.Rejected, Tries: []metrics.Try{{ToMS: 8, Outcome: metrics.Rejected}}},
	}
	return f
}

// The pieces of a request's bar are all of its time, and every step stands where it was.
func TestExplore(t *testing.T) {
	list := explore(view.New(followed(), figures.All()))
	if len(list) != 1 || len(list[0].Requests) != 2 {
		t.Fatalf("%d strategies are explored: %+v", len(list), list)
	}
	slow, failed := list[0].Requests[0], list[0].Requests[1]
	if slow.Failed || !failed.Failed || slow.Width != 100 || failed.Width != 10 {
		t.Errorf("the answer is %v %% wide and failed: %v; the failure %v %%, %v", slow.Width, slow.Failed, failed.Width, failed.Failed)
	}
	got := ""
	for _, p := range slow.Parts {
		got += fmt.Sprintf("%s %v ", p.Kind, p.Width)
	}
	if want := "k-accept-queue 25 k-back-off 25 k-origin 50 "; got != want {
		t.Errorf("the bar is %q, want %q", got, want)
	}
	got = ""
	for _, s := range slow.Steps {
		got += fmt.Sprintf("%v+%v/%v %v; ", s.From, s.Width, s.Queued, s.Beside)
	}
	// arrives; queue; the load that nobody waits for; fails; tries again; load; ends
	if want := "0+0/0 false; 0+20/0 false; 20+80/50 true; 20+0/0 false; 40+0/0 false; 40+40/0 false; 80+0/0 false; "; got != want || slow.End != 80 {
		t.Errorf("the steps are %q, want %q; the end is at %v", got, want, slow.End)
	}
}

// A page without requests has the command that shows them, unless nobody can.
func TestExplorable(t *testing.T) {
	f := metricstest.Burst().File()
	for _, x := range []struct {
		clock, command string
		followed, says bool
	}{{"virtual", "simulate run x", false, true}, {"wall", "loadtest run x", false, false}, {"virtual", "", false, false}, {"virtual", "simulate run x", true, false}} {
		if x.followed {
			f = followed()
		}
		f.Clock, f.Command = x.clock, x.command
		var b bytes.Buffer
		if err := writeHTML(&b, f); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "<pre>simulate run x --explain</pre>"); got != x.says {
			t.Errorf("%+v: the page has the command: %v", x, got)
		}
	}
}

// A reader opens a request and sees its steps on a time axis, to scale.
func TestExplorerInABrowser(t *testing.T) {
	p, _ := open(t, newBrowser(t), followed())
	seen := func() bool { return eval[bool](p, `document.querySelector(".request .steps").checkVisibility()`) }
	if seen() {
		t.Error("the steps of a request that nobody opened are shown")
	}
	p.click(".explored > summary")
	p.click(".request > summary")
	if !seen() {
		t.Error("the steps of a request that was opened are not shown")
	}
	share := eval[[]float64](p, `(() => {
		const bar = document.querySelector(".steps tbody tr:nth-child(6) .axis > i").getBoundingClientRect(), axis = document.querySelector("td.axis").getBoundingClientRect();
		return [(bar.left - axis.left) / axis.width, bar.width / axis.width];
	})()`)
	if math.Abs(share[0]-0.4) > 0.01 || math.Abs(share[1]-0.4) > 0.01 {
		t.Errorf("the load from 40 to 80 ms of 100 is drawn from %v on, %v long", share[0], share[1])
	}
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	if room := eval[[]float64](p, `(() => { const box = document.querySelector(".request .wide"), axis = document.querySelector("td.axis"); return [box.scrollWidth, box.clientWidth, axis.clientWidth]; })()`); room[0] > room[1] || room[2] < 300 {
		t.Errorf("on a phone the steps are %v px wide in %v, and their axis %v", room[0], room[1], room[2])
	}
	p.click("#legend button:nth-child(1)") // which hides the strategy
	if shown := eval[bool](p, `document.querySelector(".explored").checkVisibility()`); shown {
		t.Error("the requests of a strategy that is hidden are shown")
	}
	p.quiet()
}
