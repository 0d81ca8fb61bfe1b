package main

import (
	"bytes"
	"fmt"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/reports"
)

// same compares two executions of one scenario: the event trace of every run,
// then every byte of the results.
func same(a, b *metrics.File) error {
	for i := range a.Runs {
		if x, y := a.Runs[i], b.Runs[i]; x.TraceHash != y.TraceHash || x.Events != y.Events {
			return fmt.Errorf("not deterministic: %s, seed %d: %d events with trace %s, then %d with trace %s; please report this scenario",
				x.Strategy, x.Seed, x.Events, x.TraceHash, y.Events, y.TraceHash)
		}
	}
	var first, second bytes.Buffer
	if err := reports.JSON(&first, a); err != nil {
		return err
	}
	if err := reports.JSON(&second, b); err != nil {
		return err
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		return fmt.Errorf("not deterministic: the event traces agree and results.json differs; please report this scenario")
	}
	return nil
}
