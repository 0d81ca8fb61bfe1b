package workloads

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestValidate(t *testing.T) {
	keys := &Keys{Count: 10}
	for _, c := range []struct {
		class      Class
		path, says string // no path is no error
	}{
		{Class{Rate: 1}, "", ""},
		{Class{Rate: 1, Arrivals: "constant", Keys: keys, Writes: 1, Size: &Size{Median: 1, P99: 1}}, "", ""},
		{Class{Rate: 1, Burst: &Burst{Requests: 1}}, "", ""},
		{Class{Rate: 1, Flash: &Flash{Peak: 1, Hold: 1}}, "", ""},
		{Class{Ramp: &Ramp{1, 0}}, "", ""},
		{Class{Sine: &Sine{Mean: 1, Amplitude: 1, Period: 1}}, "", ""},
		{Class{Trace: &Trace{File: "f"}, Size: &Size{Fixed: 1}}, "", ""},
		{Class{Rate: 1, Keys: &Keys{Count: 2, Hot: &Hot{1, 0.5}}}, "", ""},
		{Class{Rate: 1, Cache: "default"}, "", ""},
		{Class{Rate: 1, Keys: keys, Cache: "sessions", Session: true}, "", ""},

		{Class{Rate: 1, Cache: "sessions"}, "cache", "has no keys"},
		{Class{Rate: 1, Session: true}, "session", "names none"},
		{Class{Trace: &Trace{File: "f"}, Session: true}, "session", "names none"},
		{Class{Rate: 1, Keys: &Keys{Count: 2, OneHit: 0.1}, Session: true}, "keys.one_hit", "no session"},

		{Class{}, "rate", "no arrivals"},
		{Class{Ramp: &Ramp{1, 2}, Trace: &Trace{File: "f"}}, "trace", "one form of arrivals, and this one has ramp and trace"},
		{Class{Rate: 1, Ramp: &Ramp{1, 2}}, "rate", "not beside ramp"},
		{Class{Rate: 1, Trace: &Trace{File: "f"}}, "rate", "not beside trace"},
		{Class{Burst: &Burst{Requests: 1}, Flash: &Flash{Peak: 1, Hold: 1}}, "flash", "burst and flash"},
		{Class{Rate: 1, Arrivals: "even"}, "arrivals", "neither"},

		{Class{Rate: 1, From: -1}, "from", "before the start"},
		{Class{Rate: 1, Until: -1}, "until", "before the start"},
		{Class{Rate: 1, From: 2, Until: 2}, "until", "ends at 2ns"},
		{Class{Rate: 1, Cost: -1}, "cost", "negative"},

		{Class{Rate: -1}, "rate", "no rate"},
		{Class{Rate: math.NaN()}, "rate", "no rate"},
		{Class{Rate: math.Inf(1)}, "rate", "no rate"},
		{Class{Ramp: &Ramp{-1, 2}}, "ramp.from", "no rate"},
		{Class{Ramp: &Ramp{1, 2e9}}, "ramp.to", "no rate"},
		{Class{Ramp: &Ramp{}}, "ramp.to", "no requests"},
		{Class{Sine: &Sine{Mean: 0, Period: 1}}, "sine.mean", "above 0"},
		{Class{Sine: &Sine{Mean: 1, Amplitude: 2, Period: 1}}, "sine.amplitude", "cannot be negative"},
		{Class{Sine: &Sine{Mean: 1}}, "sine.period", "above 0s"},
		{Class{Sine: &Sine{Mean: 1, Period: 1, Phase: -1}}, "sine.phase", "negative"},
		{Class{Burst: &Burst{}}, "burst.requests", "no burst"},
		{Class{Burst: &Burst{Requests: 1, Over: -1}}, "burst.over", "negative"},
		{Class{From: 2, Burst: &Burst{Requests: 1, At: 1}}, "burst.at", "its class at 2ns"},
		{Class{Flash: &Flash{Hold: 1}}, "flash.peak", "no requests"},
		{Class{Flash: &Flash{Peak: -1}}, "flash.peak", "no rate"},
		{Class{From: 2, Flash: &Flash{Peak: 1, Hold: 1}}, "flash.at", "begins at 2ns"},
		{Class{Flash: &Flash{Peak: 1, Rise: -1}}, "flash.rise", "negative"},
		{Class{Flash: &Flash{Peak: 1, Hold: -1}}, "flash.hold", "negative"},
		{Class{Flash: &Flash{Peak: 1, Fall: -1}}, "flash.fall", "negative"},
		{Class{Flash: &Flash{Peak: 1}}, "flash.hold", "gone at once"},

		{Class{Trace: &Trace{}}, "trace.file", "needs a file"},
		{Class{Trace: &Trace{File: "f", Format: "xml"}}, "trace.format", "none of"},
		{Class{Trace: &Trace{File: "f", Speed: -1}}, "trace.speed", "no speed"},
		{Class{Trace: &Trace{File: "f", Speed: math.NaN()}}, "trace.speed", "no speed"},
		{Class{Trace: &Trace{File: "f", MaxBad: 2}}, "trace.max_bad", "no share"},
		{Class{Trace: &Trace{File: "f"}, Keys: keys}, "keys", "of its own"},
		{Class{Trace: &Trace{File: "f"}, Writes: 0.1}, "writes", "says itself"},

		{Class{Rate: 1, Keys: &Keys{}}, "keys.count", "at least one"},
		{Class{Rate: 1, Keys: &Keys{Count: 1, Zipf: -1}}, "keys.zipf", "no exponent"},
		{Class{Rate: 1, Keys: &Keys{Count: 1, Zipf: math.NaN()}}, "keys.zipf", "no exponent"},
		{Class{Rate: 1, Keys: &Keys{Count: 1, OneHit: 1.5}}, "keys.one_hit", "no share"},
		{Class{Rate: 1, Keys: &Keys{Count: 1, Prefix: "a b"}}, "keys.prefix", "memcached"},
		{Class{Rate: 1, Keys: &Keys{Count: 1, Prefix: strings.Repeat("a", 201)}}, "keys.prefix", "too long"},
		{Class{Rate: 1, Keys: &Keys{Count: 1, Hot: &Hot{1, 0.5}}}, "keys.hot.keys", "some and not all"},
		{Class{Rate: 1, Keys: &Keys{Count: 2, Hot: &Hot{0, 0.5}}}, "keys.hot.keys", "some and not all"},
		{Class{Rate: 1, Keys: &Keys{Count: 2, Hot: &Hot{1, -1}}}, "keys.hot.share", "no share"},
		{Class{Rate: 1, Keys: keys, Writes: 2}, "writes", "no share"},
		{Class{Rate: 1, Writes: 0.1}, "writes", "no keys"},
		{Class{Rate: 1, Size: &Size{Fixed: 1}}, "size", "no keys"},
		{Class{Rate: 1, Keys: keys, Size: &Size{Fixed: -1}}, "size.fixed", "no size"},
		{Class{Rate: 1, Keys: keys, Size: &Size{Fixed: 1, Median: 1}}, "size.fixed", "remove one form"},
		{Class{Rate: 1, Keys: keys, Size: &Size{P99: 1}}, "size.median", "at least 1B"},
		{Class{Rate: 1, Keys: keys, Size: &Size{Median: 2, P99: 1}}, "size.p99", "at least the median"},
	} {
		c.class.Class = "c"
		err := c.class.Validate()
		var field *FieldError
		switch {
		case c.path == "" && err != nil:
			t.Errorf("%+v: %v", c.class, err)
		case c.path == "":
		case !errors.As(err, &field):
			t.Errorf("%+v: error %v, want a FieldError about %s", c.class, err, c.path)
		case field.Path != c.path || !strings.Contains(field.Msg, c.says):
			t.Errorf("error %q, want %s: ... %s", err, c.path, c.says)
		case !hasField(reflect.TypeFor[Class](), c.path):
			t.Errorf("no field of a file is called %s", c.path)
		}
	}
	if err := (Class{Rate: 1}).Validate(); err == nil || err.Error() != "class: a class needs a name" {
		t.Errorf("without a name the error is %v", err)
	}
}

