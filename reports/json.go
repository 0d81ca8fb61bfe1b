package reports

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/herdlab/herdlab/internal/metrics"
)

// schema is the version of results.json that this package writes and reads.
const schema = metrics.Schema

// resultsSchema is made of the types of internal/metrics and their comments, by
// go test ./reports -update.
//
//go:embed results.schema.json
var resultsSchema []byte

// ResultsSchema is the JSON Schema (draft 2020-12) of results.json. It allows fields
// that it does not know, since a later version adds some.
func ResultsSchema() []byte { return resultsSchema }

// JSON writes f as results.json: indented, with lists of plain values on one
// line. Equal files give equal bytes.
func JSON(w io.Writer, f *metrics.File) error {
	var indented bytes.Buffer
	e := json.NewEncoder(&indented)
	e.SetEscapeHTML(false) // nobody embeds this in a page, and people read "a > b"
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		return fmt.Errorf("write results.json: %w", err)
	}
	_, err := w.Write(joinLists(indented.Bytes()))
	return err
}

// ReadJSON reads what JSON wrote. Fields it does not know are skipped; another
// schema, or a duration that no run can have, is an error.
func ReadJSON(r io.Reader) (*metrics.File, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, explain(data, err)
	}
	if head.Schema == nil {
		return nil, errors.New(`this is not a results.json: it has no field "schema"`)
	}
	if *head.Schema != schema {
		return nil, &SchemaError{*head.Schema}
	}
	f := new(metrics.File)
	if err := json.Unmarshal(data, f); err != nil {
		return nil, explain(data, err)
	}
	if err := check(f); err != nil {
		return nil, err
	}
	return f, nil
}

// SchemaError is that results are of another version than this package reads.
type SchemaError struct{ Schema int }

func (e *SchemaError) Error() string {
	return fmt.Sprintf("results of schema %d cannot be read, only schema %d: run the scenario again with this version", e.Schema, schema)
}

// longest is the longest run that can be drawn, in ms: a hundred years.
const longest = 100 * 365.25 * 86_400_000

// check finds what no run can have written and no chart could draw.
func check(f *metrics.File) error {
	if !(f.DurationMS > 0 && f.DurationMS <= longest) {
		return fmt.Errorf("duration_ms of the results is %v: it must be above 0 and within a hundred years", f.DurationMS)
	}
	if !(f.WindowMS > 0) {
		return fmt.Errorf("window_ms of the results is %v: it must be above 0", f.WindowMS)
	}
	most := math.Ceil(f.DurationMS/f.WindowMS) + 1
	for i, run := range f.Runs {
		if run == nil {
			return fmt.Errorf("runs[%d] of the results is null: run the scenario again", i)
		}
		if n := len(run.Series.Requests); float64(n) > most {
			return fmt.Errorf("runs[%d] of the results has %d windows, more than its duration holds", i, n)
		}
	}
	return nil
}

// explain adds line:column to an error of package json.
func explain(data []byte, err error) error {
	var offset int64 = -1
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &syntax) {
		offset = syntax.Offset
	} else if errors.As(err, &kind) {
		offset = kind.Offset
	}
	if offset < 0 || offset > int64(len(data)) {
		return fmt.Errorf("read results: %w", err)
	}
	before := data[:offset]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n') - 1
	return fmt.Errorf("read results: line %d, column %d: %w", line, max(column, 1), err)
}

// joinLists puts every list of indented JSON that holds neither objects nor lists
// on one line: a series of 200 windows is one line and not 200.
func joinLists(indented []byte) []byte {
	// Strings have no line breaks in them, so a bracket at the end of a line opens, and one
	// at the beginning closes.
	var out bytes.Buffer
	var list [][]byte // the lines of one that has held plain values so far
	for line := range bytes.Lines(indented) {
		text := bytes.TrimSpace(line)
		opens := bytes.HasSuffix(text, []byte("["))
		switch {
		case list != nil && !opens && !bytes.ContainsAny(text[:1], "{[]"):
			list = append(list, line)
			continue
		case list != nil && text[0] == ']':
			out.Write(bytes.TrimRight(list[0], "\n"))
			for _, value := range list[1:] {
				out.Write(bytes.TrimSpace(value))
			}
			list, line = nil, bytes.TrimLeft(line, " ")
		}
		out.Write(bytes.Join(list, nil)) // it holds more than plain values
		list = nil
		if opens {
			list = [][]byte{line}
		} else {
			out.Write(line)
		}
	}
	return out.Bytes()
}
