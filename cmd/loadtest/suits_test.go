//go:build !race

package main

import (
	"errors"
	"testing"

	"github.com/herdlab/herdlab/scenarios"
)

// Every scenario of the catalogue can be run on the cache that it is run on where
// none is given.
func TestCatalogueSuitsItsCaches(t *testing.T) {
	n := 0
	for _, info := range scenarios.Catalogue() {
		sc, err := scenarios.OpenReal(info.Name, nil)
		var not *scenarios.NotReal
		if errors.As(err, &not) {
			continue
		}
		if err == nil {
			err = real{}.suits([]*scenarios.Scenario{sc})
		}
		if err != nil {
			t.Error(err)
		}
		n++
	}
	if n < 30 {
		t.Errorf("%d scenarios", n)
	}
}
