package workloads

import (
	"fmt"
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
