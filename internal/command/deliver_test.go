package command

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Trying a directory leaves no directory that was not there, and every one that
// was.
func TestWritableLeavesNothing(t *testing.T) {
	here := t.TempDir()
	if err := Writable(filepath.Join(here, "out", "deep", "scenario")); err != nil {
		t.Fatal(err)
	}
	if err := Writable(here); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadDir(here)
	if err != nil || len(list) > 0 {
		t.Errorf("left %v, %v", list, err)
	}
}

// Several that try the same folder at once take the way to it away under each other, and
// none is told that it cannot be made.
func TestWritableAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "deep", "scenario")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 500 {
				if err := Writable(dir); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}

// One that cannot be made is an error, and what was made on the way to it is gone.
func TestNotWritable(t *testing.T) {
	here := t.TempDir()
	file := filepath.Join(here, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if Writable(filepath.Join(file, "scenario")) == nil || Writable(file) == nil {
		t.Error("a file passes for a directory")
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}
