package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/reports"
)

// Ctrl-C ends a comparison before it has said anything.
func TestInterruptedComparison(t *testing.T) {
	t.Chdir(t.TempDir())
	var text bytes.Buffer
	if err := reports.JSON(&text, metricstest.Tiny()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("results.json", text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, &stdout, &stderr, []string{"compare", "results.json", "results.json"})
	if code != command.ExitInterrupted || stdout.Len() > 0 || !strings.Contains(stderr.String(), "interrupted: nothing is compared") {
		t.Errorf("exit code %d, %q, %q", code, stdout.String(), stderr.String())
	}
}
