package command

import (
	"os"
	"path/filepath"
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
