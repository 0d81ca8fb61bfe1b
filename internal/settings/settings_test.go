package settings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/units"
)

// plan is of a garden, of which this package knows as little as of anything else.
type plan struct {
	Name   string        `yaml:"name" doc:"what the garden is called"`
	Beds   []bed         `yaml:"beds" required:"true" doc:"what grows where"`
	Season time.Duration `yaml:"season" default:"90d" min:"1d" max:"365d" doc:"how long things grow"`
	Water  water         `yaml:"water" doc:"what it gets"`
	Fence  *fence        `yaml:"fence" doc:"what is around it; none if it is left out"`
	Tools  tools         `yaml:"tools" doc:"by name"`
	Hidden int           `yaml:"-"`
	//lint:ignore U1000 what no file may set is passed over
	notes string
}

type bed struct {
	Plant string        `yaml:"plant" required:"true" doc:"what is sown"`
	Light string        `yaml:"light" default:"sun" enum:"sun,shade" doc:"what it wants"`
	Rows  int           `yaml:"rows" default:"1" min:"1" max:"9" was:"lines" doc:"how many rows"`
	Loss  float64       `yaml:"loss" unit:"share" min:"0" max:"1" doc:"what the snails get"`
	Rest  time.Duration `yaml:"rest" default:"3d" gone:"fallow: write rest: <rest+fallow>" doc:"how long nothing is sown"`
}

type water struct {
	Fixed time.Duration `yaml:"fixed" doc:"between two cans"`
	Flow  float64       `yaml:"flow" unit:"bytes/s" doc:"out of the hose"`
}

type fence struct {
	Height *int `yaml:"height" default:"2" min:"0" doc:"in feet; 0 is a line of stones"`
	Gate   bool `yaml:"gate" doc:"whether there is a way in"`
}

// tools reads itself: its keys are the user's.
type tools []string

func (t *tools) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	for _, f := range n.Fields {
		var tool struct {
			Kind string `yaml:"kind" enum:"spade,rake"`
		}
		d.Struct(f.Value, &tool, "a tool")
		*t = append(*t, f.Key+" the "+tool.Kind)
	}
}

func (t *tools) SettingSchema() settings.Object { return settings.Object{"type": "object"} }

func read(text string, overrides ...string) (*plan, error) {
	var errs settings.Problems
	language := settings.Language{Document: "plan", ItemName: "plant", Example: "season=60d"}
	root := language.Parse("plan.yaml", text, &errs)
	if err := errs.Err(); err != nil {
		return nil, err
	}
	for _, text := range overrides {
		if o, ok := language.ParseOverride(text, &errs); ok {
			o.Apply(root, &errs)
		}
	}
	p := new(plan)
	(&settings.Decoder{Errs: &errs}).Struct(root, p, "a plan")
	return p, errs.Err()
}

const kitchen = `
name: kitchen
beds:
  - {plant: peas, rows: 3, loss: 5%}
  - plant: "mint"
    light: shade
water: 12h
tools: {old: {kind: rake}}
`

