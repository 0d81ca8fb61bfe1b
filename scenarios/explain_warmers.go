package scenarios

import (
	"bytes"
	"fmt"

	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
)

// explainWarmers says what is computed ahead of the readers.
func explainWarmers(b *bytes.Buffer, list []world.WarmerConfig) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\nWarmers\n")
	for _, w := range list {
		every := map[string]string{
			world.WarmerCron: "every %s, beside a run that is not over",
			world.WarmerLock: "every %s, unless a run is not over",
			world.WarmerLoop: "%s after the end of the last run",
		}[w.Schedule]
		rate := ""
		if w.Rate > 0 {
			rate = fmt.Sprintf(", no more than %s a second", units.FormatNumber(w.Rate))
		}
		hanging(b, "  ", fmt.Sprintf("from %s, "+every+": the %d most popular keys of %s are computed and stored, %d at once%s",
			units.FormatDuration(w.From), units.FormatDuration(w.Every), w.Keys, w.Class, w.AtOnce, rate))
	}
}
