package scenarios

import (
	"fmt"

	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
)

// explainReadmit says what a readmission does.
func explainReadmit(f world.FaultConfig) string {
	begin := fmt.Sprintf("the balancer lets %s%% of the requests in", units.FormatNumber(100*f.Share))
	if f.Share == 0 {
		begin = "the balancer rejects every request"
	}
	if f.Hold > 0 {
		begin += " for " + units.FormatDuration(f.Hold)
	}
	return begin + ", and then evenly more until everybody is let in"
}
