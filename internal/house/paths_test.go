package house

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// foreignPaths are the beginnings of paths outside the repository: what is
// written here is to build and read the same wherever it is checked out. They are
// put together so that this file passes.
func foreignPaths() []string { return []string{"/work" + "/", "../" + "shared"} }

// pathFaults finds lines that name such a path.
func pathFaults(name string, text []byte) (faults []string) {
	if bytes.IndexByte(text, 0) >= 0 { // not a text
		return nil
	}
	for i, line := range strings.Split(string(text), "\n") {
		for _, p := range foreignPaths() {
			if strings.Contains(line, p) {
				faults = append(faults, fmt.Sprintf("%s:%d: no %s here: the repository depends on nothing outside of it", name, i+1, p))
			}
		}
	}
	return faults
}

func TestPaths(t *testing.T) {
	n := 0
	files(t, func(name string, text []byte) {
		n++
		for _, fault := range pathFaults(name, text) {
			t.Error(fault)
		}
	})
	if n < 20 {
		t.Errorf("looked at %d files, expected the whole repository", n)
	}
}

func TestPathsGate(t *testing.T) {
	for _, p := range foreignPaths() {
		got := pathFaults("docs/a.md", []byte("one\nsee "+p+"/x\n"))
		if want := "docs/a.md:2: no " + p + " here"; len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("said %q, want %q", got, want)
		}
	}
	if got := pathFaults("a.md", []byte("work/shared and workers\n")); got != nil {
		t.Errorf("said %q, want nothing", got)
	}
}
