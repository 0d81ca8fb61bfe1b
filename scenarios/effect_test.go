package scenarios_test

import (
	"strings"
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

// A setting that has an effect for one strategy, or in one world, is none too many.
func TestEffects(t *testing.T) {
	const file = `
duration: 30s
fleet: {boxes: 2, cache: {gutter_ttl: 5s, CACHE}, origin: {latency: 50ms}}
workload: [{class: page, rate: 20/s, keys: {count: 10}}]
client: {retries: 3, backoff: fixed, base: 1s}
strategies:
  naive:
  mutex: {losers: wait, wait: 5s, then: load}
  other: {use: naive, with: {WITH}}
real: {with: {REAL}}
`
	for _, c := range []struct {
		cache, with, real string
		set               []string
		want              string // in the error; empty for none
	}{
		{want: `x.yaml:3:39: gutter_ttl means nothing without gutter`},
		{cache: "gutter: 1"},
		{with: "fleet.cache.gutter: 1"},
		{real: "fleet.cache.gutter: 1"},
		{real: "strategies.other.with: {fleet.cache.gutter: 1}"},
		{real: "fleet.cache.gutter: 0", want: "x.yaml:3:39: gutter_ttl"},
		{cache: "gutter: 1", with: "fleet.cache.gutter: 0"},
		{cache: "gutter: 1", with: "client.retries: 0, client.cap: 1s", want: "x.yaml:9:61: cap means nothing without backoff: exponential"},
		{cache: "gutter: 1", set: []string{"client.retries=0", "fleet.cache.gutter=0", "strategies.mutex.losers=fail"}},
		{cache: "gutter: 1", set: []string{"client.cap=1s"}, want: "--set client.cap=1s: column 12: cap means nothing"},
		{cache: "gutter: 1", set: []string{"client.cap=1s", "client.backoff=exponential"}},
	} {
		text := strings.NewReplacer("CACHE", c.cache, "WITH", c.with, "REAL", c.real).Replace(file)
		_, err := scenarios.Read("x.yaml", []byte(text), c.set)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
			t.Errorf("%+v: got %v", c, err)
		}
	}
}

// A name close to none is a name where something else knows it.
func TestCacheNamedLikeNone(t *testing.T) {
	for cache, ok := range map[string]bool{"none": true, "node": false, "None": false, "notes": true, "news": true} {
		for _, own := range []string{"", "own: [{cache: " + cache + "}]"} {
			text := "duration: 1m\nfleet: {cache: {" + own + "}, origin: {latency: 5ms}}\n" +
				"workload: [{class: page, rate: 1/s, keys: {count: 1}, cache: " + cache + "}]\nstrategies: {naive: }\n"
			_, err := scenarios.Read("x.yaml", []byte(text), nil)
			if want := ok || own != ""; cache != "none" && (err == nil) != want {
				t.Errorf("cache %s, %q: %v", cache, own, err)
			}
		}
	}
}
