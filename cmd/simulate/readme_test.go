package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fence = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// The README's command blocks work as they stand, from the top of the tree.
func TestReadme(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := fence.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 2 {
		t.Fatalf("the README has %d command blocks, want its first screen and the examples", len(blocks))
	}
	for _, block := range blocks {
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSpace(line)
			if line == "make test" { // which runs this test
				line = "make --dry-run test"
			}
			t.Run(line, func(t *testing.T) {
				cmd := exec.Command("sh", "-c", line)
				cmd.Dir = root
				out, err := cmd.CombinedOutput()
				if strings.Contains(line, "loadtest") {
					// On the wall clock of a busy machine an expectation may fail, and the
					// load generator be late; the report is there all the same.
					if !strings.Contains(string(out), "report: out/") {
						t.Errorf("%v\n%s", err, out)
					}
					return
				}
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// Every file that the README and the docs point to is there.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#]+)\)`)
	pages, err := filepath.Glob(filepath.Join("..", "..", "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, filepath.Join("..", "..", "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s points to %s, which is not there", page, m[1])
			}
		}
	}
}
