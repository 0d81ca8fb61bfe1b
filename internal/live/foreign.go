package live

import (
	"net/http"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
)

// foreignOutcome judges the answer of a program that is not the lab's: by its
// Cache-Status (RFC 9211) or X-Cache header where it has one, else by its
// status. Without such a header a success counts as computed.
func foreignOutcome(resp *http.Response) metrics.Outcome {
	switch {
	case resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusTooManyRequests:
		return metrics.Rejected
	case resp.StatusCode == http.StatusGatewayTimeout:
		return metrics.Timeout
	case resp.StatusCode >= 500:
		return metrics.OriginFailure
	}
	status := strings.ToLower(resp.Header.Get("Cache-Status") + " " + resp.Header.Get("X-Cache"))
	switch {
	case strings.Contains(status, "fwd=stale"), strings.Contains(status, "stale"):
		return metrics.StaleHit
	case strings.Contains(status, "collapsed"):
		return metrics.Coalesced
	case strings.Contains(status, "hit"):
		return metrics.FreshHit
	}
	return metrics.Computed
}
