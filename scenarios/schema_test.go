package scenarios_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/herdlab/herdlab/scenarios"
)

// TestSchemaFile keeps the committed schema and reference in step with the tags.
func TestSchemaFile(t *testing.T) {
	schema, err := scenarios.Schema()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "scenario.schema.json", string(schema))
	reference, err := scenarios.Reference()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/scenario.md", string(reference))
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := scenarios.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("scenario.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// instance is a YAML text as a JSON Schema sees it.
func instance(text []byte) (any, error) {
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
}

func TestSchemaAcceptsWhatLoads(t *testing.T) {
	schema := compiled(t)
	paths, err := filepath.Glob("*.yaml")
	if err != nil || len(paths) < 4 {
		t.Fatalf("%d scenarios, %v", len(paths), err)
	}
	stories, err := filepath.Glob("incidents/*.yaml")
	if err != nil || len(stories) == 0 {
		t.Fatalf("%d incidents, %v", len(stories), err)
	}
	paths = append(paths, stories...)
	texts := map[string]string{"small": small, "with expectations": strings.Replace(withExpect, "EXPRESSION", "naive.p99 < 1s", 1), "everything": everything, "a story": told}
	for name, text := range texts {
		if _, err := scenarios.Read("x.yaml", []byte(text), nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, path := range paths { // which load: TestCatalogue
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	for name, text := range texts {
		doc, err := instance([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaRefuses runs the bad files against the schema. The golden file
// lists those it cannot refuse, because they take more than one field to see
// or are not about the file's shape.
func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var accepted strings.Builder
	refused := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := instance(text)
		if err == nil {
			err = schema.Validate(doc)
		}
		if err != nil {
			refused++
			continue
		}
		fmt.Fprintln(&accepted, strings.TrimSuffix(filepath.Base(path), ".yaml"))
	}
	if refused < 60 {
		t.Errorf("the schema refuses %d bad files only", refused)
	}
	golden(t, "testdata/schema-accepts.txt", accepted.String())
}

// everything uses the forms that a file can have, one after the other.
const everything = `
name: everything
about: |
  Two lines
  of text.
duration: 1h30m
seed: 7
seeds: 3
window: 0.5s
fleet:
  boxes: 2
  cpu: 0
  balancer: {policy: least-busy, check: 5s, max_cpu: 90%, timeouts: 3, eject_for: 2m}
  cache: {nodes: 3, bandwidth: 1Gbit/s, memory: 64MiB, eviction: none}
  origin: {latency: {values: [1ms, 2ms, 1.5s]}, errors: 0.01, degrade: 150%}
workload:
  - {class: page, rate: 1200/min, keys: {count: 10, zipf: 1.01}, size: 10KB, writes: 5%}
  - {class: other, rate: 0.5/s}
client: {timeout: 3s, retries: 2, backoff: exponential, base: 1ms, cap: 1s, budget: 0.1}
faults:
  - {at: 5s, kind: flush, all: true}
  - {at: 0, for: 1m, kind: node-flap, node: 2, every: 10s}
  - {at: 1m, for: 1m, kind: slow-origin, factor: 2.5}
  - {at: 2m, for: 1m, kind: origin-errors, errors: 50%}
  - {at: 3m, kind: box-crash, box: 1}
  - {at: 4m, kind: readmit, share: 0, hold: 10s, for: 5m}
  - {at: 10m, kind: readmit, for: 5m}
phases:
  fill: 0s..30s warm-up
  main: {from: 30s, to: 10m}
  end: {from: 10m, to: 20m, warm_up: true}
strategies:
  naive:
  mutex: {}
  patient one: {use: mutex, losers: wait, with: {fleet.boxes: 3, client.timeout: 10s}}
  two-level: {over: swr}
  both: {use: two-level, over: {swr: {fresh: 5s}}}
  publish: {workers: 2}
expect: ["main.patient_one.p99 < 1s"]
`

func TestExplain(t *testing.T) {
	s, err := scenarios.Read("everything.yaml", []byte(everything), nil)
	if err != nil {
		t.Fatal(err)
	}
	for file, all := range map[string]bool{"testdata/explain.txt": false, "testdata/explain-all.txt": true} {
		var b strings.Builder
		if err := scenarios.Explain(&b, s, all); err != nil {
			t.Fatal(err)
		}
		golden(t, file, b.String())
	}
}
