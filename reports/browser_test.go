//go:build !race

package reports

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

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

// A name that is a script runs nowhere: not in the tables, nor in the data, nor where the
// script of the page writes it.
func TestHostilePageInABrowser(t *testing.T) {
	browser := newBrowser(t)
	for _, name := range []string{"hostile", "no runs", "nothing", "story", "seeds", "month"} {
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

// Of lines in one place all are seen, and the page says whose are one.
func TestHiddenLinesInABrowser(t *testing.T) {
	f := metricstest.Burst().File()
	names := metricstest.Burst().Strategies
	for _, run := range f.Runs[1:] {
		run.Series = f.Runs[0].Series
	}
	groups := view.New(f, figures.All()).Groups
	p, _ := open(t, newBrowser(t), f)
	for _, g := range groups {
		if n := p.inked("hit-ratio", g.Color.String()); n < 150 {
			t.Errorf("%s, whose line is that of all, has %d dots", g.Name, n)
		}
	}
	hint := eval[string](p, `document.querySelector("[data-chart=hit-ratio] .hint").textContent`)
	last := len(names) - 1
	if want := strings.Join(names[:last], ", ") + " and " + names[last] + " have one line."; !strings.HasSuffix(hint, want) {
		t.Errorf("of one line the page says %q, want %q", hint, want)
	}
	p.quiet()
}

// On paper the page is light, whatever it is on the screen, no wider than a sheet, and has
// nothing to click on: what was closed is open, but for the steps of requests.
func TestPaperInABrowser(t *testing.T) {
	f := followed()
	p, _ := open(t, newBrowser(t), f)
	p.click("#theme")
	color := view.New(f, figures.All()).Groups[0].Color.String()
	const sheet = 703 // A4 less its margins
	p.do(chromedp.EmulateViewport(sheet, 1000), asks(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	if n := p.inked("latency", color); n > 20 {
		t.Fatalf("in the dark %d dots have the colour of the light", n)
	}
	eval[bool](p, `dispatchEvent(new Event("beforeprint"))`) // which the browser does before it prints
	eval[bool](p, `new Promise(done => setTimeout(() => done(true), 100))`)
	if ground := eval[string](p, `getComputedStyle(document.body).backgroundColor`); ground != "rgb(255, 255, 255)" {
		t.Errorf("the paper is %s", ground)
	}
	if n := p.inked("latency", color); n < 150 {
		t.Errorf("on paper the first strategy has %d dots", n)
	}
	wide := eval[[]string](p, `[document.documentElement, ...document.querySelectorAll(".wide, [data-chart] .plot")].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
		.map(e => e.className + " " + e.scrollWidth + " of " + e.clientWidth + ": " + e.textContent.slice(0, 60))`)
	for _, text := range wide {
		t.Errorf("cut at the edge of the paper: %s", text)
	}
	for _, selector := range []string{"#theme", "nav", "#legend", ".controls", ".worked", ".steps"} {
		if eval[bool](p, fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.checkVisibility())`, selector)) {
			t.Errorf("the paper has %s", selector)
		}
	}
	if !eval[bool](p, `document.querySelector(".request summary").checkVisibility() && document.querySelector(".words").checkVisibility()`) {
		t.Error("the paper lacks the requests, or the words")
	}
	p.quiet()
}

// Without scripts the charts are the pictures beside the page, and nothing that needs a
// script is offered.
func TestPageWithoutScripts(t *testing.T) {
	f := metricstest.Variants()["story"]
	p := visit(t, newBrowser(t), f, asks(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	seen := eval[string](p, `[...document.querySelectorAll("figure img")].filter(i => i.checkVisibility() && i.naturalWidth > 300).map(i => i.getAttribute("src")).join(" ")`)
	for _, c := range charts.New(view.New(f, figures.All())) {
		if !strings.Contains(seen, "plots/"+c.Name+".svg") {
			t.Errorf("%s is not seen: %s", c.Name, seen)
		}
	}
	for _, selector := range []string{"#theme", "#legend", ".controls", ".worked", ".tooltip"} {
		if eval[bool](p, fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.checkVisibility())`, selector)) {
			t.Errorf("the page offers %s", selector)
		}
	}
	if eval[bool](p, `[...document.querySelectorAll("th button")].some(b => !b.disabled)`) {
		t.Error("the page offers to sort its table")
	}
}

// The page of several reports leads to each of them, shows its picture, and is what a
// report is: light and dark, no wider than a phone, with nothing of a name run.
func TestIndexInABrowser(t *testing.T) {
	dir := t.TempDir()
	shelf := Shelf{Title: metricstest.Hostile}
	for _, name := range []string{"story", "hostile", "burst"} {
		v := view.New(metricstest.Variants()[name], figures.All())
		if err := writeAll(filepath.Join(dir, name), v, charts.New(v), Options{}); err != nil {
			t.Fatal(err)
		}
		shelf.Reports = append(shelf.Reports, Linked{Dir: name, View: v})
	}
	file, err := WriteIndex(dir, "Incidents", []Shelf{shelf})
	if err != nil {
		t.Fatal(err)
	}
	browser := newBrowser(t)
	p := load(t, browser, file)
	pictures := eval[int](p, `(() => {
		const list = [...document.querySelectorAll(".card img")];
		for (const i of list) i.loading = "eager";
		return Promise.all(list.map(i => i.decode())).then(() => list.filter(i => i.naturalWidth > 300).length);
	})()`)
	if pictures != len(shelf.Reports) {
		t.Errorf("%d pictures of %d are shown", pictures, len(shelf.Reports))
	}
	ground := func() string { return eval[string](p, `getComputedStyle(document.body).backgroundColor`) }
	light := ground()
	p.click("#theme")
	if dark := ground(); dark == light {
		t.Errorf("the page is %s in the light and in the dark", dark)
	}
	p.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile))
	if wide := eval[float64](p, `document.documentElement.scrollWidth`); wide > 390 {
		t.Errorf("on a phone of 390 px the page is %v px wide", wide)
	}
	for _, href := range eval[[]string](p, `[...document.querySelectorAll(".card h3 a")].map(a => a.href)`) {
		address, err := url.Parse(href)
		if err != nil {
			t.Fatal(err)
		}
		report := load(t, browser, address.Path)
		if n := eval[int](report, `document.querySelectorAll("#summary tbody tr").length`); n == 0 {
			t.Errorf("%s leads to no report", href)
		}
		report.quiet()
	}
	p.quiet()
}

// A page opens at once, charts and all: in half a second, of which most is the page's own
// work. That work is held and not the time, in which others may have the machine.
func TestPageOpensAtOnce(t *testing.T) {
	p := visit(t, newBrowser(t), metricstest.Variants()["burst"], asks(performance.Enable, performance.EnableParams{TimeDomain: "threadTicks"}))
	took := p.drawn()
	list, err := chromedp.Call(p.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(list.Metrics, func(m *performance.Metric) bool { return m.Name == "TaskDuration" })
	work := time.Duration(list.Metrics[at].Value * float64(time.Second))
	t.Logf("drawn %v after it was asked for, by %v of work", took.Round(time.Millisecond), work.Round(time.Millisecond))
	if work <= 0 || work > time.Second {
		t.Errorf("the page takes %v of work", work)
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
