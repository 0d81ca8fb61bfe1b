package origin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// countsLimit is how long an origin may take to tell its counts.
const countsLimit = 5 * time.Second

// AskCounts reads the counts of an origin made by [Serve] at a base URL.
func AskCounts(ctx context.Context, base string) (stats HerdStats, err error) {
	body, err := callCounts(ctx, http.MethodGet, base, "stats")
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
	_, err := callCounts(ctx, http.MethodPost, base, "reset")
	return err
}

func callCounts(ctx context.Context, method, base, what string) ([]byte, error) {
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
		return nil, fmt.Errorf("%s answers %s: give the address of a `loadtest origin`", Redacted(base), resp.Status)
	}
	return body, nil
}
