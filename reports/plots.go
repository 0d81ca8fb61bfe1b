package reports

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

// plots is what the script of index.html draws: every series of the file, once.
type plots struct {
	Clock      string           `json:"clock"`
	DurationMS float64          `json:"duration"`
	StepMS     float64          `json:"step"` // from one point of a line to the next
	Strategies []plotStrategy   `json:"strategies"`
	Faults     []plotFault      `json:"faults"`
	Phases     []plotPhase      `json:"phases"`
	Charts     map[string]*plot `json:"charts"` // by the name of the chart
}

type plotStrategy struct {
	Name  string `json:"name"`
	Color string `json:"color"`
}

type plotFault struct {
	Label      string   `json:"label"`
	From       float64  `json:"from"`
	To         *float64 `json:"to"` // null: it was over in an instant
	Strategies []string `json:"strategies,omitempty"`
	Cause      bool     `json:"cause,omitempty"` // the fleet did it by itself, as its label says
}

type plotPhase struct {
	Name   string  `json:"name"`
	From   float64 `json:"from"`
	To     float64 `json:"to"`
	WarmUp bool    `json:"warmUp,omitempty"`
}

// plot is one chart of the page: figures, of which a reader has one drawn at a time,
// over time or over the percentiles.
type plot struct {
	Nines   numbers `json:"nines,omitempty"`   // of the share of the answers, 2 for 99 %
	Stacked bool    `json:"stacked,omitempty"` // all figures at once, one below the other
	Figures []drawn `json:"figures"`
}

// drawn is one figure of every strategy.
type drawn struct {
	Name  string     `json:"name"`
	Title string     `json:"title"`
	Doc   string     `json:"doc,omitempty"`
	Unit  string     `json:"unit"`
	Per   string     `json:"per,omitempty"` // behind a number: /min
	At    numbers    `json:"at,omitempty"`  // the times of the points, in ms; without any, they are a step apart
	Lines []plotLine `json:"lines"`         // in the order of the strategies
}

// plotLine is the median over the seeds at every point, and the lowest and the highest
// of them where they differ.
type plotLine struct {
	Mid  numbers `json:"mid"`
	Low  numbers `json:"low,omitempty"`
	High numbers `json:"high,omitempty"`
}

// mostPoints is how many points a line of the page has. A file of more windows, which
// nobody has by accident, has several of them in one point.
const mostPoints = 1000

// charted are the figures of each chart, the first shown first. A figure that has a
// series and stands in no chart is among those of the last one.
var charted = []struct {
	chart   string
	figures []string
}{
	{"latency", []string{"p99", "effective_p99", "p50", "p90", "max"}},
	{"herd", []string{"herd_peak", "origin_in_flight_peak", "computes"}},
	{"hit-ratio", []string{"hit_ratio"}},
	{"age", []string{"age_max", "age_p50"}},
	{"bystander", []string{"bystander_p99", "bystander_failures"}},
	{"resources", []string{
		"workers_full", "accept_queue_full", "cores_full", "network_full", "origin_slots_full", "origin_queue_full", "front_connections_full", "lock_waiters_peak",
	}},
	{restOfFigures, nil},
}

const restOfFigures = "more"

// uncharted are the series whose figures are in no timeseries.csv.
var uncharted = []struct {
	figure, title string
	of            func(*metrics.Series) []float64
}{
	{"cache_gets", "reads of the cache", func(s *metrics.Series) []float64 { return counted(s.CacheGets) }},
	{"outdated", "outdated answers", func(s *metrics.Series) []float64 { return counted(s.Outdated) }},
	{"staleness_max", "longest staleness", func(s *metrics.Series) []float64 { return s.StalenessMax }},
	{"leaks", "pages shown to others", func(s *metrics.Series) []float64 { return counted(s.Leaks) }},
	{"hit_ratio_old", "hit ratio of the old release", func(s *metrics.Series) []float64 { return s.HitRatioOld }},
	{"hit_ratio_new", "hit ratio of the new release", func(s *metrics.Series) []float64 { return s.HitRatioNew }},
}

// counted has counts be numbers.
func counted(counts []int64) []float64 {
	list := make([]float64, len(counts))
	for i, n := range counts {
		list[i] = float64(n)
	}
	return list
}

