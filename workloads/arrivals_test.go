package workloads

import (
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// anyClass draws the arrivals of a class over ten seconds.
func anyClass(t *rapid.T) Class {
	rate := rapid.Float64Range(0.1, 500)
	within := func(name string) time.Duration {
		return time.Duration(rapid.Int64Range(0, int64(2*time.Second)).Draw(t, name))
	}
	c := Class{Class: "c", Arrivals: rapid.SampledFrom([]string{"poisson", "constant"}).Draw(t, "arrivals")}
	c.From = within("from")
	c.Until = c.From + time.Second + within("length")
	switch rapid.SampledFrom([]string{"rate", "ramp", "sine", "burst", "flash"}).Draw(t, "form") {
	case "rate":
		c.Rate = rate.Draw(t, "rate")
	case "ramp":
		c.Ramp = &Ramp{From: rate.Draw(t, "from") - 0.1, To: rate.Draw(t, "to")}
	case "sine":
		mean := rate.Draw(t, "mean")
		c.Sine = &Sine{Mean: mean, Amplitude: mean * rapid.Float64Range(0, 1).Draw(t, "depth"), Period: time.Millisecond + within("period"), Phase: within("phase")}
		if rapid.Bool().Draw(t, "touches zero") {
			c.Sine.Amplitude = mean
		}
	case "burst":
		c.Burst = &Burst{At: c.From, Requests: rapid.IntRange(1, 500).Draw(t, "requests"), Over: min(within("over"), c.Until-c.From)}
		c.Rate = rapid.SampledFrom([]float64{0, 20}).Draw(t, "rate")
	case "flash":
		c.Flash = &Flash{At: c.From + within("at")/4, Peak: rate.Draw(t, "peak"), Rise: within("rise") / 4, Hold: within("hold")/4 + 1, Fall: within("fall") / 4}
		c.Rate = rapid.SampledFrom([]float64{0, 20}).Draw(t, "rate")
	}
	return c
}

func TestArrivalsAreOrderedAndInTheActiveTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClass(t)
		w, err := New(rapid.Uint64().Draw(t, "seed"), 10*time.Second, []Class{c})
		if err != nil {
			t.Fatal(err)
		}
		last := c.From
		for r := range w.All() {
			if r.At < last || r.At >= c.Until {
				t.Fatalf("a request at %v, after one at %v, active from %v to %v", r.At, last, c.From, c.Until)
			}
			last = r.At
		}
	})
}

// Constant arrivals have no chance in them: request k comes when k requests are
// expected, to the nanosecond.
func TestConstantArrivalsAreAsMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClass(t)
		c.Arrivals = "constant"
		w, err := New(1, 10*time.Second, []Class{c})
		if err != nil {
			t.Fatal(err)
		}
		want := 0.0
		for _, p := range w.classes[0].pacers {
			want += math.Ceil(p.expected(c.Until-c.From) - 1e-6)
		}
		got := 0.0
		for range w.All() {
			got++
		}
		if math.Abs(got-want) > 1 {
			t.Fatalf("%v requests, expected %v", got, want)
		}
	})
}

func TestReachIsTheInverseOfExpected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClass(t)
		for _, p := range newClass(1, 10*time.Second, c).pacers {
			total := p.expected(c.Until - c.From)
			hits := total * rapid.Float64Range(0, 0.999).Draw(t, "part")
			if _, ok := p.(volley); ok {
				hits = math.Floor(hits)
			}
			at, ok := p.reach(hits, 0)
			if !ok {
				t.Fatalf("%+v never reaches %v of %v", p, hits, total)
			}
			// A nanosecond more or less, at the rate there.
			tolerance := 1e-6 + 3e-9*max(rateAt(c, c.From+at), rateAt(c, c.From+at+1))
			if burst, ok := p.(volley); ok && burst.over == 0 {
				continue
			}
			if got := p.expected(at); math.Abs(got-hits) > tolerance {
				t.Fatalf("%+v: reach(%v) = %v, where %v are expected", p, hits, at, got)
			}
			earlier := time.Duration(float64(at) * rapid.Float64Range(0, 1).Draw(t, "earlier"))
			again, _ := p.reach(hits, earlier)
			if got := p.expected(again); math.Abs(got-hits) > tolerance {
				t.Fatalf("%+v: reach(%v, %v) = %v, without the hint %v", p, hits, earlier, again, at)
			}
		}
	})
}

// rateAt is the requests per second of a class as the documentation of its forms
// has it, written without a word of the pacers. A burst at once has none.
func rateAt(c Class, at time.Duration) float64 {
	rate, since := c.Rate, (at - c.From).Seconds()
	switch {
	case c.Ramp != nil:
		rate = c.Ramp.From + (c.Ramp.To-c.Ramp.From)*since/(c.Until-c.From).Seconds()
	case c.Sine != nil:
		rate = c.Sine.Mean + c.Sine.Amplitude*math.Sin(2*math.Pi*(since+c.Sine.Phase.Seconds())/c.Sine.Period.Seconds())
	case c.Burst != nil && at >= c.Burst.At && at < c.Burst.At+c.Burst.Over:
		rate += float64(c.Burst.Requests) / c.Burst.Over.Seconds()
	case c.Flash != nil:
		f, t := c.Flash, at-c.Flash.At
		switch {
		case t < 0:
		case t < f.Rise:
			rate += f.Peak * t.Seconds() / f.Rise.Seconds()
		case t < f.Rise+f.Hold:
			rate += f.Peak
		case t < f.Rise+f.Hold+f.Fall:
			rate += f.Peak * (f.Rise + f.Hold + f.Fall - t).Seconds() / f.Fall.Seconds()
		}
	}
	return rate
}

