package command

import (
	"path/filepath"
	"strings"

	"herdlab/scenarios"
)

// Load reads a scenario: a file where the name looks like one, or one of the
// catalogue.
func Load(name string, set []string) (*scenarios.Scenario, error) {
	if strings.ContainsRune(name, filepath.Separator) || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		return scenarios.Load(name, set)
	}
	return scenarios.Named(name, set)
}

// quick are the names of the quick set.
func quick() []string {
	var names []string
	for _, s := range scenarios.Catalogue() {
		if s.Quick {
			names = append(names, s.Name)
		}
	}
	return names
}
