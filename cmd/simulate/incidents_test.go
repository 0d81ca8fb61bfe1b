package main

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/metrics"
)

// A few incidents of the catalogue run as they are told, twice the same; make
// incidents runs all of them.
func TestIncidents(t *testing.T) {
	for _, name := range []string{"long-tail-mailboxes", "braze-burst"} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(context.Background(), &out, &errs, []string{"run", name, "--quiet", "--check-determinism", "--out", t.TempDir()})
			if code != command.ExitDone {
				t.Errorf("exit code %d: %s", code, errs.String())
			}
		})
	}
}

// The boxes of file-cache-cull drop out in turns, one at a time.
func TestBoxesDropOutInTurns(t *testing.T) {
	var out, errs bytes.Buffer
	code := run(context.Background(), &out, &errs, []string{"run", "file-cache-cull", "--strategy", "before", "--format", "json", "--quiet", "--out", t.TempDir()})
	var f metrics.File
	if err := json.Unmarshal(out.Bytes(), &f); err != nil {
		t.Fatalf("exit code %d: %v: %s", code, err, errs.String())
	}
	boxes := f.Runs[0].Series.Boxes
	var turns []int
	for i := range boxes[0].In {
		for b := range boxes {
			if boxes[b].In[i] {
				continue
			}
			if other := boxes[1-b].In[i]; !other {
				t.Errorf("window %d: both boxes are out", i)
			}
			if n := len(turns); n == 0 || turns[n-1] != b {
				turns = append(turns, b)
			}
		}
	}
	if len(turns) < 6 {
		t.Errorf("the boxes drop out in the order %v, want each after the other, again and again", turns)
	}
}
