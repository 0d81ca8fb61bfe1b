package command

import (
	"fmt"
	"os"
	"path/filepath"
)

// Writable tries the directory of a report, so that a long run does not end in a
// refusal. What it makes it takes away again: a run that comes to nothing leaves
// nothing.
func Writable(dir string) error {
	made := missing(dir)
	defer func() {
		for _, d := range made {
			_ = os.Remove(d) // one that somebody has put something into stays
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--out: %w; name a directory you may write to", err)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("--out: %w; name a directory you may write to", err)
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// missing are the directories on the way to dir that are not there, the innermost
// first.
func missing(dir string) (list []string) {
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); !os.IsNotExist(err) {
			return list
		}
		list = append(list, d)
	}
}
