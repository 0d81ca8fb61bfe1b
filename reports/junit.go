package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/view"
)

type junitSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Suite    junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
	Out      string      `xml:"system-out,omitempty"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes the expectations as the XML that CI servers read, in the dialect
// of Jenkins (junit-10.xsd): the scenario is a suite and an expectation a case.
// A scenario without expectations has the one case "completed", which is in
// error if the run was interrupted or is void. Times are left out: virtual time is not
// what these files mean by time.
func JUnit(w io.Writer, f *metrics.File) error {
	suite := junitSuite{Name: f.Scenario, Out: strings.Join(view.Warnings(f), "\n")}
	for _, e := range f.Expectations {
		c := junitCase{Class: f.Scenario, Name: e.Text}
		if !e.Holds {
			failure := e.Failure(cmp.Or(f.File, f.Scenario))
			c.Failure = &junitProblem{Message: failure, Type: "expectation", Text: failure + "\nmade again by: " + f.Command}
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if f.Interrupted || f.Void != "" || len(f.Expectations) == 0 {
		c := junitCase{Class: f.Scenario, Name: "completed"}
		switch {
		case f.Interrupted:
			c.Error = &junitProblem{Message: view.Interrupted, Type: "interrupted", Text: view.Interrupted}
			suite.Errors++
		case f.Void != "":
			c.Error = &junitProblem{Message: f.Void, Type: "void", Text: f.Void}
			suite.Errors++
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	all := junitSuites{Name: "herdlab", Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Suite: suite}
	out, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write junit.xml: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	return err
}
