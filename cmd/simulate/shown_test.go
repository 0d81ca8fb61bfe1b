package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the README and the docs show of an output is what the commands print: each line
// of a block is one of the output, in its order; "..." stands for those left out.
func TestShownOutput(t *testing.T) {
	const compared = `run burst --quiet --out baseline
run burst --quiet --out slower --set fleet.origin.latency=5.5s
compare baseline slower --fail-on 'effective_p99 +5%' --fail-on 'budget worse'`
	for _, c := range []struct{ page, first, commands string }{
		{"README.md", "burst, virtual clock", compared},
		{"docs/compare.md", "burst, virtual clock", compared},
		{"README.md", "mutex: the smallest wait", "sweep smoke --quiet --vary strategies.mutex.wait=50ms,100ms,200ms,500ms"},
		{"docs/explain.md", "waiting, seed 1", "explain burst --strategy waiting --slowest 1"},
	} {
		t.Run(c.page+", "+c.first, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("..", "..", c.page))
			if err != nil {
				t.Fatal(err)
			}
			_, block, found := strings.Cut(string(text), "\n    "+c.first)
			if !found {
				t.Fatalf("%s shows no %q", c.page, c.first)
			}
			cmd := exec.Command("sh", "-c", strings.ReplaceAll("\n"+c.commands, "\n", "\n"+tool+" "))
			cmd.Dir = t.TempDir()
			out, _ := cmd.CombinedOutput() // a comparison that regressed is exit code 4
			rest := "\n" + string(out)
			for line := range strings.Lines("    " + c.first + block) {
				line, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
				if !ok {
					break
				}
				if strings.TrimSpace(line) == "..." {
					continue
				}
				if _, rest, found = strings.Cut(rest, "\n"+line); !found || rest != "" && rest[0] != '\n' {
					t.Fatalf("%s shows what is not printed there:\n%s\nin\n%s", c.page, line, out)
				}
			}
		})
	}
}
