package command

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/herdlab/herdlab/scenarios"
)

// WriteInputs writes all that scenarios read, such as to hash it: the text of the file, or
// of the shipped scenario, that is given, and the traces of all of them, each once. What is
// no file on a disk, or cannot be read, is left out: the run says so.
func WriteInputs(w io.Writer, given string, scs ...*scenarios.Scenario) error {
	text, err := scenarios.Text(given)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d\n%s", len(text), text)
	files, err := traceFiles(scs)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := copyFile(w, file); err != nil {
			return fmt.Errorf("read the trace: %w", err)
		}
	}
	return nil
}

// traceFiles are the files of all traces in order, each once.
func traceFiles(scs []*scenarios.Scenario) (files []string, err error) {
	for _, sc := range scs {
		for _, class := range sc.Workload {
			if class.Trace == nil {
				continue
			}
			paths, err := class.Trace.Paths()
			if err != nil {
				return files, err
			}
			files = append(files, paths...)
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

func copyFile(w io.Writer, path string) error {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}
