package strategies

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// A setting that needs another one, or excludes it, is refused by name.
func TestCrossFieldValidation(t *testing.T) {
	stale := LoadFailure{StaleIfError: time.Second}
	for _, c := range []struct {
		cfg   interface{ check() error }
		field string
		want  string
	}{
		{&MutexConfig{TTL: time.Minute, Then: ThenStale}, "then", "set fresh to less"},
		{&MutexConfig{TTL: time.Minute, Fresh: time.Hour}, "fresh", "not served past its ttl, 1m0s"},
		{&MutexConfig{TTL: time.Minute, Then: ThenLoad, Writes: Writes{OnWrite: ExpireOnWrite}}, "on_write", "set then: stale or stale_if_error"},
		{&PoolConfig{TTL: time.Minute, Stale: StaleNone, Writes: Writes{OnWrite: ExpireOnWrite}}, "on_write", "set stale to fast or late"},
		{&NaiveConfig{OnWrite: ExpireOnWrite}, "on_write", "set stale_if_error"},
		{&NaiveConfig{LoadFailure: stale, Jitter: 0.1}, "stale_if_error", "leave one of them out"},
		{&NaiveConfig{LoadFailure: LoadFailure{OnLoadError: DeleteOnLoadError, StaleIfError: 1}}, "stale_if_error", "leave one of them out"},
		{&NaiveConfig{LoadFailure: LoadFailure{Backoff: time.Hour, BackoffMax: time.Minute}}, "backoff", "the longest pause, is 1m0s"},
		{&SWRConfig{Fresh: time.Minute, TTL: time.Minute}, "fresh", "less than the ttl, 1m0s"},
		{&TwoLevelConfig{TTL: time.Second, Tick: time.Minute}, "tick", "of at most the ttl"},
	} {
		var bad *ConfigError
		if err := c.cfg.check(); !errors.As(err, &bad) || bad.Field != c.field || !strings.Contains(bad.Msg, c.want) {
			t.Errorf("%+v: %v, want one about %s with %q", c.cfg, err, c.field, c.want)
		}
	}
	if err := (&NaiveConfig{OnWrite: ExpireOnWrite, LoadFailure: stale}).check(); err != nil {
		t.Error(err)
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

// counted is a strategy that has counted.
type counted struct {
	Strategy
	stats Stats
}

func (c counted) Stats() Stats { return c.stats }

func TestStatsAddUp(t *testing.T) {
	var want Stats
	v := reflect.ValueOf(&want).Elem()
	for i := range v.NumField() {
		v.Field(i).SetInt(int64(i + 1))
	}
	two := &TwoLevel{inner: counted{stats: want}}
	two.hits.Add()
	two.count(&two.stats.L1Misses)
	want.L1Hits++
	want.L1Misses++
	if got := two.Stats(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := (&Smear{inner: two}).Stats(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
