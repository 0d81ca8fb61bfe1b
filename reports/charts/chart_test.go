package charts

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

// drawing is what a test sees of an SVG.
type drawing struct {
	title   string
	texts   []string
	strokes map[string]int // of paths, by their colour
	fills   map[string]int // paths by the colour of their area
}

func parse(t *testing.T, c Chart) drawing {
	t.Helper()
	var buf bytes.Buffer
	if err := c.SVG(&buf); err != nil {
		t.Fatal(err)
	}
	d := drawing{strokes: make(map[string]int), fills: make(map[string]int)}
	dec := xml.NewDecoder(&buf)
	in, font := "", ""
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return d
		}
		if err != nil {
			t.Fatalf("%s.svg is not well-formed: %v", c.Name, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local
			strokes := 0 // each of which begins with a move
			for _, a := range token.Attr {
				if a.Name.Local == "d" {
					strokes = strings.Count(a.Value, "M")
				}
				if in == "path" && a.Name.Local == "style" {
					d.strokes[styleOf(a.Value, "stroke")] += strokes
					d.fills[styleOf(a.Value, "fill")]++
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Fatalf("%s.svg: %s is %q", c.Name, a.Name.Local, a.Value)
				}
				if in == "svg" && a.Name.Local == "font-family" {
					font = a.Value
				}
				if in == "text" && (font != "'Liberation Sans',Arial,Helvetica,sans-serif" || strings.Contains(a.Value, "font-family")) {
					t.Fatalf("%s.svg: a font without alternatives: of all texts %q, of one %q", c.Name, font, a.Value)
				}
			}
		case xml.CharData:
			switch in {
			case "text":
				d.texts = append(d.texts, string(token))
			case "title":
				d.title += string(token)
			}
		case xml.EndElement:
			in = ""
		}
	}
}

func styleOf(style, name string) string {
	for part := range strings.SplitSeq(style, ";") {
		if key, value, _ := strings.Cut(part, ":"); key == name {
			return value
		}
	}
	return ""
}

func (d drawing) says(text string) bool { return strings.Contains(strings.Join(d.texts, "\n"), text) }

// count sums the paths of a colour. The canvas rounds translucent colours, so
// that a channel may be off by two.
func (d drawing) count(paths map[string]int, want color.Color) (n int) {
	w := color.NRGBAModel.Convert(want).(color.NRGBA)
	for text, count := range paths {
		var r, g, b int
		if _, err := fmt.Sscanf(text, "#%02X%02X%02X", &r, &g, &b); err != nil {
			continue
		}
		if near := func(v int, w uint8) bool { return max(v-int(w), int(w)-v) <= 2 }; near(r, w.R) && near(g, w.G) && near(b, w.B) {
			n += count
		}
	}
	return n
}

func hexOf(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
}

