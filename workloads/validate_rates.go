package workloads

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
