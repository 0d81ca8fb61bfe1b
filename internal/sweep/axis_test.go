package sweep

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAxis(t *testing.T) {
	for _, test := range []struct{ text, paths, values string }{
		{"fleet.workers=10,20,50", "fleet.workers", "10 20 50"},
		{"client.timeout = 1s , 5s", "client.timeout", "1s 5s"},
		{"a.ttl,b.ttl=1m,5m", "a.ttl b.ttl", "1m 5m"},
		{"fleet.workers=10..50/5", "fleet.workers", "10 20 30 40 50"},
		{"fleet.workers=1..10/3", "fleet.workers", "1 6 10"}, // counts stay whole
		{"wait=1s..30s/5", "wait", "1s 8.25s 15.5s 22.8s 30s"},
		{"wait=1s..30s*2", "wait", "1s 2s 4s 8s 16s 30s"}, // with the end
		{"wait=500ms..2s/4", "wait", "500ms 1s 1.5s 2s"},
		{"rate=10/s..50/s/3", "rate", "10/s 30/s 50/s"},
		{"share=0.1..0.3/3", "share", "0.1 0.2 0.3"},
		{"share=10%..30%/3", "share", "10% 20% 30%"},
		{"rate=1000/s..1001/s/3", "rate", "1000/s 1000.5/s 1001/s"},
		{"memory=1MB..4MB*2", "memory", "1MB 2MB 4MB"},
		{"wait=0s,1s..4s*2,1m", "wait", "0s 1s 2s 4s 1m"},
		{`expect=[a,b],{c: 1, d: 2},"e,f"`, "expect", `[a,b] {c: 1, d: 2} "e,f"`},
	} {
		a, err := ParseAxis(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if got := strings.Join(a.Paths, " "); got != test.paths {
			t.Errorf("%s: paths %s, want %s", test.text, got, test.paths)
		}
		if got := strings.Join(a.Values, " "); got != test.values {
			t.Errorf("%s: values %s, want %s", test.text, got, test.values)
		}
	}
}

// A range of many counts has as many of them.
func TestLongRange(t *testing.T) {
	a, err := ParseAxis("fleet.workers=10..1009/1000")
	if err != nil || len(a.Values) != 1000 || a.Values[995] != "1005" {
		t.Errorf("%v: %d values, one %s", err, len(a.Values), a.Values[995])
	}
}

func TestParseAxisSaysWhatToWrite(t *testing.T) {
	for text, want := range map[string]string{
		"fleet.workers":        "write path=value,value",
		"=1,2":                 "a path is missing",
		"a,a=1,2":              "a stands twice",
		"a=":                   "a value is missing",
		"a=1,,2":               "a value is missing",
		"a=1s":                 "write several, or --set a=1s",
		"a=1s,1000ms":          "1000ms is twice among the values of a, first as 1s",
		"a=[1,2":               "is not closed: ] is missing",
		"a=1s..30s":            "half a range",
		"a=30s..1s/5":          "lower end first",
		"a=1s..5/5":            `"1s" and "5" cannot be the two ends`,
		"a=1s..5x/5":           `"5x" is no number`,
		"a=1s..5s/1":           "2 to 1000 values",
		"a=1..5*1":             "must be above 1",
		"a=0..5*2":             "no factor leads away from 0",
		"a=1..99999*1.0000001": "2 to 1000 values",
	} {
		if _, err := ParseAxis(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string][]float64{
		"a=0,1s,1500ms": {0, 1000, 1500},
		"a=1KB,1MB":     {1e3, 1e6},
		"a=1s,2":        nil,
		"a=fast,slow":   nil,
	} {
		a, err := ParseAxis(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := a.Numbers(); ok != (want != nil) || ok && !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", text, got, ok, want)
		}
	}
}

// The settings of one strategy concern no other.
func TestConcerns(t *testing.T) {
	for _, test := range []struct {
		path, strategy string
		want           bool
	}{
		{"fleet.workers", "naive", true},
		{"strategies.mutex.wait", "mutex", true},
		{"strategies.mutex.wait", "naive", false},
		{"variants.before.ttl", "after", false},
		{"strategies.mutex.ttl,strategies.naive.ttl", "naive", true},
	} {
		a := Axis{Paths: strings.Split(test.path, ",")}
		if got := a.Concerns(test.strategy); got != test.want {
			t.Errorf("%s concerns %s: %v", test.path, test.strategy, got)
		}
	}
}

// What is printed of an axis reads as the same axis.
func TestAxisRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Axis{
			Paths:  rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,5}(\.[a-z]{1,5}){0,2}`), 1, 3, rapid.ID).Draw(t, "paths"),
			Values: rapid.SliceOfNDistinct(rapid.StringMatching(`[1-9][0-9]{0,3}(ms|s)|[a-z]{2,8}|\[[a-z,]{0,5}\]`), 2, 6, rapid.ID).Draw(t, "values"),
		}
		text := a.Name() + "=" + strings.Join(a.Values, ",")
		again, err := ParseAxis(text)
		if err != nil {
			if strings.Contains(err.Error(), "is twice") { // 1000ms and 1s
				t.Skip()
			}
			t.Fatalf("%s: %v", text, err)
		}
		if !slices.Equal(a.Paths, again.Paths) || !slices.Equal(a.Values, again.Values) {
			t.Fatalf("%s became %+v", text, again)
		}
	})
}

// No text crashes the parser, and what it takes is an axis: paths, and values that
// differ.
func FuzzParseAxis(f *testing.F) {
	for _, text := range []string{"a=1,2", "a,b=1s..30s/5", "a=1..99*2", `a="x,y",[1,{2}]`, "a=1..2..3/4", "=", "a=..", "a=1e9..2e9/3", "a=0.1..0.9/9"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseAxis(text)
		if err != nil {
			return
		}
		if len(a.Paths) == 0 || len(a.Values) < 2 || len(a.Values) > mostValues {
			t.Fatalf("%q: %d paths, %d values", text, len(a.Paths), len(a.Values))
		}
		for i, v := range a.Values {
			if v == "" || slices.Contains(a.Values[:i], v) {
				t.Fatalf("%q: value %q is empty or twice", text, v)
			}
		}
	})
}
