package strategies

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// configs are the configurations by the name of their strategy.
func configs() map[string]interface {
	setDefaults()
	validate() error
} {
	return map[string]interface {
		setDefaults()
		validate() error
	}{
		"direct": new(DirectConfig), "naive": new(NaiveConfig), "mutex": new(MutexConfig), "swr": new(SWRConfig),
		"pool":      new(PoolConfig),
		"lease":     new(LeaseConfig),
		"smear":     new(SmearConfig),
		"two-level": new(TwoLevelConfig), "publish": new(PublishConfig),
	}
}

// The defaults in the tags, which scenario files and their reference go by,
// are those that the code sets.
func TestTagsAgreeWithDefaults(t *testing.T) {
	for name, cfg := range configs() {
		cfg.setDefaults()
		if err := cfg.validate(); err != nil {
			t.Errorf("%s: the defaults are refused: %v", name, err)
		}
		eachField(cfg, func(f reflect.StructField, v reflect.Value) {
			if f.Tag.Get("doc") == "" {
				t.Errorf("%s: %s has no doc", name, f.Name)
			}
			want := f.Tag.Get("default")
			if got := text(v); got != want && !sameDuration(got, want) {
				t.Errorf("%s: the default of %s is %s, and %s in its tag", name, f.Name, got, want)
			}
		})
	}
}

// Every word that a tag allows is accepted and every other refused, by name;
// the same with numbers below the least.
func TestTagsAgreeWithValidation(t *testing.T) {
	for name := range configs() {
		fresh := func() (cfg interface {
			setDefaults()
			validate() error
		}) {
			cfg = configs()[name]
			cfg.setDefaults()
			return cfg
		}
		eachField(fresh(), func(f reflect.StructField, _ reflect.Value) {
			try := func(set func(reflect.Value)) error {
				cfg := fresh()
				set(reflect.ValueOf(cfg).Elem().FieldByName(f.Name))
				return cfg.validate()
			}
			refused := func(err error, what any) {
				t.Helper()
				var bad *ConfigError
				if !errors.As(err, &bad) || bad.Field != f.Tag.Get("yaml") {
					t.Errorf("%s: %s = %v gives the error %v", name, f.Name, what, err)
				}
			}
			if words := f.Tag.Get("enum"); words != "" {
				for word := range strings.SplitSeq(words, ",") {
					if err := try(func(v reflect.Value) { v.SetString(word) }); err != nil && word != thenStale && word != expireKey {
						t.Errorf("%s: %s = %s is refused: %v", name, f.Name, word, err)
					}
				}
				refused(try(func(v reflect.Value) { v.SetString("nonsense") }), "nonsense")
			}
			if f.Type.Kind() == reflect.Int || f.Type.Kind() == reflect.Int64 {
				refused(try(func(v reflect.Value) { v.SetInt(-1) }), -1)
			}
			if f.Type.Kind() == reflect.Float64 {
				for _, x := range []float64{-0.1, 1, math.NaN()} {
					refused(try(func(v reflect.Value) { v.SetFloat(x) }), x)
				}
			}
		})
	}
}

// eachField calls f with the fields that have a place in configuration files.
func eachField(cfg any, f func(reflect.StructField, reflect.Value)) {
	v := reflect.ValueOf(cfg).Elem()
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.Tag.Get("yaml") != "-" {
			f(field, v.Field(i))
		}
	}
}

func text(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case *bool:
		return strconv.FormatBool(*x)
	case *int:
		return strconv.Itoa(*x)
	case time.Duration:
		return x.String()
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatInt(v.Int(), 10)
}

func sameDuration(a, b string) bool {
	x, errX := time.ParseDuration(a)
	y, errY := time.ParseDuration(b)
	return errX == nil && errY == nil && x == y
}

func TestCrossFieldValidation(t *testing.T) {
	for _, c := range []struct {
		cfg   interface{ validate() error }
		field string
		want  string
	}{
		{&MutexConfig{TTL: 1, Lock: 1, Losers: "wait", Wait: 1, Then: "stale", Poll: 1}, "then", "set keep_stale"},
		{&MutexConfig{TTL: 1, Lock: 1, Losers: "wait", Wait: 1, Then: "load", Poll: 1, OnWrite: "expire", OnLoadError: "fail"}, "on_write", "set then: stale"},
		{&NaiveConfig{TTL: 1, OnWrite: "expire", OnLoadError: "fail"}, "on_write", "set on_load_error: stale"},
		{&NaiveConfig{TTL: 1, OnWrite: "none", OnCacheError: "load", OnLoadError: "stale", BackoffMax: 1}, "on_load_error", "set keep_stale"},
		{&NaiveConfig{TTL: 1, KeepStale: 1, Jitter: 0.1}, "keep_stale", "leave one of them out"},
		{&SWRConfig{Fresh: time.Minute, TTL: time.Minute}, "fresh", "less than the ttl, 1m0s"},
		{&TwoLevelConfig{TTL: 1, Entries: -1}, "entries", "write one or more"},
	} {
		var bad *ConfigError
		if err := c.cfg.validate(); !errors.As(err, &bad) || bad.Field != c.field || !strings.Contains(bad.Msg, c.want) {
			t.Errorf("%+v: %v, want one about %s with %q", c.cfg, err, c.field, c.want)
		}
	}
}

func TestOutcomesHaveNames(t *testing.T) {
	var names []string
	for o := range Outcome(NumOutcomes) {
		if name := o.String(); name == "" || slices.Contains(names, name) {
			t.Errorf("outcome %d is called %q", o, name)
		}
		names = append(names, o.String())
	}
	if got := Outcome(200).String(); got != "outcome(200)" {
		t.Error(got)
	}
}

func TestStatsAddUp(t *testing.T) {
	var a Stats
	v := reflect.ValueOf(&a).Elem()
	for i := range v.NumField() {
		v.Field(i).SetInt(int64(i + 1))
	}
	sum := reflect.ValueOf(a.plus(a))
	for i := range sum.NumField() {
		if got, want := sum.Field(i).Int(), int64(2*(i+1)); got != want {
			t.Errorf("%s is %d, want %d", v.Type().Field(i).Name, got, want)
		}
	}
}
