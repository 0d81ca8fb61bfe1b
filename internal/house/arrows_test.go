package house

import (
	"go/ast"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows is what a package may import beside the standard library: packages of
// this module, and other modules.
type arrows struct {
	packages []string // "a/*" is every package in a
	modules  []string
}

// importMap is who may know whom. What is not listed is forbidden, and so is a
// package that is not listed.
func importMap() map[string]arrows {
	rules := map[string]arrows{
		"workloads/trace": {packages: []string{"internal/queue"}, modules: []string{"github.com/klauspost/compress"}}, // zstd
		"workloads": {
			packages: []string{"workloads/trace", "internal/hash", "internal/queue"},
			modules:  []string{"gonum.org/v1/gonum"},
		},
		"scenarios": {
			packages: []string{
				"internal/expect", "internal/figures", "internal/catalog", "internal/fault", "workloads", "workloads/trace", "strategies", "strategies/pagekey", "internal/world", "internal/world/*", "internal/settings", "internal/tag", "internal/units", "internal/spelling", "internal/stats",
			},
		},
		"reports": {
			packages: []string{"internal/figures", "reports/charts", "internal/compare", "internal/folder", "internal/view", "internal/sweep", "internal/metrics", "internal/humanize"},
			modules:  []string{"github.com/prometheus/client_model", "github.com/prometheus/common"},
		},
		"reports/charts": {
			packages: []string{"internal/figures", "internal/view", "internal/sweep", "internal/metrics", "internal/verdict", "internal/humanize"},
			modules:  []string{"gonum.org/v1/plot", "gonum.org/v1/gonum", "golang.org/x/image"}, // the fonts of a plot
		},

		"internal/hash": {},
		// The standard library alone, for strategies are imported in production.
		"internal/spelling": {},
		"internal/units":    {packages: []string{"internal/spelling"}},
		"internal/tag":      {packages: []string{"internal/units", "internal/spelling"}},
		"internal/expect":   {packages: []string{"internal/units", "internal/spelling"}},
		"internal/settings": {
			packages: []string{"internal/tag", "internal/units", "internal/spelling"},
			modules:  []string{"github.com/goccy/go-yaml"},
		},

		"internal/advise": {packages: []string{
			"internal/catalog", "internal/figures", "internal/lab", "internal/metrics", "internal/sim", "internal/stats", "internal/sweep", "internal/tag", "internal/units", "scenarios", "workloads",
		}, modules: []string{"golang.org/x/sync"}},
		"internal/drawn":   {packages: []string{"internal/catalog", "internal/fault", "internal/tag", "internal/world/tier"}},
		"internal/queue":   {},
		"internal/striped": {},
		"internal/sieve":   {packages: []string{"strategies/clock"}},
		"internal/folder":  {modules: []string{"golang.org/x/sys"}},
		"internal/sim":     {packages: []string{"strategies/clock", "internal/queue"}},
		"internal/fault":   {packages: []string{"internal/units", "internal/spelling"}},
		"internal/world": {packages: []string{
			"workloads", "internal/metrics", "strategies", "strategies/clock", "strategies/pagekey", "strategies/stores/lifetime", "internal/queue", "internal/fault", "internal/world/*",
		}},
		// The modelled parts: leaves, which know nothing of the world.
		"internal/world/gauge":    {packages: []string{"internal/metrics"}},
		"internal/world/timeline": {packages: []string{"internal/metrics"}},
		"internal/world/station":  {packages: []string{"internal/queue", "internal/world/gauge"}},
		"internal/world/ring":     {packages: []string{"internal/hash"}},
		"internal/world/origin":   {packages: []string{"strategies", "strategies/clock", "internal/fault", "internal/hash", "internal/metrics", "internal/world/gauge", "internal/world/station", "internal/world/timeline"}},
		"internal/world/tier": {packages: []string{
			"internal/fault", "internal/metrics", "strategies", "strategies/clock", "strategies/stores/lifetime", "internal/hash", "internal/queue", "internal/world/gauge", "internal/world/station", "internal/world/ring", "internal/world/timeline",
		}},
		"internal/world/disk":          {packages: []string{"internal/metrics", "internal/world/tier", "strategies", "strategies/clock", "strategies/stores/filebased/sweep", "internal/queue"}},
		"internal/world/front":         {packages: []string{"internal/metrics", "strategies", "strategies/clock", "strategies/pagekey", "internal/world/gauge", "internal/world/tier"}},
		"internal/metrics":             {packages: []string{"workloads", "strategies"}, modules: []string{"github.com/HdrHistogram/hdrhistogram-go"}},
		"internal/metrics/metricstest": {packages: []string{"workloads", "internal/metrics"}}, // of tests alone
		"internal/figures":             {packages: []string{"internal/metrics"}},
		"internal/verdict":             {packages: []string{"internal/figures", "internal/metrics", "internal/stats"}},
		"internal/view":                {packages: []string{"internal/figures", "internal/sweep", "internal/metrics", "internal/humanize", "internal/spelling", "internal/units", "internal/verdict", "internal/stats"}},
		"internal/sweep":               {packages: []string{"internal/settings", "internal/units", "internal/spelling"}},
		"internal/foretell":            {packages: []string{"internal/figures", "internal/view", "internal/metrics", "internal/humanize"}},
		// Of two results, and of samples that know nothing of results.
		"internal/compare": {packages: []string{"internal/figures", "internal/verdict", "internal/view", "internal/metrics", "internal/humanize", "internal/spelling", "internal/units", "internal/stats"}},
		"internal/stats":   {modules: []string{"gonum.org/v1/gonum"}},
		"internal/live": {
			packages: []string{"workloads", "internal/fault", "internal/metrics", "internal/spelling", "strategies", "strategies/wire", "strategies/stores/*", "strategies/clock", "internal/world", "internal/world/*", "internal/live/*"},
			modules:  []string{"github.com/tsenart/vegeta/v12", "golang.org/x/sys"},
		},
		"internal/live/tier": {
			packages: []string{"strategies", "strategies/stores", "strategies/stores/*", "internal/fault", "internal/world", "internal/world/*", "internal/live/engine", "internal/metrics"},
			modules:  []string{"github.com/redis/go-redis/v9", "github.com/bradfitz/gomemcache"},
		},
		"internal/live/disk":  {packages: []string{"strategies", "strategies/stores/filebased", "internal/world", "internal/world/*"}},
		"internal/live/child": {}, "internal/live/cachewords": {packages: []string{"internal/metrics"}},
		"internal/live/stack": {packages: []string{"internal/live/child", "internal/live/engine", "internal/live/origin", "internal/settings", "internal/spelling"}},
		"internal/live/engine": {
			packages: []string{"internal/live/child", "internal/queue"},
			modules:  []string{"github.com/alicebob/miniredis/v2"},
		},
		"internal/live/front": {packages: []string{"internal/world/front", "internal/live/engine"}},
		"internal/live/origin": {
			packages: []string{"strategies", "strategies/clock", "internal/fault", "internal/settings", "internal/tag", "internal/world/origin"},
			modules:  []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5"},
		},
		// Of tests alone.
		"internal/live/servertest": {},
		"internal/live/pgtest":     {packages: []string{"internal/live/servertest"}},
		"internal/live/redistest":  {packages: []string{"internal/live/servertest"}, modules: []string{"github.com/redis/go-redis/v9"}},
		// The clock is what the two commands differ in, and a run is given it.
		"internal/lab": {packages: []string{
			"internal/catalog", "internal/fault", "scenarios", "workloads", "workloads/trace", "internal/humanize", "strategies", "strategies/publish", "strategies/clock", "internal/world", "internal/world/*", "internal/figures", "internal/metrics", "internal/queue", "internal/verdict",
		}, modules: []string{"golang.org/x/sync"}},
		"internal/house": {}, "internal/humanize": {},
	}
	maps.Copy(rules, strategyArrows())
	maps.Copy(rules, commandArrows())
	return rules
}

// strategyArrows are those of what a program imports in production, and of the list of
// strategies.
func strategyArrows() map[string]arrows {
	return map[string]arrows{
		"internal/published": {packages: []string{"strategies", "strategies/publish"}}, // of the lab alone
		"internal/catalog":   {packages: []string{"strategies", "strategies/publish", "internal/published"}},

		"strategies/clock":           {},
		"strategies":                 {packages: []string{"strategies/clock", "internal/tag", "internal/sieve", "internal/striped"}},
		"strategies/cached":          {packages: []string{"strategies", "strategies/clock", "internal/sieve", "internal/striped"}},
		"strategies/wire":            {packages: []string{"strategies"}},
		"strategies/publish":         {packages: []string{"strategies", "strategies/clock", "internal/queue"}},
		"strategies/pagekey":         {},
		"strategies/stores":          {packages: []string{"strategies"}},
		"strategies/stores/lifetime": {},
		"strategies/stores/redis": {
			packages: []string{"strategies", "strategies/wire", "strategies/stores", "strategies/stores/lifetime"},
			modules:  []string{"github.com/redis/go-redis/v9"},
		},
		"strategies/stores/failsafe": {packages: []string{"strategies", "strategies/stores", "strategies/stores/memory"}},
		"strategies/stores/memory":   {packages: []string{"strategies", "strategies/wire", "strategies/stores", "strategies/stores/cas", "internal/sieve"}},
		"strategies/stores/cas":      {packages: []string{"strategies", "strategies/wire", "strategies/stores"}},
		"strategies/stores/memcached": {
			packages: []string{"strategies", "strategies/wire", "strategies/stores", "strategies/stores/cas", "strategies/stores/lifetime"},
			modules:  []string{"github.com/bradfitz/gomemcache"},
		},
		"strategies/stores/file":            {packages: []string{"strategies", "strategies/wire", "strategies/stores", "strategies/stores/cas"}},
		"strategies/stores/filebased":       {packages: []string{"strategies", "strategies/wire", "strategies/stores", "strategies/stores/filebased/sweep"}},
		"strategies/stores/filebased/sweep": {},
		"strategies/stores/storetest":       {packages: []string{"strategies", "strategies/wire", "strategies/stores", "strategies/clock"}},
	}
}

// commandArrows are those of the commands, and of what they share. They carry a
// result from lab to reports, and so name its type.
func commandArrows() map[string]arrows {
	return map[string]arrows{
		"internal/command": {
			packages: []string{"internal/folder", "internal/units", "internal/humanize", "internal/figures", "internal/spelling", "internal/metrics", "internal/view", "scenarios", "workloads", "workloads/trace", "reports"},
			modules:  []string{"github.com/alecthomas/kong", "github.com/schollz/progressbar/v3", "golang.org/x/term"},
		},
		"cmd/simulate": {
			packages: []string{"internal/advise", "internal/humanize", "internal/figures", "internal/compare", "internal/units", "internal/spelling", "internal/command", "internal/lab", "internal/metrics", "internal/view", "internal/sweep", "scenarios", "workloads", "workloads/trace", "reports", "internal/sim"},
		},
		"cmd/loadtest": {
			packages: []string{
				"internal/humanize", "internal/figures", "internal/view", "internal/units", "internal/spelling", "internal/command", "internal/lab", "internal/metrics", "internal/foretell", "internal/fault", "internal/tag", "internal/drawn", "scenarios", "workloads", "workloads/trace", "reports", "internal/sim",
				"strategies/clock", "internal/world", "internal/world/*", "internal/live", "internal/live/*",
			},
			modules: []string{"github.com/alecthomas/kong", "github.com/redis/go-redis/v9", "golang.org/x/term"},
		},
		"examples/gallery": {packages: []string{"internal/metrics", "scenarios"}},
	}
}

// testModules are what tests may import besides. They may also import every
// package of this module, the commands apart.
func testModules() []string {
	return []string{
		"github.com/google/go-cmp", "pgregory.net/rapid", "github.com/rogpeppe/go-internal", "github.com/chromedp/chromedp", "github.com/chromedp/cdproto",
		"github.com/santhosh-tekuri/jsonschema/v6", "gonum.org/v1/gonum", "github.com/goccy/go-yaml",
	}
}

// importFaults finds the imports that the map does not show.
func importFaults(all []*source) []string {
	rules := importMap()
	var faults []string
	for _, s := range all {
		may, listed := rules[s.dir()]
		if !listed {
			faults = append(faults, s.fault(s.file.Name, "package %s is not on the import map: add it to importMap in internal/house with what it may know", s.dir()))
			continue
		}
		for _, spec := range s.file.Imports {
			if fault := importFault(s, spec, may); fault != "" {
				faults = append(faults, fault)
			}
		}
	}
	return faults
}

func importFault(s *source, spec *ast.ImportSpec, may arrows) string {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return s.fault(spec, "%v", err)
	}
	local, ours := strings.CutPrefix(name, module+"/")
	first, _, _ := strings.Cut(name, "/")
	switch {
	case name == "C":
		return s.fault(spec, "%s may not import C: herdlab builds without cgo", s.dir())
	case ours && s.isTest():
		if strings.HasPrefix(local, "cmd/") && local != s.dir() {
			return s.fault(spec, "tests of %s may not import %s: a command is tested in its own directory", s.dir(), local)
		}
	case ours:
		if !slices.ContainsFunc(may.packages, func(p string) bool { ok, _ := path.Match(p, local); return ok }) {
			return s.fault(spec, "%s may not import %s: of this module it may know %s", s.dir(), local, list(may.packages))
		}
	case strings.Contains(first, "."): // the standard library has no dot
		allowed := may.modules
		if s.isTest() {
			allowed = slices.Concat(allowed, testModules())
		}
		if !slices.ContainsFunc(allowed, func(m string) bool { return name == m || strings.HasPrefix(name, m+"/") }) {
			return s.fault(spec, "%s may not import %s: of other modules it may know %s", s.dir(), name, list(allowed))
		}
	}
	return ""
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func TestImports(t *testing.T) { gate(importFaults).holds(t) }

func TestImportsGate(t *testing.T) {
	gate(importFaults).says(t, []broken{
		{"strategies know no simulator", "strategies/a.go", "package strategies\n\nimport (\n\t\"time\"\n\t\"github.com/herdlab/herdlab/internal/sim\"\n)",
			[]string{"strategies/a.go:5: strategies may not import internal/sim: of this module it may know strategies/clock, internal/tag, internal/sieve, internal/striped"}},
		{"the clock is a leaf", "strategies/clock/a.go", `package clock; import "github.com/herdlab/herdlab/strategies"`,
			[]string{"strategies/clock/a.go:1: strategies/clock may not import strategies: of this module it may know none"}},
		{"lab knows neither clock's maker", "internal/lab/a.go", `package lab; import ("github.com/herdlab/herdlab/internal/live"; "github.com/herdlab/herdlab/internal/sim")`,
			[]string{"internal/lab/a.go:1: internal/lab may not import internal/live:", "internal/lab/a.go:1: internal/lab may not import internal/sim:"}},
		{"an alias is no way round", "workloads/a.go", `package workloads; import _ "github.com/herdlab/herdlab/strategies"`,
			[]string{"workloads/a.go:1: workloads may not import strategies: of this module it may know workloads/trace,"}},
		{"modules are listed one by one", "internal/sim/a.go", `package sim; import "gonum.org/v1/gonum/stat"`,
			[]string{"internal/sim/a.go:1: internal/sim may not import gonum.org/v1/gonum/stat: of other modules it may know none"}},
		{"plot is not gonum", "workloads/a.go", `package workloads; import "gonum.org/v1/plot"`,
			[]string{"workloads/a.go:1: workloads may not import gonum.org/v1/plot: of other modules it may know gonum.org/v1/gonum"}},
		{"a new package is put on the map", "internal/utils/a.go", `package utils`,
			[]string{"internal/utils/a.go:1: package internal/utils is not on the import map"}},
		{"no cgo", "internal/live/a.go", `package live; import "C"`,
			[]string{"internal/live/a.go:1: internal/live may not import C"}},
		{"tests know no command", "reports/a_test.go", `package reports; import "github.com/herdlab/herdlab/cmd/simulate"`,
			[]string{"reports/a_test.go:1: tests of reports may not import cmd/simulate"}},
		{"tests have a list too", "reports/charts/a_test.go", `package charts; import "github.com/stretchr/testify/assert"`,
			[]string{"reports/charts/a_test.go:1: reports/charts may not import github.com/stretchr/testify/assert: of other modules it may know gonum.org/v1/plot,"}},
		{"what is allowed passes", "internal/live/a.go", `package live; import ("net/http"; "github.com/herdlab/herdlab/strategies/stores/redis"; "github.com/tsenart/vegeta/v12/lib")`, nil},
		{"tests may know more", "strategies/a_test.go", `package strategies_test; import ("testing"; "github.com/herdlab/herdlab/internal/sim"; "pgregory.net/rapid")`, nil},
	})
}

// What is imported in production needs the standard library alone, down to the last
// package of this module that it knows: a user's build is to gain nothing by it.
func TestProductionNeedsTheStandardLibraryAlone(t *testing.T) {
	rules := importMap()
	seen := make(map[string]bool)
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		if modules := rules[name].modules; modules != nil {
			t.Errorf("%s, which strategies know, may import %s", name, list(modules))
		}
		for _, other := range rules[name].packages {
			visit(other)
		}
	}
	for _, name := range []string{"strategies", "strategies/publish", "strategies/wire", "strategies/clock", "strategies/pagekey", "strategies/cached"} {
		visit(name)
	}
	if !seen["internal/tag"] || seen["internal/published"] {
		t.Errorf("strategies know %v", slices.Sorted(maps.Keys(seen)))
	}
}

// The map itself has no circle, and names no package that it does not list.
func TestImportMapIsOrdered(t *testing.T) {
	rules := importMap()
	level := make(map[string]int) // 1 while being looked at, 2 after
	var visit func(name string)
	visit = func(name string) {
		if level[name] == 1 {
			t.Fatalf("%s may know itself, by way of others", name)
		}
		if level[name] == 2 {
			return
		}
		level[name] = 1
		for _, pattern := range rules[name].packages {
			known := false
			for _, other := range slices.Sorted(maps.Keys(rules)) {
				if ok, err := path.Match(pattern, other); err != nil {
					t.Fatal(err)
				} else if ok {
					known = true
					visit(other)
				}
			}
			if !known {
				t.Errorf("%s may know %s, which is not on the map", name, pattern)
			}
		}
		level[name] = 2
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		visit(name)
	}
}
