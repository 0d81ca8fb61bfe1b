package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
)

// measured is one case of an example: what was attacked, and what came of it.
type measured struct {
	what     string // in the words of the product
	scenario *scenarios.Scenario
	strategy string // as the scenario writes it
	rows     []metrics.Foretold
	void     bool   // the machine was not free: what is outside says nothing
	at       string // the day
}

// column is a figure as the tables have it; as is how a value is written.
type column struct {
	title, figure string // the title, and the name of a [metrics.Foretold]
	or            string // the name of another one, if a program has no figure of that name
	as            func(float64) string
}

func columns() []column {
	whole := func(v float64) string { return strconv.FormatFloat(math.Round(v), 'f', -1, 64) }
	percent := func(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) }
	return []column{
		{title: "computes", figure: "computes", as: whole},
		{title: "duplicates", figure: "duplicate computes", as: whole},
		{title: "herd peak", figure: "herd peak", as: whole},
		{title: "failures", figure: "failures", as: whole},
		// A program that never speaks of waits calls them hits.
		{title: "hits, %", figure: "hit ratio", or: "hits and waits", as: percent},
		{title: "p50, ms", figure: "p50 ms", as: whole},
		{title: "p99, ms", figure: "p99 ms", as: whole},
	}
}

// tableOf is the table of an example as Markdown, a section for each of its scenarios. It is
// [fs.ErrNotExist] where nothing was measured.
func tableOf(example, results string) (string, error) {
	cases, err := casesOf(example, results)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	versions, err := os.ReadFile(filepath.Join(results, "versions"))
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&out, "Measured / simulated on %s with %s. What is outside the tolerance of `loadtest validate` is **bold**, or void if the machine was not free.\n",
		cases[len(cases)-1].at, strings.Join(strings.Split(strings.TrimSpace(string(versions)), "\n"), ", "))
	for i, c := range cases {
		if i == 0 || cases[i-1].scenario != c.scenario {
			fmt.Fprintf(&out, "\n%s\n\n| what runs | strategy |", c.scenario.About)
			for _, col := range columns() {
				fmt.Fprintf(&out, " %s |", col.title)
			}
			fmt.Fprintf(&out, "\n|---|---|%s\n", strings.Repeat("---|", len(columns())))
		}
		fmt.Fprintf(&out, "| %s | `%s` |", c.what, c.strategy)
		for _, col := range columns() {
			fmt.Fprintf(&out, " %s |", c.cell(col))
		}
		out.WriteByte('\n')
	}
	return out.String(), nil
}

// cell is one figure, measured and simulated; empty where the program does not tell it.
func (m measured) cell(c column) string {
	for _, row := range m.rows {
		if row.Figure != c.figure && row.Figure != c.or || row.Measured == nil || row.Simulated == nil {
			continue
		}
		text := c.as(*row.Measured) + " / " + c.as(*row.Simulated)
		switch {
		case row.Within:
			return text
		case m.void:
			return text + " (void)"
		}
		return "**" + text + "**"
	}
	return ""
}

// casesOf are those cases of an example that were measured, in the order of the scenarios' names
// and of the strategies in them.
func casesOf(example, results string) (cases []measured, err error) {
	files, err := filepath.Glob(filepath.Join(example, "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		sc, err := scenarios.OpenReal(file, nil)
		if err != nil {
			return nil, err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		lines := bytes.Split(text, []byte("\n"))
		for i := range sc.Strategies {
			entry := &sc.Strategies[i]
			c := measured{scenario: sc}
			// An entry is one line, `label: {settings}`, which is what a reader can copy.
			_, c.strategy, _ = strings.Cut(string(bytes.TrimSpace(lines[entry.Line-1])), ": ")
			switch ok, err := c.read(filepath.Join(results, strings.TrimSuffix(filepath.Base(file), ".yaml"), entry.Name)); {
			case err != nil:
				return nil, err
			case ok:
				cases = append(cases, c)
			}
		}
	}
	if len(cases) == 0 {
		return nil, fs.ErrNotExist
	}
	return cases, nil
}

// read fills in what a case left in its folder, and reports whether it was measured at all.
func (m *measured) read(folder string) (bool, error) {
	what, err := os.ReadFile(filepath.Join(folder, "what"))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m.what = string(bytes.TrimSpace(what))
	found, err := filepath.Glob(filepath.Join(folder, "*", "results.json")) // attack names the folder between
	if err != nil || len(found) == 0 {
		return false, err // it could not be carried out
	}
	info, err := os.Stat(found[0])
	if err != nil {
		return false, err
	}
	m.at = info.ModTime().UTC().Format("2 January 2006")
	text, err := os.ReadFile(found[0])
	if err != nil {
		return false, err
	}
	var file metrics.File
	if err := json.Unmarshal(text, &file); err != nil {
		return false, fmt.Errorf("%s: %w", found[0], err)
	}
	m.rows = file.Foretold
	_, err = os.Stat(filepath.Join(folder, "void"))
	m.void = err == nil
	return len(m.rows) > 0, nil
}
