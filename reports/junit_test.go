package reports

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/metrics/metricstest"
	"github.com/herdlab/herdlab/internal/view"
)

// The attributes and the elements within, in their order, that junit-10.xsd and Ant's
// JUnit.xsd both accept.
var junitElements = map[string]struct{ attributes, children string }{
	"testsuites":  {"", "(testsuite )*"},
	"testsuite":   {"errors failures hostname id name package skipped tests time timestamp", "properties (testcase )*system-out system-err "},
	"properties":  {"", "(property )*"},
	"property":    {"name value", ""},
	"testcase":    {"classname name time", "((failure|error|skipped) )?"},
	"failure":     {"message type", ""},
	"error":       {"message type", ""},
	"skipped":     {"message", ""},
	"system-out":  {"", ""},
	"system-err":  {"", ""},
	"(the whole)": {"", "testsuites "},
}

func TestJUnitIsValid(t *testing.T) {
	for name, f := range metricstest.Variants() {
		for _, expectations := range [][]metrics.Expectation{f.Expectations, nil} {
			var buf bytes.Buffer
			changed := *f
			changed.Expectations = expectations
			if err := JUnit(&buf, view.New(&changed, figures.All())); err != nil {
				t.Fatal(err)
			}
			checkElement(t, name, xml.NewDecoder(&buf), xml.StartElement{Name: xml.Name{Local: "(the whole)"}})
		}
	}
}

func checkElement(t *testing.T, file string, d *xml.Decoder, e xml.StartElement) {
	t.Helper()
	want, known := junitElements[e.Name.Local]
	if !known {
		t.Errorf("%s: there is an element %s", file, e.Name.Local)
	}
	var attributes []string
	for _, a := range e.Attr {
		attributes = append(attributes, a.Name.Local)
	}
	slices.Sort(attributes)
	if got := strings.Join(attributes, " "); got != want.attributes {
		t.Errorf("%s: %s has the attributes %s, want %s", file, e.Name.Local, got, want.attributes)
	}
	children := ""
	for {
		token, err := d.Token()
		if err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if child, ok := token.(xml.StartElement); ok {
			children += child.Name.Local + " "
			checkElement(t, file, d, child)
			continue
		}
		if _, ends := token.(xml.EndElement); ends || err == io.EOF {
			break
		}
	}
	if !regexp.MustCompile("^" + want.children + "$").MatchString(children) {
		t.Errorf("%s: in %s are %s, want %s", file, e.Name.Local, children, want.children)
	}
}

// A scenario that expects nothing shows what became of its strategies; one that breaks
// the budget fails no run, and so no case.
func TestJUnitWithoutExpectations(t *testing.T) {
	f := metricstest.Tiny()
	f.Expectations = nil
	var buf bytes.Buffer
	if err := JUnit(&buf, view.New(f, figures.All())); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`tests="2" failures="0" errors="0" skipped="1"`, `name="swr keeps the budget" time="0"></testcase>`,
		`<skipped message="failure ratio of bystander 7 %, 0.1 % allowed`, "<system-out>swr keeps the budget: effective p99",
	} {
		if !strings.Contains(buf.String(), want) {
			t.Errorf("there is no %s in\n%s", want, buf.String())
		}
	}
}