// hasField reports whether a scenario file could hold the path.
func hasField(t reflect.Type, path string) bool {
	name, rest, more := strings.Cut(path, ".")
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("yaml") == name {
			if !more {
				return true
			}
			return f.Type.Kind() == reflect.Pointer && hasField(f.Type.Elem(), rest)
		}
	}
	return false
}

// Every field can be written in a file, is documented, and has a unit where it
// is a number with one.
func TestEveryFieldIsDescribed(t *testing.T) {
	var look func(typ reflect.Type)
	look = func(typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if f.Tag.Get("yaml") == "" || f.Tag.Get("doc") == "" {
				t.Errorf("%s.%s has no yaml name or no doc", typ.Name(), f.Name)
			}
			if f.Type.Kind() == reflect.Pointer {
				look(f.Type.Elem())
			}
			if f.Type == reflect.TypeFor[time.Duration]() && f.Tag.Get("min") == "" {
				t.Errorf("%s.%s may be negative", typ.Name(), f.Name)
			}
		}
	}
	look(reflect.TypeFor[Class]())
}

func TestBystander(t *testing.T) {
	for _, c := range []struct {
		class Class
		want  bool
	}{
		{Class{Rate: 1}, true},
		{Class{Rate: 1, Keys: &Keys{Count: 1}}, false},
		{Class{Trace: &Trace{File: "f"}}, false},
	} {
		if got := c.class.Bystander(); got != c.want {
			t.Errorf("%+v: Bystander() = %v", c.class, got)
		}
	}
}
