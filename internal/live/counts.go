package live

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/live/origin"
)

// countsLimit is how long an origin may take to tell its counts.
const countsLimit = 5 * time.Second

// AskOrigin reads the counts of an origin made by [origin.Serve] at a base URL.
func AskOrigin(ctx context.Context, base string) (stats origin.HerdStats, err error) {
	body, err := call(ctx, http.MethodGet, base, "stats")
	if err != nil {
		return stats, err
	}
	if err := json.Unmarshal(body, &stats); err != nil {
		return stats, fmt.Errorf("%s: these are no counts of a `loadtest origin`: %w", origin.Redacted(base), err)
	}
	return stats, nil
}

// ResetOrigin has an origin made by [origin.Serve] begin to count anew.
func ResetOrigin(ctx context.Context, base string) error {
	_, err := call(ctx, http.MethodPost, base, "reset")
	return err
}

func call(ctx context.Context, method, base, what string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, countsLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(base, "/")+"/-/"+what, nil)
	if err != nil {
		return nil, fmt.Errorf("the address of the origin is not a URL: write it as http://host:8081")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the origin for its counts: %w", err) // net/url hides the password
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask the origin for its counts: %w", err)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answers %s: give the address of a `loadtest origin`", origin.Redacted(base), resp.Status)
	}
	return body, nil
}
