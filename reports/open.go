package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Open reads the results at a path, of simulate and of loadtest alike: those of a
// results.json, of a report's folder, or of every report in a folder of them, in the
// order of their names. A path at which there is nothing is an error of fs.ErrNotExist.
func Open(path string) ([]*metrics.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	names := []string{path}
	if info.IsDir() {
		if names, err = resultsIn(path); err != nil {
			return nil, err
		}
	}
	var list []*metrics.File
	for _, name := range names {
		f, err := openFile(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for i, other := range list {
			if other.Scenario == f.Scenario && other.Clock == f.Clock {
				return nil, fmt.Errorf("%s and %s are both of scenario %s on the %s clock: keep one of them, or name one", names[i], name, f.Scenario, f.Clock)
			}
		}
		list = append(list, f)
	}
	return list, nil
}

// resultsIn are the results.json of a report's folder, or of the folders in it.
func resultsIn(dir string) ([]string, error) {
	own := filepath.Join(dir, "results.json")
	if _, err := os.Stat(own); err == nil {
		return []string{own}, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name := filepath.Join(dir, e.Name(), "results.json")
		if _, err := os.Stat(name); err == nil {
			names = append(names, name)
		} else if !errors.Is(err, fs.ErrNotExist) && e.IsDir() {
			return nil, err
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s has no results.json, and no folder in it has one: name a results.json, a report's folder, or a folder of reports such as out", dir)
	}
	return names, nil
}

func openFile(name string) (*metrics.File, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := ReadJSON(file)
	var schema *SchemaError
	if err != nil && !errors.As(err, &schema) {
		return nil, fmt.Errorf("%w; name a results.json of simulate or loadtest, or a report's folder", err)
	}
	return f, err
}
