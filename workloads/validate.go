package workloads

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// FieldError is an impossible value in a [Class].
type FieldError struct {
	Path string // of the field as the file spells it: "burst.over"
	Msg  string // what is wrong, and what to write instead
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Msg }

func fault(path, format string, args ...any) error {
	return &FieldError{Path: path, Msg: fmt.Sprintf(format, args...)}
}

// Validate checks what can be checked without knowing how long the run is. The
// error is a [*FieldError]. It covers what the tags say, for those who build a
// Class in Go.
func (c Class) Validate() error {
	for _, check := range []func() error{
		c.checkName, c.checkForm, c.checkTime, c.checkRates, c.checkPeaks, c.checkTrace, c.checkKeys, c.checkSize, c.checkCache, c.checkSignedIn, c.checkAgain,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Class) checkName() error {
	if c.Class == "" {
		return fault("class", "a class needs a name")
	}
	return nil
}

// checkForm sees that there is one form of arrivals.
func (c Class) checkForm() error {
	var forms []string
	for _, f := range []struct {
		name string
		used bool
	}{
		{"ramp", c.Ramp != nil}, {"sine", c.Sine != nil}, {"burst", c.Burst != nil}, {"flash", c.Flash != nil}, {"trace", c.Trace != nil},
	} {
		if f.used {
			forms = append(forms, f.name)
		}
	}
	switch {
	case len(forms) > 1:
		return fault(forms[1], "a class has one form of arrivals, and this one has %s: make a class of each", strings.Join(forms, " and "))
	case len(forms) == 0 && c.Rate == 0:
		return fault("rate", "the class has no arrivals: write a rate above 0/s, or one of ramp, sine, burst, flash, trace")
	case len(forms) == 1 && c.Rate != 0 && c.Burst == nil && c.Flash == nil:
		return fault("rate", "a rate can stand beside burst or flash, not beside %s: remove one of them", forms[0])
	}
	switch c.Arrivals {
	case "", "poisson", "constant":
		return nil
	}
	return fault("arrivals", "%q is neither poisson nor constant", c.Arrivals)
}

func (c Class) checkTime() error {
	switch {
	case c.From < 0:
		return fault("from", "%v is before the start of the run", c.From)
	case c.Until < 0:
		return fault("until", "%v is before the start of the run", c.Until)
	case c.Until != 0 && c.Until <= c.From:
		return fault("until", "the class ends at %v, and it begins at %v", c.Until, c.From)
	case c.Cost < 0:
		return fault("cost", "%v is negative", c.Cost)
	}
	return nil
}

// maxRate is one request in a nanosecond, the finest there is.
const maxRate = 1e9

func checkRate(path string, r float64) error {
	if !(r >= 0 && r <= maxRate) {
		return fault(path, "%v/s is no rate: write one from 0/s to %.0f/s", r, float64(maxRate))
	}
	return nil
}

func checkShare(path string, s float64) error {
	if !(s >= 0 && s <= 1) {
		return fault(path, "%v is no share: write one from 0%% to 100%%", s)
	}
	return nil
}

func (c Class) checkRates() error {
	if err := checkRate("rate", c.Rate); err != nil {
		return err
	}
	if r := c.Ramp; r != nil {
		if err := checkRate("ramp.from", r.From); err != nil {
			return err
		}
		if r.From == 0 && r.To == 0 {
			return fault("ramp.to", "a ramp from 0/s to 0/s has no requests")
		}
		return checkRate("ramp.to", r.To)
	}
	if s := c.Sine; s != nil {
		switch {
		case !(s.Mean > 0 && s.Mean <= maxRate):
			return fault("sine.mean", "%v/s is no mean rate: write one above 0/s", s.Mean)
		case !(s.Amplitude >= 0 && s.Amplitude <= s.Mean):
			return fault("sine.amplitude", "%v/s about a mean of %v/s: the amplitude is from 0/s to the mean, as a rate cannot be negative", s.Amplitude, s.Mean)
		case s.Period <= 0:
			return fault("sine.period", "%v is no period: write one above 0s", s.Period)
		case s.Phase < 0:
			return fault("sine.phase", "%v is negative: add periods to it", s.Phase)
		}
	}
	return nil
}

// checkPeaks checks burst and flash.
func (c Class) checkPeaks() error {
	if b := c.Burst; b != nil {
		switch {
		case b.Requests < 1:
			return fault("burst.requests", "%d requests are no burst", b.Requests)
		case b.Over < 0:
			return fault("burst.over", "%v is negative", b.Over)
		case b.At < c.From:
			return fault("burst.at", "the burst begins at %v, and its class at %v", b.At, c.From)
		}
	}
	if f := c.Flash; f != nil {
		if err := checkRate("flash.peak", f.Peak); err != nil {
			return err
		}
		switch {
		case f.Peak == 0:
			return fault("flash.peak", "a crowd of 0/s has no requests")
		case f.At < c.From:
			return fault("flash.at", "the crowd comes at %v, and its class begins at %v", f.At, c.From)
		case f.Rise < 0:
			return fault("flash.rise", "%v is negative", f.Rise)
		case f.Hold < 0:
			return fault("flash.hold", "%v is negative", f.Hold)
		case f.Fall < 0:
			return fault("flash.fall", "%v is negative", f.Fall)
		case f.Rise == 0 && f.Hold == 0 && f.Fall == 0:
			return fault("flash.hold", "the crowd is gone at once: say how long it rises, holds or falls")
		}
	}
	return nil
}

func (c Class) checkTrace() error {
	t := c.Trace
	if t == nil {
		return nil
	}
	switch {
	case t.File == "":
		return fault("trace.file", "a trace needs a file")
	case t.Format != "" && t.Format != "auto" && t.Format != "log" && t.Format != "csv":
		return fault("trace.format", "%q is none of auto, log and csv", t.Format)
	case !(t.Speed >= 0 && t.Speed <= 1e6):
		return fault("trace.speed", "%v is no speed: write one above 0; 1 is as recorded", t.Speed)
	case c.Keys != nil:
		return fault("keys", "a trace has keys of its own: remove keys")
	case c.Writes != 0:
		return fault("writes", "a trace says itself what is a write: remove writes")
	}
	return checkShare("trace.max_bad", t.MaxBad)
}

func (c Class) checkKeys() error {
	if err := checkShare("writes", c.Writes); err != nil {
		return err
	}
	k := c.Keys
	if k == nil {
		switch {
		case c.Trace != nil:
		case c.Writes != 0:
			return fault("writes", "the class has no keys that it could write: add keys, or remove writes")
		case c.Size != nil:
			return fault("size", "the class has no keys whose values could have a size: add keys, or remove size")
		}
		return nil
	}
	if err := checkShare("keys.one_hit", k.OneHit); err != nil {
		return err
	}
	if i := strings.IndexFunc(k.Prefix, func(r rune) bool { return r <= ' ' || r == 0x7f }); i >= 0 {
		return fault("keys.prefix", "%q has a space or a control character, which memcached refuses", k.Prefix)
	}
	switch {
	case k.Count < 1:
		return fault("keys.count", "%d keys: there must be at least one", k.Count)
	case !(k.Zipf >= 0 && k.Zipf <= 20):
		return fault("keys.zipf", "%v is no exponent: write one from 0 to 20; 0 is all keys alike", k.Zipf)
	case len(k.Prefix) > 200:
		return fault("keys.prefix", "%d bytes are too long: memcached takes 250 for the whole key", len(k.Prefix))
	case k.Hot == nil:
		return nil
	case k.Hot.Keys < 1 || k.Hot.Keys >= k.Count:
		return fault("keys.hot.keys", "%d of %d keys: the hot ones are some and not all", k.Hot.Keys, k.Count)
	}
	return checkShare("keys.hot.share", k.Hot.Share)
}

func (c Class) checkSize() error {
	s := c.Size
	if s == nil {
		return nil
	}
	lognormal := s.Median != 0 || s.P99 != 0
	switch {
	case s.Fixed != 0 && lognormal:
		return fault("size.fixed", "a size is fixed, or has a median and a p99: remove one form")
	case s.Fixed < 0 || s.Fixed > math.MaxInt32:
		return fault("size.fixed", "%d bytes are no size", s.Fixed)
	case !lognormal:
		return nil
	case s.Median < 1 || s.Median > math.MaxInt32:
		return fault("size.median", "a lognormal size needs a median of at least 1B")
	case s.P99 < s.Median || s.P99 > math.MaxInt32:
		return fault("size.p99", "the p99 must be at least the median of %dB", s.Median)
	}
	return nil
}

// within checks the class against the length of the run. A burst is a promise of
// so many requests and has to fit whole; everything else is cut at the end.
func (c Class) within(duration time.Duration) error {
	until := c.until(duration)
	switch b, f := c.Burst, c.Flash; {
	case c.From >= duration:
		return fault("from", "the class begins at %v, and the run ends at %v", c.From, duration)
	case b != nil && (b.At >= until || b.Over > until-b.At):
		return fault("burst.over", "the burst lasts from %v to %v, and its class ends at %v", b.At, b.At+b.Over, until)
	case f != nil && f.At >= until:
		return fault("flash.at", "the crowd comes at %v, and its class ends at %v", f.At, until)
	}
	return nil
}

// until is the end of the class's active time in a run.
func (c Class) until(duration time.Duration) time.Duration {
	if c.Until == 0 {
		return duration
	}
	return min(c.Until, duration)
}