func chartOf(t *testing.T, f *metrics.File, name string) Chart {
	t.Helper()
	for _, c := range New(view.New(f, figures.All())) {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("there is no chart %q", name)
	return Chart{}
}

// TestChartsBearAnything draws all charts of all variants.
func TestChartsBearAnything(t *testing.T) {
	for name, f := range metricstest.Variants() {
		t.Run(name, func(t *testing.T) {
			for _, c := range New(view.New(f, figures.All())) {
				d := parse(t, c)
				if d.title == "" || c.Subtitle == "" || c.Reading == "" {
					t.Errorf("%s lacks a title, a subtitle or a reading", c.Name)
				}
				for _, text := range d.texts {
					if strings.ContainsAny(text, "\x1b\n") {
						t.Errorf("%s writes %q", c.Name, text)
					}
				}
			}
		})
	}
}

func TestChartsAreRepeatable(t *testing.T) {
	first, second := metricstest.Burst().File(), metricstest.Burst().File()
	for _, c := range New(view.New(first, figures.All())) {
		again := chartOf(t, second, c.Name)
		var a, b bytes.Buffer
		if err := c.SVG(&a); err != nil {
			t.Fatal(err)
		}
		if err := again.SVG(&b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s differs from one drawing to the next", c.Name)
		}
	}
}

// TestStrategiesShow: every strategy is in the legend, and its colour is in the
// picture besides, however many lines lie in one place.
func TestStrategiesShow(t *testing.T) {
	f := metricstest.Variants()["burst"]
	for _, c := range New(view.New(f, figures.All())) {
		if c.Name == "failures" {
			continue
		}
		d := parse(t, c)
		for _, g := range view.New(f, figures.All()).Groups {
			if !d.says(g.Name) {
				t.Errorf("%s does not name %s", c.Name, g.Name)
			}
			if d.count(d.strokes, ink(g.Color)) < 2 {
				t.Errorf("%s does not draw %s", c.Name, g.Name)
			}
		}
	}
}

func TestWhichChartsThereAre(t *testing.T) {
	for _, test := range []struct{ variant, want string }{
		{"burst", "[latency distribution failures herd hit-ratio age bystander overview]"},
		{"single", "[latency distribution failures herd hit-ratio age overview]"},
		{"nothing", "[latency distribution failures herd hit-ratio bystander overview]"},
		{"story", "[before-after latency distribution failures herd hit-ratio age bystander overview]"},
		{"no runs", "[]"},
	} {
		names := []string{}
		for _, c := range New(view.New(metricstest.Variants()[test.variant], figures.All())) {
			names = append(names, c.Name)
		}
		if fmt.Sprint(names) != test.want {
			t.Errorf("%s has the charts %v, want %v", test.variant, names, test.want)
		}
	}
}

func TestTitles(t *testing.T) {
	calm := metricstest.Burst()
	calm.Calm, calm.Strategies = true, []string{"two-level", "publish"}
	for _, test := range []struct {
		file        *metrics.File
		chart, want string
	}{
		{metricstest.Tiny(), "latency", "p99 latency: naive peaks at 9 s, swr stays within 4.5 ms"},
		{metricstest.Tiny(), "distribution", "1 request in 100 takes 9 s or more with naive, and 4.5 ms with swr"},
		{metricstest.Tiny(), "failures", "naive fails 7 % of bystander, most by rejected; swr fails none"},
		{metricstest.Tiny(), "herd", "naive loads one key up to 50 times at once, swr at most once"},
		{metricstest.Tiny(), "hit-ratio", "swr serves 75 % of the reads from a cache, naive 0 %"},
		{metricstest.Tiny(), "bystander", "p99 of bystanders: naive peaks at 4.9 s, swr stays within 3 ms"},
		{metricstest.Tiny(), "age", "swr serves values up to 4.5 s old"},
		{metricstest.Tiny(), "overview", "page-burst: 1,000 requests meet one cold page."},
		{calm.File(), "failures", "No request failed"},
		{metricstest.Variants()["nothing"], "latency", "p99 latency: no requests"},
		{metricstest.Variants()["nothing"], "failures", "No request failed"},
	} {
		if got := chartOf(t, test.file, test.chart).Title; got != test.want {
			t.Errorf("the title of %s is %q, want %q", test.chart, got, test.want)
		}
	}
}

// TestWarmUpIsNoFinding: a peak in the warm-up counts in no figure, and so in no title.
func TestWarmUpIsNoFinding(t *testing.T) {
	f := metricstest.Tiny()
	f.Phases = []metrics.PhaseMark{{Name: "warm", ToMS: 1000, WarmUp: true}}
	c := chartOf(t, f, "latency")
	if want := "p99 latency: naive peaks at 5 s, swr stays within 4 ms"; c.Title != want {
		t.Errorf("the title is %q, want %q", c.Title, want)
	}
	if d := parse(t, c); !d.says("warm (not counted)") || d.count(d.fills, ink(inkWarmUp)) == 0 {
		t.Error("the warm-up is not marked")
	}
}

func TestFaultsAreMarked(t *testing.T) {
	for _, name := range []string{"latency", "hit-ratio", "age", "bystander"} {
		d := parse(t, chartOf(t, metricstest.Tiny(), name))
		if !d.says("slow-origin x10") || d.count(d.fills, ink(inkFault)) == 0 || d.count(d.strokes, ink(inkFault)) == 0 {
			t.Errorf("%s does not mark the fault", name)
		}
	}
}

// TestFaultsAreListed: tiles have no room for the names of faults, so the
// subtitle has them.
func TestFaultsAreListed(t *testing.T) {
	for _, name := range []string{"failures", "herd", "overview"} {
		c := chartOf(t, metricstest.Tiny(), name)
		if want := "; marked: slow-origin x10 at 1 s"; !strings.HasSuffix(c.Subtitle, want) {
			t.Errorf("the subtitle of %s is %q, want it to end in %q", name, c.Subtitle, want)
		}
		if d := parse(t, c); d.count(d.fills, ink(inkFault)) == 0 {
			t.Errorf("%s does not mark the fault", name)
		}
	}
	c := chartOf(t, metricstest.Variants()["seeds"], "herd")
	if want := "; marked: node 0 flaps at 10 s, node 1 flaps at 12 s, node 0 flaps at 14 s, 9 more"; !strings.HasSuffix(c.Subtitle, want) {
		t.Errorf("the subtitle is %q", c.Subtitle)
	}
}

func TestFailuresByCause(t *testing.T) {
	d := parse(t, chartOf(t, metricstest.Tiny(), "failures"))
	for _, cause := range []string{"timeout", "rejected"} {
		if !d.says(cause) || d.count(d.fills, causeColor(cause)) < 2 { // legend and tile
			t.Errorf("%s does not show", cause)
		}
	}
	if d.says("cold failure") || !d.says(": 57 (5.2 %)") || !d.says(": none") {
		t.Errorf("the tiles read %q", d.texts)
	}
	calm := metricstest.Burst()
	calm.Calm, calm.Strategies = true, []string{"two-level"}
	if d := parse(t, chartOf(t, calm.File(), "failures")); !d.says("All 13,200 requests of 1 strategy got their value.") {
		t.Errorf("a calm run reads %q", d.texts)
	}
}

func TestBandsOfSeeds(t *testing.T) {
	naive := ink(view.New(metricstest.Variants()["seeds"], figures.All()).Groups[0].Color)
	if d := parse(t, chartOf(t, metricstest.Variants()["seeds"], "latency")); d.count(d.fills, naive) == 0 || !d.says("median of 7 seeds") {
		t.Error("the spread over seeds does not show")
	}
	if d := parse(t, chartOf(t, metricstest.Variants()["burst"], "latency")); d.count(d.fills, naive) != 0 {
		t.Error("one seed has a band")
	}
}

// TestPNG checks what can be checked of dots: that each strategy's colour is
// among them. It draws at half the density, which takes a quarter of the time,
// one chart of each make.
func TestPNG(t *testing.T) {
	strategies := view.New(metricstest.Tiny(), figures.All()).Groups
	for _, name := range []string{"latency", "failures", "herd"} {
		c := chartOf(t, metricstest.Tiny(), name)
		var buf bytes.Buffer
		if err := c.png(&buf, chartDPI/2); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&buf)
		if err != nil {
			t.Fatalf("%s.png: %v", c.Name, err)
		}
		if size := img.Bounds().Size(); size.X != 900 || size.Y != 500 {
			t.Errorf("%s.png is of size %v", c.Name, size)
		}
		want := []color.Color{ink(strategies[0].Color), ink(strategies[1].Color)}
		if c.Name == "failures" {
			want = []color.Color{causeColor("timeout"), causeColor("rejected")}
		}
		for _, clr := range want {
			if n := dotsOf(img, clr); n < 40 {
				t.Errorf("%s.png has %d dots of %s", c.Name, n, hexOf(clr))
			}
		}
	}
}

func dotsOf(img image.Image, clr color.Color) (n int) {
	r, g, b, _ := clr.RGBA()
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if dr, dg, db, _ := img.At(x, y).RGBA(); dr == r && dg == g && db == b {
				n++
			}
		}
	}
	return n
}

// BenchmarkCharts is a whole scenario as PNG: 5 strategies, 200 windows, 8 charts.
func BenchmarkCharts(b *testing.B) {
	f := metricstest.Burst().File()
	for b.Loop() {
		for _, c := range New(view.New(f, figures.All())) {
			if err := c.PNG(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	}
}
