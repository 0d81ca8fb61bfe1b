package origin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/herdlab/herdlab/internal/fault"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/tag"
	model "github.com/herdlab/herdlab/internal/world/origin"
)

// An attack tells the counting origin behind its target what the scenario says of the
// origin: its latency and limits before the traffic, and its faults when they happen.

// settingsLimit is the longest text of settings that is read, in bytes.
const settingsLimit = 64 << 10

// readSettings reads what a scenario has under fleet.origin.
func readSettings(text string) (cfg model.Config, err error) {
	language := settings.Language{Document: "origin", Example: "latency=200ms"}
	var errs settings.Problems
	if root := language.Parse("origin", text, &errs); root != nil {
		(&settings.Decoder{Errs: &errs}).Struct(root, &cfg, "an origin")
	}
	if err := errs.Err(); err != nil {
		return cfg, err
	}
	return cfg, ServerConfig{Origin: cfg}.validate()
}

// writeSettings is the other way round.
func writeSettings(cfg model.Config) string { return tag.FormatStruct(reflect.ValueOf(cfg)) }

func (s *server) tellSettings(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintln(w, writeSettings(s.cfg.Origin))
}

// takeSettings takes others, unless it keeps those that it was started with.
func (s *server) takeSettings(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, settingsLimit))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	cfg, err := readSettings(string(text))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !s.cfg.Own {
		s.mu.Lock()
		s.cfg.Origin = cfg
		s.use(cfg)
		s.mu.Unlock()
	}
	s.tellSettings(w)
}

func (s *server) takeState(w http.ResponseWriter, r *http.Request) {
	var state fault.OriginState
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, settingsLimit)).Decode(&state); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.change(state)
}

// change puts the origin into a state.
func (s *server) change(state fault.OriginState) {
	_ = s.origin.Load().Change(func(now *fault.OriginState) { *now = state }) // which a modelled origin can always
}

// Settle gives an origin made by [Serve] such settings, unless it keeps its own, and
// returns those that are in force.
func Settle(ctx context.Context, base string, cfg model.Config) (now model.Config, err error) {
	body, err := callCounts(ctx, http.MethodPost, base, "settings", writeSettings(cfg))
	if err != nil {
		return now, err
	}
	return readSettings(string(body))
}

// SetState has an origin made by [Serve] be slow, fail or hang, or be well again.
func SetState(ctx context.Context, base string, state fault.OriginState) error {
	text, err := json.Marshal(state)
	if err == nil {
		_, err = callCounts(ctx, http.MethodPost, base, "state", string(text))
	}
	return err
}

// etag names a version of a value (RFC 9110, section 8.8.3).
func etag(version uint64) string { return fmt.Sprintf(`"%d"`, version) }

// matches reports whether a client has that version already (RFC 9110, section 13.1.2).
func matches(r *http.Request, tag string) bool {
	for have := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if have = strings.TrimPrefix(strings.TrimSpace(have), "W/"); have == tag || have == "*" {
			return true
		}
	}
	return false
}
