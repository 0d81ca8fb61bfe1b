package reports

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
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

// open opens the page of a file and waits until its charts are drawn. It returns how long
// that took since the page was asked for.
func open(t *testing.T, browser context.Context, f *metrics.File) (*tab, time.Duration) {
	t.Helper()
	page := visit(t, browser, f)
	return page, page.drawn()
}

// drawn waits until the charts are drawn, and says how long after the page was asked for
// that was.
func (p *tab) drawn() time.Duration {
	p.Helper()
	eval[bool](p, `new Promise(done => { const look = () => document.documentElement.dataset.drawn ? done(true) : setTimeout(look, 5); look(); })`)
	return time.Duration(eval[float64](p, `+document.documentElement.dataset.drawnAt`) * float64(time.Millisecond))
}

// visit writes the page of a file with its pictures beside it and opens it in a tab of its
// own, of which something may be asked before.
func visit(t *testing.T, browser context.Context, f *metrics.File, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	dir := t.TempDir()
	v := view.New(f, figures.All())
	if err := writeAll(dir, v, charts.New(v), Options{}); err != nil {
		t.Fatal(err)
	}
	return load(t, browser, filepath.Join(dir, "index.html"), before...)
}

// load opens a file in a tab of its own.
func load(t *testing.T, browser context.Context, file string, before ...chromedp.Action[chromedp.Void]) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil { // or the limit would be that of the tab
		t.Fatal(err)
	}
	ctx, stopWaiting := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(stopWaiting)
	page := &tab{T: t, ctx: ctx}
	messages := chromedp.Console(ctx)
	address := url.URL{Scheme: "file", Path: file}
	page.do(append(before, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address.String()))...)
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
	return page
}

// asks is a command of the browser's protocol as a step.
func asks[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, t, command, params)
		return none, err
	}
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

// inked is how many dots of a chart have the colour of a strategy, #rrggbb, to a few steps.
func (p *tab) inked(chart, color string) int {
	p.Helper()
	return eval[int](p, fmt.Sprintf(`(() => {
		const canvas = document.querySelector('[data-chart=%q] canvas'), want = [1, 3, 5].map(i => parseInt(%q.slice(i, i + 2), 16));
		const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
		copy.drawImage(canvas, 0, 0);
		const dots = copy.getImageData(0, 0, canvas.width, canvas.height).data;
		let n = 0;
		for (let i = 0; i < dots.length; i += 4) if (dots[i + 3] > 200 && want.every((v, k) => Math.abs(dots[i + k] - v) < 6)) n++;
		return n;
	})()`, chart, color))
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
