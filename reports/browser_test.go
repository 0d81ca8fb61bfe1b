package reports

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

// tab is a page in a browser, as a reader has it: from disk.
type tab struct {
	*testing.T
	ctx context.Context

	mu      sync.Mutex
	console []string // what it has said, and must not
}

// newBrowser starts Chromium, which make test installs where it can.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("there is no Chromium: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// open writes the page of a file with its pictures beside it, opens it in a tab of its own
// and waits until its charts are drawn. It returns how long that took since the page was
// asked for.
func open(t *testing.T, browser context.Context, f *metrics.File) (*tab, time.Duration) {
	t.Helper()
	dir := t.TempDir()
	v := view.New(f, figures.All())
	if err := writeAll(dir, v, charts.New(v), Options{}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil { // or the limit would be that of the tab
		t.Fatal(err)
	}
	ctx, stopWaiting := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stopWaiting)
	page := &tab{T: t, ctx: ctx}
	messages := chromedp.Console(ctx)
	address := url.URL{Scheme: "file", Path: filepath.Join(dir, "index.html")}
	page.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address.String()))
	eval[bool](page, `new Promise(done => { const look = () => document.documentElement.dataset.drawn ? done(true) : setTimeout(look, 5); look(); })`)
	took := eval[float64](page, `performance.now()`)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			page.mu.Lock()
			page.console = append(page.console, m.String())
			page.mu.Unlock()
		}
	}()
	return page, time.Duration(took * float64(time.Millisecond))
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

// eval is the value of an expression, awaited if it is a promise.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return v
}

// box is where the drawing of a chart is, in the window: left, top, width and height.
func (p *tab) box(chart string) []float64 {
	p.Helper()
	return eval[[]float64](p, fmt.Sprintf(`(() => {
		const over = document.querySelector('[data-chart=%q] .u-over');
		over.scrollIntoView({block: "center"});
		const b = over.getBoundingClientRect();
		return [b.left, b.top, b.width, b.height];
	})()`, chart))
}

// click clicks on an element. It does so within the page: a tab in the background, as all
// but one are, draws no frames, for which a click from outside would wait.
func (p *tab) click(selector string) {
	p.Helper()
	eval[bool](p, fmt.Sprintf(`(() => { document.querySelector(%q).click(); return true; })()`, selector))
}

// hover rests the pointer on a chart, at a share of its width, and returns what it is told.
func (p *tab) hover(chart string, share float64) string {
	p.Helper()
	b := p.box(chart)
	p.do(chromedp.MouseEvent("mouseMoved", b[0]+2, b[1]+b[3]/2), chromedp.MouseEvent("mouseMoved", b[0]+share*b[2], b[1]+b[3]/2))
	return eval[string](p, `new Promise(done => setTimeout(() => {
		const t = document.querySelector(".tooltip"); done(t.hidden ? "" : t.innerText);
	}, 30))`)
}

// zoom is the part of the run that a chart shows, from and to, in ms.
func (p *tab) zoom(chart string) []float64 {
	p.Helper()
	return eval[[]float64](p, fmt.Sprintf(`(() => { const u = document.querySelector('[data-chart=%q] .uplot'); return JSON.parse(u.dataset.zoom); })()`, chart))
}

// shown are the strategies that a reader has not hidden.
func (p *tab) shown() string {
	return eval[string](p, `[...document.querySelectorAll("#legend button[aria-pressed=true]")].map(b => b.textContent).join(" ")`)
}

