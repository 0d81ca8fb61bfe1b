// Package scenarios reads scenario files: a fleet, the traffic on it, what
// goes wrong, the strategies compared and what is expected of them.
//
//	s, err := scenarios.Open("black-friday.yaml", []string{"fleet.workers=50"})
//
// The loader is strict. An unknown field, a number without its unit, an
// impossible value, an unknown strategy or figure is an error with file, line
// and column, and with a suggestion where a name is nearly right. It reports
// what it found all at once, up to ten errors, in the order of the file.
//
// # The file
//
// Every field, its meaning, unit and default stand in one place: the tags of
// the structs it is decoded into. The reference (docs/scenario.md), the JSON
// Schema for editors ([Schema]) and the loader are all made from them.
//
// Of YAML a scenario uses mappings, lists and scalars. Anchors, aliases, merge
// keys, tags and second documents are refused: a scenario is to be read from
// top to bottom.
//
// # In steps
//
// A file becomes a tree of nodes with places, and overrides are put into it
// (internal/settings). The tree is decoded, checked as a whole (check*.go), and
// once more as each strategy with overrides sees it and as it runs on real
// parts. Expectations are compiled last, when the names they may use are known
// (internal/expect, internal/figures). Faults and strategies are types of their
// own (internal/fault, internal/catalog); this package finds out which one a
// mapping means.
package scenarios
