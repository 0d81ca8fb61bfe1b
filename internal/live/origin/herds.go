package origin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// Herds counts loads and how many of them are under way at once, of each key and in
// all. It remembers every key it has heard of. The zero value is ready for use, and
// safe for concurrent use.
type Herds struct {
	mu    sync.Mutex
	all   count
	peak  int64 // the most of one key
	twice int64 // loads that began while another of their key was under way
	keys  map[string]*count
}

// count is of loads.
type count struct{ begun, inFlight, peak int64 }

func (c *count) start() {
	c.begun++
	c.inFlight++
	c.peak = max(c.peak, c.inFlight)
}

// reset forgets all but what is under way.
func (c *count) reset() { *c = count{inFlight: c.inFlight, peak: c.inFlight} }

var _ model.Observer = (*Herds)(nil)

// LoadStarted notes that a load of key begins.
func (h *Herds) LoadStarted(key string, _ time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.keys == nil {
		h.keys = make(map[string]*count)
	}
	k := h.keys[key]
	if k == nil {
		k = new(count)
		h.keys[key] = k
	}
	if k.inFlight > 0 {
		h.twice++
	}
	h.all.start()
	k.start()
	h.peak = max(h.peak, k.inFlight)
}

// LoadEnded notes that a load of key, noted by LoadStarted, has ended.
func (h *Herds) LoadEnded(key string, _ time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all.inFlight--
	h.keys[key].inFlight--
}

// Reset begins to count anew. Loads under way go on being under way, and count in no
// number but the peaks.
func (h *Herds) Reset() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all.reset()
	h.peak, h.twice = 0, 0
	for key, k := range h.keys {
		k.reset()
		if k.inFlight == 0 {
			delete(h.keys, key)
		}
		h.peak = max(h.peak, k.inFlight)
	}
}

// HerdStats is what Herds has counted.
type HerdStats struct {
	Computes          int64 `json:"computes"`           // loads begun
	DuplicateComputes int64 `json:"duplicate_computes"` // of them, while another of their key was under way
	HerdPeak          int64 `json:"herd_peak"`          // most loads of one key at once
	InFlight          int64 `json:"in_flight"`          // loads under way now
	InFlightPeak      int64 `json:"in_flight_peak"`     // most loads of all keys at once

	ByKey []KeyStats `json:"by_key"` // the ten keys loaded most; equals by name
}

// KeyStats is of one key.
type KeyStats struct {
	Key      string `json:"key"`
	Computes int64  `json:"computes"`
	HerdPeak int64  `json:"herd_peak"`
	InFlight int64  `json:"in_flight"`
}

// topKeys is how many keys the statistics name.
const topKeys = 10

// Stats is the count so far.
func (h *Herds) Stats() HerdStats {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := HerdStats{
		Computes: h.all.begun, DuplicateComputes: h.twice, HerdPeak: h.peak,
		InFlight: h.all.inFlight, InFlightPeak: h.all.peak, ByKey: []KeyStats{},
	}
	for key, k := range h.keys {
		s.ByKey = append(s.ByKey, KeyStats{key, k.begun, k.peak, k.inFlight})
	}
	slices.SortFunc(s.ByKey, func(a, b KeyStats) int {
		return cmp.Or(cmp.Compare(b.Computes, a.Computes), strings.Compare(a.Key, b.Key))
	})
	s.ByKey = s.ByKey[:min(topKeys, len(s.ByKey))]
	for i := range s.ByKey {
		s.ByKey[i].Key = shownKey(s.ByKey[i].Key)
	}
	return s
}

// shownKey is a key that may be shown: one with a query may have a secret in that.
func shownKey(key string) string {
	path, query, asks := strings.Cut(key, "?")
	if !asks {
		return key
	}
	return path + "?" + RedactedQuery(query)
}

// Observe is loader, with its loads told to observer: one call at a time, as the
// modelled origin does it. A load that panics has ended too.
func Observe(loader strategies.Loader, observer model.Observer) strategies.Loader {
	var mu sync.Mutex
	tell := func(what func(key string, at time.Time), key string) {
		mu.Lock()
		defer mu.Unlock()
		what(key, time.Now()) // under the mutex, so that instants are told in their order
	}
	return strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		tell(observer.LoadStarted, key)
		defer tell(observer.LoadEnded, key)
		return loader.Load(ctx, key)
	})
}

// countsLimit is how long an origin may take to tell its counts.
const countsLimit = 5 * time.Second

// AskCounts reads the counts of an origin made by [Serve] at a base URL.
func AskCounts(ctx context.Context, base string) (stats HerdStats, err error) {
	body, err := callCounts(ctx, http.MethodGet, base, "stats", "")
	if err != nil {
		return stats, err
	}
	if err := json.Unmarshal(body, &stats); err != nil {
		return stats, fmt.Errorf("%s: these are no counts of a `loadtest origin`: %w", Redacted(base), err)
	}
	return stats, nil
}

// ResetCounts has an origin made by [Serve] begin to count anew.
func ResetCounts(ctx context.Context, base string) error {
	_, err := callCounts(ctx, http.MethodPost, base, "reset", "")
	return err
}

func callCounts(ctx context.Context, method, base, what, text string) ([]byte, error) {
	h, err := NewHTTP(base, 1)
	if err != nil {
		return nil, errors.New("the address of the origin is not a URL: write it as http://host:8081")
	}
	defer h.Close()
	ctx, cancel := context.WithTimeout(ctx, countsLimit)
	defer cancel()
	v, err := h.send(ctx, method, "/-/"+what, text)
	var status *StatusError
	switch {
	case errors.As(err, &status):
		return nil, fmt.Errorf("%s answers %d %s: give the address of a `loadtest origin`", Redacted(base), status.Code, http.StatusText(status.Code))
	case err != nil:
		return nil, fmt.Errorf("ask the origin for its counts: %w", err)
	}
	return v.Data, nil
}