// The page works as its text promises, and nothing of it is refused or goes wrong.
func TestPageInABrowser(t *testing.T) {
	f := metricstest.Burst().File()
	f.Faults = append(f.Faults, metricstest.Fault("slow origin", 20*time.Second, 30*time.Second))
	p, _ := open(t, newBrowser(t), f)
	names := metricstest.Burst().Strategies

	// All values under the pointer, the highest first, and of the charts that share its time.
	told := p.hover("latency", 0.5)
	for _, name := range names {
		if !strings.Contains(told, name) {
			t.Errorf("the pointer is told nothing of %s: %q", name, told)
		}
	}
	if !strings.HasPrefix(told, "p99, 29.7 s to 30 s") || !strings.Contains(told, "ms") {
		t.Errorf("the pointer in the middle of a minute is told %q", told)
	}

	// A drag looks closer, in all charts; a double click shows the whole again.
	b := p.box("latency")
	p.do(chromedp.DragAndDropXY(b[0]+b[2]/4, b[1]+b[3]/2, b[0]+b[2]/2, b[1]+b[3]/2))
	for _, chart := range []string{"latency", "herd", "hit-ratio"} {
		if z := p.zoom(chart); len(z) != 2 || z[0] < 14_000 || z[0] > 16_000 || z[1] < 29_000 || z[1] > 31_000 {
			t.Errorf("a drag over the second quarter has %s show %v", chart, z)
		}
	}
	b = p.box("herd")
	at := []float64{b[0] + b[2]/3, b[1] + b[3]/2}
	p.do(chromedp.MouseClickXY(at[0], at[1], chromedp.ClickCount(1)), chromedp.MouseClickXY(at[0], at[1], chromedp.ClickCount(2)))
	if z := p.zoom("latency"); !slices.Equal(z, []float64{0, 60_000}) {
		t.Errorf("after a double click the page shows %v", z)
	}

	// Strategies are hidden and shown by their names.
	p.click(`#legend button:nth-child(2)`)
	if got, want := p.shown(), strings.Join(slices.Delete(slices.Clone(names), 1, 2), " "); got != want {
		t.Errorf("a click on %s leaves %s, want %s", names[1], got, want)
	}
	if told := p.hover("latency", 0.5); strings.Contains(told, names[1]) || !strings.Contains(told, names[0]) {
		t.Errorf("the pointer is told of what is hidden: %q", told)
	}
	p.click(`#legend button:nth-child(3)`)
	p.click(`#legend button:nth-child(3)`)
	eval[bool](p, `document.querySelector("#legend button:nth-child(3)").dispatchEvent(new Event("dblclick"))`)
	if got := p.shown(); got != names[2] {
		t.Errorf("a double click on %s leaves %s", names[2], got)
	}

	// Scales and figures are chosen.
	before := eval[string](p, `document.querySelector("[data-chart=latency] .scale").textContent`)
	p.click(`[data-chart=latency] .scale`)
	if after := eval[string](p, `document.querySelector("[data-chart=latency] .scale").textContent`); before != "log scale" || after != "linear scale" {
		t.Errorf("the scale was %s and is %s", before, after)
	}
	eval[bool](p, `(() => { const s = document.querySelector("[data-chart=latency] select"); s.value = 2; s.dispatchEvent(new Event("change")); return true; })()`)
	if told := p.hover("latency", 0.5); !strings.HasPrefix(told, "p50, ") {
		t.Errorf("with p50 chosen the pointer is told %q", told)
	}

	// Columns sort, one way and the other.
	column := `[...document.querySelectorAll("#summary tbody tr")].map(r => +r.cells[1].dataset.value)`
	for _, sorted := range []func(a, b float64) bool{func(a, b float64) bool { return a <= b }, func(a, b float64) bool { return a >= b }} {
		p.click(`#summary th:nth-child(2) button`)
		list := eval[[]float64](p, column)
		for i := 1; i < len(list); i++ {
			if !sorted(list[i-1], list[i]) {
				t.Errorf("the failures are in the order %v", list)
			}
		}
	}

	// Light and dark, by a click.
	ground := func() string { return eval[string](p, `getComputedStyle(document.body).backgroundColor`) }
	light := ground()
	p.click(`#theme`)
	if dark := ground(); light == dark || light != "rgb(255, 255, 255)" {
		t.Errorf("the page is %s in the light and %s in the dark", light, dark)
	}

	// On a phone the page is as wide as that, and the table scrolls below its names.
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	if wide := eval[float64](p, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("on a phone of 390 px the page is %v px wide", wide)
	}
	p.quiet()
}

