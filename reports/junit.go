package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/herdlab/herdlab/internal/view"
)

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	junitTotals
	Suite junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	junitTotals
	Cases []junitCase `xml:"testcase"`
	Out   string      `xml:"system-out,omitempty"`
}

// junitTotals are what the file and its one suite have alike.
type junitTotals struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
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
func JUnit(w io.Writer, v *view.View) error {
	suite := junitSuite{junitTotals: junitTotals{Name: v.Scenario}, Out: strings.Join(v.Warnings, "\n")}
	for _, e := range v.Expectations {
		c := junitCase{Class: v.Scenario, Name: e.Text}
		if !e.Holds {
			failure := e.Failure(cmp.Or(v.File.File, v.Scenario))
			c.Failure = &junitProblem{Message: failure, Type: "expectation", Text: failure + "\nmade again by: " + v.Command}
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if v.Interrupted || v.Void != "" || len(v.Expectations) == 0 {
		c := junitCase{Class: v.Scenario, Name: "completed"}
		switch {
		case v.Interrupted:
			c.Error = &junitProblem{Message: view.Interrupted, Type: "interrupted", Text: view.Interrupted}
			suite.Errors++
		case v.Void != "":
			c.Error = &junitProblem{Message: v.Void, Type: "void", Text: v.Void}
			suite.Errors++
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	all := junitSuites{junitTotals: suite.junitTotals, Suite: suite}
	all.Name = "herdlab"
	out, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("write junit.xml: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	return err
}
