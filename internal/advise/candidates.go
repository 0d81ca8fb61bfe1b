package advise

import (
	"fmt"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/units"
)

// Candidate is a strategy with its settings.
type Candidate struct {
	Name     string // its label
	Kind     string // the catalogue's name of the strategy
	Settings string // as a scenario has them: {use: swr, fresh: 30s}
	Life     time.Duration
}

// lives are the ages that are tried as the end of a value, or as that of its being fresh:
// those that end in a run of this length, and one that does not. The run cannot tell
// longer ones apart.
func lives(duration time.Duration) []time.Duration {
	all := []time.Duration{time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 24 * time.Hour}
	for i, life := range all {
		if life >= duration {
			return all[:i+1]
		}
	}
	return all
}

// form is a strategy with the settings that are worth a try, all but the life of a value,
// for which $life stands. Without it the strategy is tried once.
type form struct {
	kind, name, settings string
}

// forms are what is tried, the simplest first: of two that are as good the first is
// advised. What a strategy does when nothing is as usual is set as its users set it in
// production: losers wait, a value is kept for a load that fails, and boxes coalesce.
// What waits does so for $wait, longer than a load takes.
func forms() []form {
	return []form{
		{"direct", "direct", ""},
		{"naive", "naive", "ttl: $life"},
		{"naive", "naive, coalesced", "ttl: $life, coalesce: true, jitter: 10%"},
		{"naive", "naive, kept for errors", "ttl: $life, coalesce: true, stale_if_error: 1h"},
		{"mutex", "mutex", "ttl: $life, losers: wait, wait: $wait, then: load"},
		{"mutex", "mutex, stale for losers", "fresh: $life, ttl: 24h, losers: wait, wait: $wait, then: stale, stale_if_error: 1h"},
		{"swr", "swr", "fresh: $life, losers: wait, wait: $wait, stale_if_error: 1h"},
		{"swr", "swr, coalesced", "fresh: $life, cold: coalesce, wait: $wait, stale_if_error: 1h"},
		{"pool", "pool", "fresh: $life, ttl: 24h, stale_if_error: 1h"},
		{"lease", "lease", "ttl: $life, wait: $wait, then: load"},
		{"two-level", "two-level over naive", "ttl: 1s, over: {naive: {ttl: $life, coalesce: true, jitter: 10%}}"},
		{"two-level", "two-level over swr", "ttl: 1s, over: {swr: {fresh: $life, losers: wait, wait: $wait, stale_if_error: 1h}}"},
		{"publish", "publish", ""},
	}
}

// untried are strategies of the catalogue that are no answer to a workload, with the reason.
func untried() map[string]string {
	return map[string]string{"smear": "it spares the network of the node that has a hot key, and is put over an answer that lacks just that"}
}

// candidates are the forms with each life. Who does not load waits so long.
func candidates(lives []time.Duration, wait time.Duration) (list []Candidate) {
	for _, f := range forms() {
		tried := lives
		if !strings.Contains(f.settings, "$life") {
			tried = []time.Duration{0}
		}
		for _, life := range tried {
			c := Candidate{Name: f.name, Kind: f.kind, Life: life}
			if life > 0 {
				c.Name += " " + units.FormatDuration(life)
			}
			text := strings.NewReplacer("$life", units.FormatDuration(life), "$wait", units.FormatDuration(wait)).Replace(f.settings)
			c.Settings = fmt.Sprintf("{use: %s, %s}", f.kind, text)
			if text == "" {
				c.Settings = fmt.Sprintf("{use: %s}", f.kind)
			}
			c.Name = strings.ReplaceAll(c.Name, ",", "") // a label has none
			list = append(list, c)
		}
	}
	return list
}
