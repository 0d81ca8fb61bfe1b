//go:build !race

package reports_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/herdlab/herdlab/internal/lab"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/sim"
	"github.com/herdlab/herdlab/reports"
	"github.com/herdlab/herdlab/scenarios"
)

type object = map[string]any

// schemaMaker makes the schema of results.json from its Go types.
type schemaMaker struct {
	t       *testing.T
	strict  bool              // it knows every field there is
	comment map[string]string // of File, and of File.Schema
	defs    object
}

func newSchema(t *testing.T, strict bool) []byte {
	t.Helper()
	m := schemaMaker{t: t, strict: strict, comment: comments(t), defs: object{}}
	schema := m.structure(reflect.TypeFor[metrics.File]())
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = "results.json of herdlab"
	schema["properties"].(object)["schema"].(object)["const"] = metrics.Schema
	schema["$defs"] = m.defs
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(schema); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// of is the schema of a type, where it may be null too.
func (m schemaMaker) of(t reflect.Type, nullable bool) object {
	orNull := func(kind string) any {
		if nullable {
			return []string{kind, "null"}
		}
		return kind
	}
	switch t {
	case reflect.TypeFor[metrics.Floats]():
		return object{"type": "array", "items": object{"type": []string{"number", "null"}}}
	case reflect.TypeFor[metrics.Outcome]():
		var names []string
		for o := range metrics.Outcome(metrics.NumOutcomes) {
			names = append(names, o.String())
		}
		return object{"type": "string", "enum": names}
	case reflect.TypeFor[metrics.Outcomes]():
		counts := object{}
		for o := range metrics.Outcome(metrics.NumOutcomes) {
			counts[o.String()] = object{"type": "integer", "minimum": 0}
		}
		return object{"type": "object", "properties": counts, "additionalProperties": false}
	}
	if t.Implements(reflect.TypeFor[json.Marshaler]()) {
		m.t.Fatalf("%v writes itself: say here what it writes", t)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return m.of(t.Elem(), nullable)
	case reflect.String:
		return object{"type": orNull("string")}
	case reflect.Bool:
		return object{"type": orNull("boolean")}
	case reflect.Float64:
		return object{"type": orNull("number")}
	case reflect.Int, reflect.Int64:
		return object{"type": orNull("integer")}
	case reflect.Uint64:
		return object{"type": orNull("integer"), "minimum": 0}
	case reflect.Slice: // Go writes a nil one as null
		return object{"type": orNull("array"), "items": m.of(t.Elem(), false)}
	case reflect.Map:
		return object{"type": orNull("object"), "additionalProperties": m.of(t.Elem(), false)}
	case reflect.Struct:
		if _, made := m.defs[t.Name()]; !made {
			m.defs[t.Name()] = object{} // a type may hold itself
			m.defs[t.Name()] = m.structure(t)
		}
		ref := object{"$ref": "#/$defs/" + t.Name()}
		if nullable {
			return object{"anyOf": []any{ref, object{"type": "null"}}}
		}
		return ref
	}
	m.t.Fatalf("there is a %v in the results: say here what it is to a schema", t)
	return nil
}

// structure is the schema of a struct.
func (m schemaMaker) structure(t reflect.Type) object {
	properties, required := object{}, []string{}
	m.addFields(t, properties, &required)
	o := object{"type": "object", "properties": properties, "required": required}
	if text := m.comment[t.Name()]; text != "" {
		o["description"] = text
	}
	if m.strict {
		o["additionalProperties"] = false
	}
	return o
}

// addFields adds the fields of a struct, and of those that it embeds.
func (m schemaMaker) addFields(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			m.addFields(f.Type, properties, required)
			continue
		case name == "-":
			continue
		}
		optional := strings.Contains(options, "omitempty")
		nullable := !optional && slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, f.Type.Kind())
		field := m.of(f.Type, nullable)
		if text := m.comment[t.Name()+"."+f.Name]; text != "" {
			field["description"] = text
		}
		properties[name] = field
		if !optional {
			*required = append(*required, name)
		}
	}
}

// comments are those of the types of internal/metrics and of their fields.
func comments(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../internal/metrics/*.go")
	if err != nil {
		t.Fatal(err)
	}
	list := make(map[string]string)
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok {
				addComments(list, d)
			}
		}
	}
	return list
}

func addComments(list map[string]string, d *ast.GenDecl) {
	text := func(groups ...*ast.CommentGroup) string {
		for _, g := range groups {
			if g != nil {
				return strings.Join(strings.Fields(g.Text()), " ")
			}
		}
		return ""
	}
	for _, spec := range d.Specs {
		named, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		list[named.Name.Name] = text(named.Doc, d.Doc)
		structure, ok := named.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range structure.Fields.List {
			for _, name := range f.Names {
				list[named.Name.Name+"."+name.Name] = text(f.Doc, f.Comment)
			}
		}
	}
}

// compiled is a schema ready to be used.
func compiled(t *testing.T, text []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("results.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// The published schema is that of the types.
func TestResultsSchema(t *testing.T) {
	const path = "results.schema.json"
	made := newSchema(t, false)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, made, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(string(reports.ResultsSchema()), string(made)); diff != "" {
		t.Errorf("differs from %s (rewrite with -update):\n%s", path, diff)
	}
	compiled(t, made)
}

// Every result is as the schema says: all goldens, the samples of the tests, and what the
// quick set comes to.
func TestResultsAreOfTheSchema(t *testing.T) {
	texts := map[string][]byte{}
	paths, err := filepath.Glob("testdata/results*.json")
	if err != nil || len(paths) < 2 {
		t.Fatalf("goldens %v, %v", paths, err)
	}
	for _, path := range paths {
		if texts[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	files := maps.Clone(metricstest.Variants())
	for _, sc := range scenarios.Catalogue() {
		if !sc.Quick {
			continue
		}
		sc.Seeds = 1
		file, err := lab.Execute(sc, lab.Options{Clock: func() lab.Clock { return sim.New() }, ClockName: "virtual", Tool: &metrics.Tool{Version: "v1.2.3"}})
		if err != nil {
			t.Fatal(err)
		}
		files["quick "+sc.Name] = file
	}
	for name, file := range files {
		var text bytes.Buffer
		if err := reports.JSON(&text, file); err != nil {
			t.Fatal(err)
		}
		texts[name] = text.Bytes()
	}
	schema := compiled(t, newSchema(t, true))
	for name, text := range texts {
		file, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is no result is refused.
func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t, reports.ResultsSchema())
	text, err := os.ReadFile("testdata/results.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"another schema":      {`"schema": 2`, `"schema": 1`},
		"a misspelt field":    {`"scenario": `, `"scenaro": `},
		"a word for a number": {`"requests": 1000`, `"requests": "1000"`},
		"an unknown outcome":  {`"fresh_hit": `, `"fresh": `},
	} {
		changed := bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(changed, text) {
			t.Fatalf("%s: there is no %s", name, change[0])
		}
		file, err := jsonschema.UnmarshalJSON(bytes.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(file) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