// newPlots prepares the charts of a view.
func newPlots(v *view.View) plots {
	windows := 0
	for _, r := range v.Runs {
		windows = max(windows, len(r.Series.Requests))
	}
	width := max(1, (windows+mostPoints-1)/mostPoints)
	p := plots{
		Clock: v.Clock, DurationMS: v.DurationMS, StepMS: v.WindowMS * float64(width), // lists, if empty, and never null
		Strategies: []plotStrategy{}, Faults: []plotFault{}, Phases: []plotPhase{}, Charts: make(map[string]*plot),
	}
	for _, g := range v.Groups {
		p.Strategies = append(p.Strategies, plotStrategy{g.Name, g.Color.String()})
	}
	for _, f := range v.Faults {
		p.Faults = append(p.Faults, plotFault{f.Label, f.AtMS, f.UntilMS, f.Strategies, false})
	}
	for _, c := range v.Causes {
		p.Faults = append(p.Faults, plotFault{Label: c.Label, From: c.AtMS, Cause: true})
	}
	for _, x := range v.Phases {
		p.Phases = append(p.Phases, plotPhase{x.Name, x.FromMS, x.ToMS, x.WarmUp})
	}
	over := func(chart, name, title, doc string, u figures.Unit, series func(*metrics.Series) []float64) {
		d := drawn{Name: name, Title: title, Doc: doc, Unit: unitNames[u]}
		for _, g := range v.Groups {
			d.Lines = append(d.Lines, overTime(g, series, width, u == figures.Share))
		}
		p.add(chart, d)
	}
	placed := make(map[string]string)
	for _, c := range charted {
		for _, name := range c.figures {
			placed[name] = c.chart
		}
	}
	for _, c := range charted {
		list := v.Figures.Placed(func(f figures.Figure) int {
			switch {
			case f.Series == nil:
				return 0
			case c.chart == restOfFigures && placed[f.Name] == "":
				return f.Series.Place
			}
			return 1 + slices.Index(c.figures, f.Name)
		})
		for _, f := range list {
			over(c.chart, f.Name, cmp.Or(f.Series.Title, f.Title), f.Doc, f.Unit, f.Series.Of)
		}
	}
	over("failures", "failures", "all failures", "requests that got no answer they could use, those of bystanders among them", figures.Count, func(s *metrics.Series) []float64 {
		list := failuresOf(s, slices.Sorted(maps.Keys(s.Failures))...)
		for i, n := range s.BystanderFailures {
			list[i] += float64(n)
		}
		return list
	})
	for _, o := range view.FailedOutcomes() {
		f, _ := v.Figures.Find(o.String())
		over("failures", o.String(), humanize.Words(o.String()), f.Doc, figures.Count, func(s *metrics.Series) []float64 { return failuresOf(s, o.String()) })
	}
	if f, ok := v.Figures.Find("bystander_failures"); ok {
		over("failures", f.Name, f.Title, f.Doc, f.Unit, f.Series.Of)
	}
	over(restOfFigures, "answered", "usable answers", "requests that arrived then and were answered, however much later: all but the failures", figures.Count, func(s *metrics.Series) []float64 {
		list := counted(s.Requests)
		for i, n := range failuresOf(s, slices.Collect(maps.Keys(s.Failures))...) {
			list[i] -= n
		}
		return list
	})
	for _, x := range uncharted {
		if f, ok := v.Figures.Find(x.figure); ok && f.Series == nil {
			over(restOfFigures, f.Name, x.title, f.Doc, f.Unit, x.of)
		}
	}
	p.addBoxes(v, over)
	p.addDistribution(v)
	p.addStory(v)
	return p
}

// add adds a figure to a chart, unless it is nothing all the time with every strategy
// and not the first of its chart.
func (p *plots) add(chart string, d drawn) {
	happened := slices.ContainsFunc(d.Lines, func(l plotLine) bool {
		return slices.ContainsFunc(l.High, func(v float64) bool { return v > 0 }) || slices.ContainsFunc(l.Mid, func(v float64) bool { return v > 0 })
	})
	if !happened {
		return
	}
	if p.Charts[chart] == nil {
		p.Charts[chart] = new(plot)
	}
	p.Charts[chart].Figures = append(p.Charts[chart].Figures, d)
}

// failuresOf are the failures of some causes, in every window.
func failuresOf(s *metrics.Series, causes ...string) []float64 {
	list := make([]float64, len(s.Requests))
	for _, cause := range causes {
		for i, n := range s.Failures[cause] {
			list[i] += float64(n)
		}
	}
	return list
}

// addBoxes adds what the first boxes did, where they have file caches.
func (p *plots) addBoxes(v *view.View, over func(chart, name, title, doc string, u figures.Unit, series func(*metrics.Series) []float64)) {
	boxes := 0
	for _, r := range v.Runs {
		boxes = max(boxes, len(r.Series.Boxes))
	}
	for i := range boxes {
		box := strconv.Itoa(i)
		over("boxes", "entries-"+box, "entries of box "+box, "entries in the file cache of the box", figures.Count, func(s *metrics.Series) []float64 {
			if i < len(s.Boxes) {
				return counted(s.Boxes[i].Entries)
			}
			return nil
		})
		over("boxes", "cpu-"+box, "CPU of box "+box, "CPU asked of the box, as a share of its cores", figures.Share, func(s *metrics.Series) []float64 {
			if i < len(s.Boxes) {
				return s.Boxes[i].CPU
			}
			return nil
		})
	}
}

