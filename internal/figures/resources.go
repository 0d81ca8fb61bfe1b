package figures

import (
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
)

// ofResources are how full the resources were, which tables of their own show.
func ofResources() (list []Figure) {
	// A kind of resource is one figure: of several links the fullest says what is the matter.
	// They are not told in stories, which have what came of it: failures and latencies.
	for i, kind := range []string{
		metrics.Workers, metrics.AcceptQueue, metrics.Cores, metrics.Network, metrics.OriginSlots, metrics.OriginQueue, metrics.Connections,
	} {
		name := strings.ReplaceAll(kind, " ", "_")
		list = append(list, Figure{
			Name: name + "_full", Unit: Share, Doc: kind + " full: share of the time, of the fullest where there are several",
			Better: Lower, Of: optional(resource(kind), func(x *metrics.Resource) *float64 { return x.FullShare }),
			Series: &Series{Place: 15 + i, Title: kind + " in use", Name: name + "_use", Of: func(s *metrics.Series) []float64 { return s.UseOf(kind) }},
		})
	}
	return append(list, Figure{
		Name: "lock_waiters_peak", Unit: Count, Doc: "most requests at once that waited for another's load, inside the boxes",
		Better: Lower, Of: within(resource(metrics.Waiters), func(x *metrics.Resource) float64 { return x.Peak }),
		Series: &Series{Place: 22, Title: metrics.Waiters, Name: "lock_waiters", Of: func(s *metrics.Series) []float64 { return s.UseOf(metrics.Waiters) }},
	})
}

// resource is the fullest of a kind.
func resource(kind string) func(*metrics.Run, *metrics.Figures) *metrics.Resource {
	return func(r *metrics.Run, _ *metrics.Figures) *metrics.Resource { return r.Resource(kind) }
}
