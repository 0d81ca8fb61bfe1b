package figures

import (
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
)

// outcomeDocs are what became of a request, for those who read its name on a page.
var outcomeDocs = [metrics.NumOutcomes]string{
	metrics.FreshHit:      "requests served from a cache, by a value within its freshness",
	metrics.StaleHit:      "requests served from a cache, by a value past its freshness",
	metrics.Computed:      "requests that loaded the value from the origin themselves",
	metrics.Coalesced:     "requests that waited for the load of another",
	metrics.ColdFailure:   "requests that were refused rather than computed, while another loaded the value",
	metrics.OriginFailure: "requests whose load failed at the origin",
	metrics.CacheError:    "requests that failed by an error of the cache",
	metrics.Written:       "writes that were done",
	metrics.Served:        "requests answered without the cache: bystanders",
	metrics.Timeout:       "requests that the client gave up waiting for",
	metrics.Rejected:      "requests for which there was no worker and no place in a queue, or whose box went down",
	metrics.LoggedOut:     "requests of users whose session is gone, who have to log in again",
	metrics.NotAllowed:    "writes that a front refused as a method it does not take (405)",
}

// ofOutcomes is a figure for every way in which a request can end.
func ofOutcomes() (list []Figure) {
	for o := range metrics.NumOutcomes {
		outcome := metrics.Outcome(o)
		f := Figure{
			Name: outcome.String(), Title: strings.ReplaceAll(outcome.String(), "_", " "), Unit: Count, Scope: Class, Doc: outcomeDocs[outcome],
			Of: within(requests, func(f *metrics.Figures) int64 { return f.Outcomes[o] }),
			Shown: &Shown{Unit: Share, Of: func(_ *metrics.Run, f *metrics.Figures) (float64, bool) {
				return ratio(f.Outcomes[o], f.Requests)
			}},
		}
		if outcome.Failed() {
			f.Better, f.Tolerance = Lower, counts()
			f.Tolerance.IfAny = true
		}
		if outcome == metrics.LoggedOut {
			f.Told = &Told{Place: 5, Name: "users logged out", Weight: 1.5, PerRequests: true}
		}
		list = append(list, f)
	}
	return list
}
