package workloads

import (
	"math"
	"strings"
)

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
