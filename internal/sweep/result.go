package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Result is what a cell leaves: the figures of every strategy. It has no wall time and
// no name of a machine in it, so that a cell leaves the same bytes wherever it runs and
// however often.
type Result struct {
	Cell   int               `json:"cell"`
	Seed   uint64            `json:"seed"`
	Values map[string]string `json:"values"` // by the name of the axis
	Runs   []Run             `json:"runs"`   // in the order of the scenario
}

// Run is one strategy in a cell.
type Run struct {
	Strategy string             `json:"strategy"`
	Kind     string             `json:"kind"`    // the catalogue's name of it
	Figures  map[string]float64 `json:"figures"` // by name, in the units of expectations; without those that have no value
	Warnings []string           `json:"warnings,omitempty"`
}

// encode is the text of a result, a line.
func (r *Result) encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b) // sorts the names of a map, so that equal results are equal bytes
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, fmt.Errorf("encode the result of cell %d: %w", r.Cell, err)
	}
	return b.Bytes(), nil
}

// decodeResult reads what encode wrote.
func decodeResult(text []byte) (*Result, error) {
	r := new(Result)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, err
	}
	return r, nil
}

// sum is the SHA-256 of a text, by which a file is known to be the one that was
// written.
func sum(text []byte) string {
	h := sha256.Sum256(text)
	return hex.EncodeToString(h[:])
}
