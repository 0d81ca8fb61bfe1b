package scenarios_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/scenarios"
)

// FuzzLoad holds that no text makes the loader panic, that every refusal has
// its place, and that what was accepted can be explained and checked.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"*.yaml", "incidents/*.yaml", "testdata/bad/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			f.Fatalf("%s: %d files, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text, "fleet.workers=50")
		}
	}
	for _, override := range []string{"a=b", "workload.0.rate=1/s", "strategies.naive={ttl: 1h}", "faults.0.kind=flush", "expect=[naive.p99 < 5ms]", "=", "..=", "x={", "fleet=*a"} {
		f.Add([]byte(everything), override)
		f.Add([]byte(told), override)
	}
	f.Fuzz(func(t *testing.T, text []byte, override string) {
		for _, overrides := range [][]string{nil, {override}} {
			s, err := scenarios.Read("fuzz.yaml", text, overrides)
			if err == nil {
				if err := scenarios.Explain(discard{}, s, override == ""); err != nil {
					t.Fatal(err)
				}
				for _, x := range s.Expect {
					x.Check(func(figures.Figure, string, string, string) []float64 { return []float64{2} })
				}
				continue
			}
			var found scenarios.Errors
			if !errors.As(err, &found) || len(found) == 0 || len(found) > 10 {
				t.Fatalf("want Errors, got %T %v", err, err)
			}
			for _, e := range found {
				if e.Line < 1 || e.Col < 1 || e.File == "" || e.Excerpt() == "" || e.Msg == "" {
					t.Fatalf("no place: %#v", e)
				}
			}
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