// L is the integral of the rate, here by the midpoint rule.
func TestExpectedIsTheIntegralOfTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyClass(t)
		if c.Burst != nil {
			c.Burst.Over = max(c.Burst.Over, 10*time.Millisecond) // one at once has no rate
		}
		const steps = 5000
		length := c.Until - c.From
		h := length / steps
		sum, highest, want := 0.0, 0.0, 0.0
		if c.Flash != nil {
			highest = c.Rate + c.Flash.Peak // which may lie between two steps
		}
		for at := h / 2; at < h*steps; at += h {
			rate := rateAt(c, c.From+at)
			sum += rate * h.Seconds()
			highest = max(highest, rate)
		}
		for _, p := range newClass(1, 20*time.Second, c).pacers {
			want += p.expected(h * steps)
		}
		// At most five corners and jumps, and the curve of a short sine.
		if tolerance := 6*highest*h.Seconds() + 1e-9; math.Abs(sum-want) > tolerance {
			t.Fatalf("%+v: the rate adds up to %v in %v, and %v are expected", c, sum, length, want)
		}
	})
}

func TestConstantArrivals(t *testing.T) {
	at := func(c Class) (list []time.Duration) {
		c.Class, c.Arrivals = "c", "constant"
		w, err := New(1, time.Second, []Class{c})
		if err != nil {
			t.Fatal(err)
		}
		for r := range w.All() {
			list = append(list, r.At)
		}
		return list
	}
	const ms = time.Millisecond
	for _, c := range []struct {
		name  string
		class Class
		want  []time.Duration
	}{
		{"rate", Class{Rate: 4}, []time.Duration{0, 250 * ms, 500 * ms, 750 * ms}},
		{"rate, cut", Class{Rate: 4, From: 100 * ms, Until: 600 * ms}, []time.Duration{100 * ms, 350 * ms}},
		{"a rate that is no divisor", Class{Rate: 3}, []time.Duration{0, 333333333, 666666666}},
		{"ramp from nothing", Class{Ramp: &Ramp{0, 8}}, []time.Duration{0, 500 * ms, 707106781, 866025403}},
		{"burst", Class{Burst: &Burst{At: 100 * ms, Requests: 3, Over: 300 * ms}}, []time.Duration{100 * ms, 200 * ms, 300 * ms}},
		{"burst at once", Class{Burst: &Burst{At: 100 * ms, Requests: 2}}, []time.Duration{100 * ms, 100 * ms}},
		{"burst beside a rate", Class{Rate: 2, Burst: &Burst{At: 500 * ms, Requests: 2, Over: 2 * ms}}, []time.Duration{0, 500 * ms, 500 * ms, 501 * ms}},
		{"flash without a rate", Class{Flash: &Flash{At: 200 * ms, Peak: 20, Hold: 100 * ms}}, []time.Duration{200 * ms, 250 * ms}},
		{"flash on a rate", Class{Rate: 5, Flash: &Flash{At: 400 * ms, Peak: 5, Hold: 200 * ms}}, []time.Duration{0, 200 * ms, 400 * ms, 500 * ms, 600 * ms, 800 * ms}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := at(c.class)
			if len(got) != len(c.want) {
				t.Fatalf("requests at %v, want %v", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Fatalf("requests at %v, want %v", got, c.want)
				}
			}
		})
	}
}

// The gaps of a Poisson process are exponential, and its counts in windows of
// equal expectation are Poisson: of a constant rate and of one that changes.
func TestPoissonArrivals(t *testing.T) {
	const seconds, windows = 1000, 500
	for _, c := range []Class{
		{Class: "rate", Rate: 50},
		{Class: "ramp", Ramp: &Ramp{0, 100}},
		{Class: "sine", Sine: &Sine{Mean: 50, Amplitude: 50, Period: 100 * time.Second, Phase: 7 * time.Second}},
		{Class: "flash", Rate: 20, Flash: &Flash{At: 100 * time.Second, Peak: 80, Rise: 200 * time.Second, Hold: 200 * time.Second, Fall: 200 * time.Second}},
	} {
		t.Run(c.Class, func(t *testing.T) {
			w, err := New(7, seconds*time.Second, []Class{c})
			if err != nil {
				t.Fatal(err)
			}
			p := w.classes[0].pacers[0]
			total := p.expected(seconds * time.Second)
			counts := make([]float64, windows)
			gaps, last, n := make([]float64, 20), 0.0, 0.0
			for r := range w.All() {
				l := p.expected(r.At)
				counts[min(int(l/total*windows), windows-1)]++
				gaps[min(int(-math.Expm1(last-l)*20), 19)]++ // exponential gaps fill these evenly
				last = l
				n++
			}
			even := make([]float64, len(gaps))
			for i := range even {
				even[i] = n / 20
			}
			fits(t, gaps, even)
			// The index of dispersion of Poisson counts is chi-squared.
			mean, dispersion := total/windows, 0.0
			for _, k := range counts {
				dispersion += (k - mean) * (k - mean) / mean
			}
			chi := distuv.ChiSquared{K: windows}
			if p := chi.CDF(dispersion); p < 1e-5 || p > 1-1e-5 {
				t.Errorf("the dispersion of %d windows is %.0f", windows, dispersion)
			}
		})
	}
}
