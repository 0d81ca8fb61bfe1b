package strategies_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the transcripts in testdata; commit them only if you understand what changed them")

// TestTranscripts runs the scripts of testdata. A script is commands, one a
// line; what happens because of a command follows it, indented:
//
//	boxes N                    the fleet; a cache operation takes 2ms and is done in the middle of it
//	slow BOX D                 an operation of that box takes D longer
//	strategy KIND k=v ...      its strategy; "two-level k=v ... over KIND k=v ..."
//	load KEY ok|fail|panic D   how loads of KEY go from now on
//	get KEY [xN [every D]]     so many requests, at once or apart, one box after the other
//	write KEY                  a write on box1
//	advance D                  time passes
//	crash owner                the box that took the latest lock is lost and starts anew
//	cache up|down              the cache answers, or refuses
//	trace                      show reads of the cache, too
//	stats                      what the strategies counted
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, string(want))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s is not what happens now (-file +now); go test -run Transcripts -update rewrites it:\n%s", path, diff)
			}
		})
	}
}

const indent = "    "

// play runs a script and returns it with what happens now.
func play(t *testing.T, script string) string {
	var out strings.Builder
	onSim(t, func(w *world) {
		p := newPlayer(t, w)
		for line := range strings.Lines(script) {
			line = strings.TrimRight(line, "\n")
			if strings.HasPrefix(line, indent) {
				continue
			}
			out.WriteString(line + "\n")
			if line != "" && line[0] != '#' {
				p.command(strings.Fields(line))
				for _, event := range p.events() {
					out.WriteString(indent + event + "\n")
				}
			}
		}
	})
	return out.String()
}