// addStory adds the picture of a story.
func (p *plots) addStory(v *view.View) {
	for i, panel := range charts.Story(v) {
		d := drawn{Name: "story-" + strconv.Itoa(i), Title: panel.Title, Unit: unitNames[panel.Unit], Per: panel.Per, At: panel.At}
		for _, l := range panel.Lines {
			d.Lines = append(d.Lines, plotLine{l.Mid, l.Low, l.High})
		}
		p.add(charts.StoryName, d)
	}
	if c := p.Charts[charts.StoryName]; c != nil {
		c.Stacked = true
	}
}

// addDistribution adds the latency by percentile.
func (p *plots) addDistribution(v *view.View) {
	at := make(map[float64]bool)
	for _, r := range v.Runs {
		for _, x := range r.Percentiles {
			at[nines(r, x)] = true
		}
	}
	list := slices.Sorted(maps.Keys(at))
	if len(list) < 2 {
		return
	}
	d := drawn{Name: "distribution", Title: "response time", Doc: "the time that a share of the usable answers does not exceed", Unit: unitNames[figures.Latency]}
	for _, g := range v.Groups {
		lists := make([][]float64, len(g.Runs))
		for i, r := range g.Runs {
			ms := make(map[float64]float64, len(r.Percentiles))
			for _, x := range r.Percentiles {
				ms[nines(r, x)] = x.MS
			}
			for _, n := range list {
				v, ok := ms[n]
				if !ok {
					v = math.NaN()
				}
				lists[i] = append(lists[i], v)
			}
		}
		d.Lines = append(d.Lines, newPlotLine(lists))
	}
	p.add("distribution", d)
	if c := p.Charts["distribution"]; c != nil {
		c.Nines = list
	}
}

// nines is where a percentile stands on an axis on which 90 %, 99 % and 99.9 % are
// equally far apart. The slowest answer stands where only one of all would be slower.
func nines(r *metrics.Run, p metrics.Percentile) float64 {
	share := min(p.Share, 1-1/float64(max(r.Requests, 2)))
	return math.Round(-1e4*math.Log10(1-share)) / 1e4 // of two seeds, the last digits differ
}

// overTime is a series of a strategy. Of several windows in one point it has the
// highest, and of shares the mean.
func overTime(g view.Group, series func(*metrics.Series) []float64, width int, shares bool) plotLine {
	lists := make([][]float64, len(g.Runs))
	for i, r := range g.Runs {
		for part := range slices.Chunk(series(&r.Series), width) {
			sum, most, n := 0.0, math.NaN(), 0.0
			for _, v := range part {
				if !math.IsNaN(v) {
					sum, n = sum+v, n+1
					if !(most >= v) {
						most = v
					}
				}
			}
			if shares {
				most = sum / n
			}
			lists[i] = append(lists[i], most)
		}
	}
	return newPlotLine(lists)
}

// newPlotLine sets the seeds beside each other.
func newPlotLine(seeds [][]float64) (l plotLine) {
	points, apart := 0, false
	for _, list := range seeds {
		points = max(points, len(list))
	}
	for i := range points {
		var values []float64
		for _, list := range seeds {
			if i < len(list) && !math.IsNaN(list[i]) {
				values = append(values, list[i])
			}
		}
		mid := view.NewEstimate(values).Median
		low, high := mid, mid
		if len(values) > 0 {
			low, high = slices.Min(values), slices.Max(values)
		}
		l.Mid, l.Low, l.High = append(l.Mid, mid), append(l.Low, low), append(l.High, high)
		apart = apart || low < high
	}
	if !apart {
		l.Low, l.High = nil, nil
	}
	return l
}

// unitNames are what the script calls the units.
var unitNames = map[figures.Unit]string{
	figures.Count: "count", figures.Bytes: "count", figures.PerSecond: "count", figures.Share: "share", figures.Duration: "time", figures.Latency: "time",
}

// numbers are a line of JSON as short as it can be: whole ones exactly, others to four
// digits, which is more than an eye can tell, and NaN as null.
type numbers []float64

// MarshalJSON writes the numbers.
func (list numbers) MarshalJSON() ([]byte, error) {
	b := append(make([]byte, 0, 6*len(list)+2), '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			b = append(b, "null"...)
		case v == math.Trunc(v) && math.Abs(v) < 1e15:
			b = strconv.AppendInt(b, int64(v), 10)
		default:
			b = strconv.AppendFloat(b, v, 'g', 4, 64)
		}
	}
	return append(b, ']'), nil
}
