package reports

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
	"github.com/herdlab/herdlab/reports/charts"
)

func TestJSONRoundTrip(t *testing.T) {
	for _, name := range []string{"tiny", "tiny seeds", "calm", "single", "nothing", "no runs"} {
		f := metricstest.Variants()[name]
		var first, second bytes.Buffer
		if err := JSON(&first, f); err != nil {
			t.Fatal(err)
		}
		read, err := ReadJSON(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		// The series keep four decimals.
		if diff := cmp.Diff(f, read, cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-4), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: not what was written:\n%s", name, diff)
		}
		if err := JSON(&second, read); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: written again it differs", name)
		}
	}
}

func TestJSONKeepsSeriesOnOneLine(t *testing.T) {
	var buf bytes.Buffer
	if err := JSON(&buf, metricstest.Variants()["burst"]); err != nil {
		t.Fatal(err)
	}
	if lines := bytes.Count(buf.Bytes(), []byte("\n")); lines > 3000 {
		t.Errorf("%d lines for 5 runs", lines)
	}
}

func TestReadJSONErrors(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{``, "unexpected end of JSON input"},
		{"{\n  \"schema\": x}", "line 2, column 13"},
		{`{"scenario": "a"}`, `no field "schema"`},
		{`{"schema": 1}`, "schema 1 cannot be read, only schema 2"},
		{"{\"schema\": 2,\n\"runs\": 5}", "line 2, column 9"},
		{`{"schema": 2}`, "duration_ms of the results is 0"},
		{`{"schema": 2, "duration_ms": 1e300, "window_ms": 1}`, "duration_ms of the results is 1e+300"},
		{`{"schema": 2, "duration_ms": 5, "window_ms": -1}`, "window_ms of the results is -1"},
		{`{"schema": 2, "duration_ms": 5, "window_ms": 5, "runs": [{"series": {"requests": [1, 2, 3]}}]}`, "runs[0] of the results has 3 windows"},
		{`{"schema": 2, "duration_ms": 5, "window_ms": 5, "runs": [null]}`, "runs[0] of the results is null"},
		{`{"schema": 2, "runs": [{"outcomes": {"hit": 1}}]}`, `unknown outcome "hit"`},
		{`{"schema": 2} {}`, "after top-level value"},
	} {
		_, err := ReadJSON(strings.NewReader(test.in))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s gives %v, want %q", test.in, err, test.want)
		}
	}
	if _, err := ReadJSON(strings.NewReader(`{"schema": 2, "duration_ms": 5, "window_ms": 5, "added_later": true}`)); err != nil {
		t.Errorf("an unknown field is no error: %v", err)
	}
}

// FuzzJoinLists: the layout changes nothing but blanks.
func FuzzJoinLists(f *testing.F) {
	for _, seed := range []string{`{}`, `[]`, `{"a":[1,2,null],"b":[{}],"c":{"d":[]}}`, `["\"]{","\\"]`, `"x"`, `[[1],[2]]`, `{"a{":"b}"}`, `[1,{"a":[]},[2]]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var compact, indented, again bytes.Buffer
		if json.Compact(&compact, []byte(text)) != nil {
			return
		}
		if err := json.Indent(&indented, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		laidOut := joinLists(indented.Bytes())
		if err := json.Compact(&again, laidOut); err != nil {
			t.Fatalf("%q became %q: %v", compact.String(), laidOut, err)
		}
		if !bytes.Equal(compact.Bytes(), again.Bytes()) {
			t.Fatalf("%q became %q", compact.String(), laidOut)
		}
	})
}

// FuzzReadJSON: no input panics, and what is accepted can be drawn.
func FuzzReadJSON(f *testing.F) {
	var buf bytes.Buffer
	if err := JSON(&buf, metricstest.Tiny()); err != nil {
		f.Fatal(err)
	}
	f.Add(buf.Bytes())
	f.Add([]byte(`{"schema":1,"duration_ms":1,"window_ms":1,"runs":[{"series":{"requests":[1],"p99_ms":[1e300]}}]}`))
	f.Add([]byte(`{"schema":1,"duration_ms":5,"window_ms":4,"runs":[{"strategy":"a","series":{"requests":[1,2],"p99_ms":[null,-1],"failures":{"x":[1]}},"percentiles":[{"share":2,"ms":-1}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := ReadJSON(bytes.NewReader(data))
		if err != nil {
			return
		}
		for _, write := range []func(*bytes.Buffer, *view.View) error{
			func(b *bytes.Buffer, v *view.View) error { return Table(b, v, Screen{Color: true}) },
			func(b *bytes.Buffer, v *view.View) error { return HTML(b, v, charts.New(v)) },
			func(b *bytes.Buffer, v *view.View) error { return Markdown(b, v) },
			func(b *bytes.Buffer, v *view.View) error { return JUnit(b, v) },
			func(b *bytes.Buffer, v *view.View) error { return CSV(b, v) },
		} {
			if err := write(new(bytes.Buffer), view.New(file, figures.All())); err != nil {
				t.Fatal(err)
			}
		}
	})
}