func TestDecode(t *testing.T) {
	got, err := read(kitchen, "beds.peas.rows=4", "beds.1.loss=0.25", "fence.gate=true", "tools.new={kind: spade}")
	if err != nil {
		t.Fatal(err)
	}
	want := &plan{
		Name: "kitchen", Season: 90 * 24 * time.Hour, Water: water{Fixed: 12 * time.Hour}, Tools: tools{"old the rake", "new the spade"},
		Beds:  []bed{{"peas", "sun", 4, 0.05, 3 * units.Day}, {"mint", "shade", 1, 0.25, 3 * units.Day}},
		Fence: &fence{Height: new(2), Gate: true},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(plan{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Unset is not zero, and what is not there has no defaults.
func TestUnsetIsNotZero(t *testing.T) {
	p, err := read(kitchen, "fence.height=0")
	if err != nil || *p.Fence.Height != 0 {
		t.Errorf("an explicit 0 became %v, %v", *p.Fence.Height, err)
	}
	if p, err = read(kitchen, "fence={}"); err != nil || *p.Fence.Height != 2 {
		t.Errorf("left out, it became %v, %v", *p.Fence.Height, err)
	}
	if p, err = read(kitchen); err != nil || p.Fence != nil {
		t.Errorf("no fence became %+v, %v", p.Fence, err)
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "plan.yaml:1:1: a plan is nothing here: write a mapping of name, beds, season, water, fence, tools"},
		{"beds: []\nseasn: 3d\n", `plan.yaml:2:1: a plan has no field "seasn"; did you mean "season"?`},
		{"beds: []\nweather: fair\n", `plan.yaml:2:1: a plan has no field "weather"; it has name, beds, season, water, fence, tools`},
		{"name: x\n", `plan.yaml:1:1: a plan has no "beds": what grows where`},
		{"bed: []\n", `plan.yaml:1:1: a plan has no field "bed"; did you mean "beds"?`},
		{"beds: [{plant: peas, lines: 3}]\n", `plan.yaml:1:22: lines is now called rows: how many rows`},
		{"beds: [{plant: peas, rest: 1d, fallow: 12h}]\n", `plan.yaml:1:32: fallow is gone: write rest: 36h`},
		{"beds: [{plant: peas, fallow: 1d}]\n", `plan.yaml:1:22: fallow is gone: write rest: 4d`},
		{"beds: [{plant: peas, fallow: long}]\n", `plan.yaml:1:22: fallow is gone: write rest: <rest plus fallow>`},
		{"beds: [{plant: peas, rows: 10}]\n", `plan.yaml:1:28: "rows": 10 is too large: it must be at most 9`},
		{"beds: [{plant: peas, rows: '3'}]\n", `plan.yaml:1:28: "rows": "3" is in quotes: write a whole number without them`},
		{"beds: [{plant: 7}]\n", `plan.yaml:1:16: "plant": 7 is not a text for YAML: put it in quotes`},
		{"beds: [{plant: peas, light: sum}]\n", `plan.yaml:1:29: "light": "sum" is not one of sun, shade; did you mean "sun"?`},
		{"beds: [{plant: peas, loss: 200%}]\n", `plan.yaml:1:28: "loss": 200% is too large: it must be at most 100%`},
		{"beds: []\nseason: 3\n", `plan.yaml:2:9: "season": "3" has no unit: write 3s, 3ms, 3m ...`},
		{"beds: []\nseason:\n", `plan.yaml:2:8: "season" has no value: write one or remove it`},
		{"beds: peas\n", `plan.yaml:1:7: "beds" is a value here: write a list`},
		{"beds: []\nwater: {fixed: [1]}\n", `plan.yaml:2:16: "fixed" is a list here: write a duration such as 5s`},
		{"beds: []\ntools: {old: {kind: rke}}\n", `plan.yaml:2:21: "kind": "rke" is not one of spade, rake; did you mean "rake"?`},
		{"beds: []\ntools: {old: {}}\n", `plan.yaml:2:14: a tool has no "kind": write spade or rake`},
		{"beds: []\ntools: {old: rake}\n", `plan.yaml:2:14: a tool is a value here: write a mapping of kind`},
		{"beds: []\nbeds: []\n", `plan.yaml:2:1: "beds" is written twice, first on line 1`},
		{"beds: &a []\n", "plan.yaml:1:7: anchors and aliases are not supported: write the value out"},
		{"beds: []\n---\nbeds: []\n", "plan.yaml:2:1: a second YAML document: a file holds one plan"},
		{"beds:\n\t- x\n", "plan.yaml:2:1: a tab: indent with spaces"},
		{"beds: \x00", "plan.yaml:1:7: a zero byte: this is no text file"},
		{strings.Repeat("[", 40), "plan.yaml:1:33: nested more than 32 deep"},
	} {
		_, err := read(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestOverrideMistakes(t *testing.T) {
	for override, want := range map[string]string{
		"season":            "--set season: column 1: write path=value, such as season=60d",
		"season=":           "--set season=: column 8: no value after the equals sign",
		"fence..gate=true":  "--set fence..gate=true: column 7: a name is missing between the dots",
		"beds.pears.rows=1": `--set beds.pears.rows=1: column 6: the list has no item "pears"; did you mean "peas"?`,
		"beds.7.rows=1":     `--set beds.7.rows=1: column 6: the list has no item "7"; it has peas, mint`,
		"beds.0.rows=ten":   `--set beds.0.rows=ten: column 13: "rows": "ten" is no whole number`,
	} {
		_, err := read(kitchen, override)
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", override, err, want)
		}
	}
}

// All mistakes are found at once, those of the file first and by position, and each
// can show its line.
func TestErrors(t *testing.T) {
	_, err := read("beds: [{plant: peas, rows: 0}]\nseason: 1h\nnaem: x\n", "fence.hight=1")
	var found settings.Errors
	if !errors.As(err, &found) || len(found) != 4 {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{"plan.yaml:1:28", "plan.yaml:2:9", "plan.yaml:3:1", "--set fence.hight=1: column 7"} {
		if !strings.HasPrefix(found[i].Error(), want) {
			t.Errorf("error %d is %v, want %s", i, found[i], want)
		}
	}
	if got, want := found[1].Excerpt(), "   2 | season: 1h\n               ^\n"; got != want {
		t.Errorf("excerpt:\n%s", got)
	}
	var first *settings.Error
	if !errors.As(err, &first) || first.Line != 1 || first.Col != 28 {
		t.Errorf("the first is %+v", first)
	}
}

// TestPlaces finds what a path names, and where that is.
func TestPlaces(t *testing.T) {
	var errs settings.Problems
	root := settings.Language{Document: "plan", ItemName: "plant"}.Parse("plan.yaml", kitchen, &errs)
	if n := root.Find("beds.mint.light"); n == nil || n.Text != "shade" || n.At.Line != 6 {
		t.Errorf("found %+v", n)
	}
	if n := root.Find("beds.mint.height"); n != nil {
		t.Errorf("found %+v", n)
	}
	for path, line := range map[string]int{"beds.0": 4, "beds.peas.loss": 4, "beds.mint.height": 5, "water": 7, "nothing": 2} {
		if got := root.Place(path).Line; got != line {
			t.Errorf("%s is on line %d, want %d", path, got, line)
		}
	}
	if got, want := root.Get("tools").String(), "{old: {kind: rake}}"; got != want {
		t.Errorf("written %s, want %s", got, want)
	}
	copied := root.Clone()
	root.Find("beds.peas").Fields[0].Value.Text = "beans"
	if copied.Find("beds.peas") == nil {
		t.Error("the copy has changed with the tree")
	}
}

// TestSchema holds that the schema accepts what is decoded and refuses what the tags
// forbid.
func TestSchema(t *testing.T) {
	text, err := json.Marshal(settings.StructSchema(reflect.TypeFor[plan]()))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("plan.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	for text, ok := range map[string]bool{
		`{"beds": [{"plant": "peas", "rows": 3, "loss": "5%"}], "water": "12h", "season": "60d"}`: true,
		`{"beds": [{"plant": "peas"}], "water": {"flow": "1MB/s"}, "fence": {"height": 0}}`:       true,
		`{"name": "x"}`: false,
		`{"beds": []}`:  false,
		`{"beds": [{"plant": "peas", "rows": 10}]}`:     false,
		`{"beds": [{"plant": "peas", "light": "sum"}]}`: false,
		`{"beds": [{"plant": "peas"}], "season": 60}`:   false,
		`{"beds": [{"plant": "peas"}], "weather": 1}`:   false,
	} {
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDocument(t *testing.T) {
	page := settings.Document("##", "The plan", reflect.TypeFor[plan]())
	for _, want := range []string{
		"\n## The plan\n", "\n### beds\n", "\n### fence\n", "| `season` | how long things grow (duration) | `90d` |\n",
		"| `light` | what it wants: `sun`, `shade` | `sun` |\n", "| `plant` | what is sown | required |\n", "| `gate` | whether there is a way in | `false` |\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in\n%s", want, page)
		}
	}
	if strings.Contains(page, "### tools") {
		t.Error("what reads itself has a table")
	}
}

// FuzzParse holds that no text makes the parser panic, and that what it refuses has
// its place.
func FuzzParse(f *testing.F) {
	for _, text := range []string{kitchen, "", "a: {b: [c", "- - - -", "? x\n: y", "a: !!str b", "<<: {a: b}", "a: |\n  b", "\xff"} {
		f.Add(text, "beds.peas.rows=4")
	}
	f.Fuzz(func(t *testing.T, text, override string) {
		_, err := read(text, override)
		var found settings.Errors
		if err == nil {
			return
		}
		if !errors.As(err, &found) || len(found) == 0 || len(found) > 10 {
			t.Fatalf("want Errors, got %T %v", err, err)
		}
		for _, e := range found {
			if e.Line < 1 || e.Col < 1 || e.Excerpt() == "" || e.Msg == "" {
				t.Fatalf("no place: %#v", e)
			}
		}
	})
}