// quiet holds that the browser had nothing to complain of.
func (p *tab) quiet() {
	p.Helper()
	eval[bool](p, `true`) // what it said before has arrived
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.console {
		p.Errorf("the console has %s", text)
	}
}

// A name that is a script runs nowhere: not in the tables, nor in the data, nor where the
// script of the page writes it.
func TestHostilePageInABrowser(t *testing.T) {
	browser := newBrowser(t)
	for _, name := range []string{"hostile", "no runs", "nothing", "story", "seeds"} {
		f, ok := metricstest.Variants()[name]
		if !ok {
			t.Fatalf("there is no variant %q", name)
		}
		p, _ := open(t, browser, f)
		eval[bool](p, `(() => { window.alert = () => console.error("a name ran"); return true; })()`)
		if len(f.Runs) > 0 && name != "nothing" {
			if told := p.hover("latency", 0.5); told == "" {
				t.Errorf("%s: the pointer is told nothing", name)
			}
		}
		p.quiet()
	}
}

// The picture of a story stands in the page, its panels one below the other on the time
// that all charts share.
func TestStoryInABrowser(t *testing.T) {
	f := metricstest.Variants()["story"]
	panels := charts.Story(view.New(f, figures.All()))
	p, _ := open(t, newBrowser(t), f)
	titles := eval[string](p, `[...document.querySelectorAll("[data-chart=before-after] .cell")].filter(c => c.querySelector("canvas")).map(c => c.firstChild.textContent).join("; ")`)
	var want []string
	for _, panel := range panels {
		want = append(want, panel.Title)
	}
	if titles != strings.Join(want, "; ") || len(panels) < 2 {
		t.Errorf("the page draws %q, want %q", titles, want)
	}
	told := p.hover("before-after", 0.5)
	if !strings.HasPrefix(told, want[0]) {
		t.Errorf("the pointer on the story is told %q", told)
	}
	for _, run := range f.Runs {
		if !strings.Contains(told, run.Strategy) {
			t.Errorf("the pointer on the story is told nothing of %s: %q", run.Strategy, told)
		}
	}
	b := p.box("before-after")
	p.do(chromedp.DragAndDropXY(b[0]+b[2]/4, b[1]+b[3]/2, b[0]+b[2]/2, b[1]+b[3]/2))
	if story, latency := p.zoom("before-after"), p.zoom("latency"); !slices.Equal(story, latency) || story[1]-story[0] > 0.4*f.DurationMS {
		t.Errorf("a drag over a quarter of the story has it show %v, and the latency %v", story, latency)
	}
	p.quiet()
}

// A page opens at once, charts and all.
func TestPageOpensAtOnce(t *testing.T) {
	_, took := open(t, newBrowser(t), metricstest.Variants()["burst"])
	t.Logf("drawn %v after it was asked for", took.Round(time.Millisecond))
	if took > 5*time.Second { // half a second on a machine that does nothing else
		t.Errorf("the page took %v", took)
	}
}

// screenshots writes pictures of the page of a results file where SCREENSHOTS names a
// directory, for a person to look at: light and dark, wide and on a phone.
func TestScreenshots(t *testing.T) {
	into, file := os.Getenv("SCREENSHOTS"), os.Getenv("RESULTS")
	if into == "" || file == "" {
		t.Skip("SCREENSHOTS=DIR RESULTS=results.json go test -run Screenshots ./reports")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := ReadJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	p, took := open(t, newBrowser(t), f)
	t.Logf("%s: drawn after %v", f.Scenario, took.Round(time.Millisecond))
	for _, width := range []int64{1280, 390} {
		p.do(chromedp.EmulateViewport(width, 844))
		for _, theme := range []string{"light", "dark"} {
			eval[bool](p, fmt.Sprintf(`(() => { document.documentElement.dataset.theme = %q; dispatchEvent(new Event("theme")); return true; })()`, theme))
			time.Sleep(300 * time.Millisecond) // the resize event, and a frame
			picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(into, fmt.Sprintf("%s-%d-%s.png", f.Scenario, width, theme)), picture, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.quiet()
}
