package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

// BenchmarkRun is what the command is used for: the quick set with its reports, a
// long steady scenario under the strategies that are used most, and a burst. Its
// profile is what the compiler is trained on (make pgo).
func BenchmarkRun(b *testing.B) {
	for _, scenarios := range [][]string{nil, {"testdata/steady.yaml"}, {"testdata/burst.yaml"}} {
		b.Run(strings.Join(scenarios, "+"), func(b *testing.B) {
			for b.Loop() {
				args := append([]string{"run", "--quiet", "--out", b.TempDir()}, scenarios...)
				if code := run(context.Background(), io.Discard, io.Discard, args); code != 0 {
					b.Fatalf("exit code %d", code)
				}
			}
		})
	}
}
