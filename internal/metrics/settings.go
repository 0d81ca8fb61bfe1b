package metrics

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
)

// Settings are the settings in force that are not at their defaults, by their path in the
// scenario and as it would write them: what the runs depend on, without their seeds. Two
// files of one meaning have the same, however they are written.
type Settings struct {
	Scenario   map[string]string            `json:"scenario"`   // of all strategies
	Strategies map[string]map[string]string `json:"strategies"` // of each: its own ("strategy.ttl"), and what it changes of Scenario; "" is the default again
}

// Of are those under which a strategy ran.
func (s *Settings) Of(strategy string) map[string]string {
	all := maps.Clone(s.Scenario)
	for path, value := range s.Strategies[strategy] {
		if value == "" {
			delete(all, path)
		} else {
			all[path] = value
		}
	}
	return all
}

// Hash is short for what Of says: two strategies, of whatever results, have the same where
// they ran under the same settings, and as good as never where they did not.
func (s *Settings) Hash(strategy string) string {
	h := sha256.New()
	all := s.Of(strategy)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(h, "%s=%s\n", path, all[path])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
