package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/herdlab/herdlab/internal/view"
)

// The elements, in the order that the stricter of two schemas asks for: junit-10.xsd of
// Jenkins allows more than JUnit.xsd of Ant, which wants some attributes that the other
// has as optional, and none on testsuites. Neither has a place for the file and the line
// of a case: they are a property, and in the text.
type junitSuites struct {
	XMLName xml.Name   `xml:"testsuites"`
	Suite   junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	ID        int    `xml:"id,attr"`
	Package   string `xml:"package,attr"`
	Name      string `xml:"name,attr"`
	Timestamp string `xml:"timestamp,attr"`
	Hostname  string `xml:"hostname,attr"`
	Tests     int    `xml:"tests,attr"`
	Failures  int    `xml:"failures,attr"`
	Errors    int    `xml:"errors,attr"`
	Skipped   int    `xml:"skipped,attr"`
	Time      string `xml:"time,attr"` // of the traffic, in s of the run's clock

	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Out        string          `xml:"system-out"`
	Err        string          `xml:"system-err"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
	Skipped *junitSkipped `xml:"skipped"`
}

type junitProblem struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

type junitSkipped struct {
	Message string `xml:"message,attr"`
}

// noTime stands where a schema wants a time on the wall clock: equal runs give equal
// files.
const noTime = "1970-01-01T00:00:00"

// JUnit writes the expectations as the XML that CI servers read, valid by the schemas of
// Jenkins (junit-10.xsd) and Ant (JUnit.xsd): the scenario is a suite and an expectation
// a case. Of a scenario without expectations a strategy is a case, skipped where it breaks
// the budget: that is a verdict, and fails no run. A run that was interrupted, or is void,
// has the case "completed", in error. The suite's time is that of its traffic.
func JUnit(w io.Writer, v *view.View) error {
	suite := junitSuite{
		Package: "herdlab", Name: v.Scenario, Timestamp: noTime, Hostname: "localhost", Time: strconv.FormatFloat(v.DurationMS/1000, 'f', -1, 64),
		Properties: []junitProperty{{"version", v.Tool.String()}, {"command", v.Command}, {"clock", v.Clock}, {"file", v.File.File}, {"budget", v.Limits}},
		Err:        strings.Join(v.Warnings, "\n"),
	}
	suite.Cases, suite.Out = junitCases(v)
	for _, c := range suite.Cases {
		suite.Tests++
		switch {
		case c.Failure != nil:
			suite.Failures++
		case c.Error != nil:
			suite.Errors++
		case c.Skipped != nil:
			suite.Skipped++
		}
	}
	out, err := xml.MarshalIndent(junitSuites{Suite: suite}, "", "  ")
	if err != nil {
		return fmt.Errorf("write junit.xml: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+string(out)+"\n")
	return err
}

// junitCases are the cases, and what a log says of them: the verdict, and of every
// expectation its place and the values found.
func junitCases(v *view.View) (list []junitCase, log string) {
	add := func(name string) *junitCase {
		list = append(list, junitCase{Class: v.Scenario, Name: name, Time: "0"})
		return &list[len(list)-1]
	}
	lines := []string{}
	if v.Headline != "" {
		lines = append(lines, v.Headline)
	}
	for _, e := range v.Expectations {
		c, file := add(e.Text), cmp.Or(v.File.File, v.Scenario)
		if e.Holds {
			lines = append(lines, fmt.Sprintf("%s: %s: %s", e.Place(file), e.Text, e.Reason))
			continue
		}
		failure := e.Failure(file)
		lines = append(lines, failure)
		c.Failure = &junitProblem{Message: failure, Type: "expectation", Text: failure + "\nmade again by: " + v.Command}
	}
	switch {
	case v.Interrupted:
		add("completed").Error = &junitProblem{Message: view.Interrupted, Type: "interrupted", Text: view.Interrupted}
	case v.Void != "":
		add("completed").Error = &junitProblem{Message: v.Void, Type: "void", Text: v.Void}
	case len(v.Expectations) == 0 && len(v.Standings) == 0:
		add("completed")
	case len(v.Expectations) == 0:
		for _, s := range v.Standings {
			c := add(s.Name + " keeps the budget")
			if !s.Ranked {
				c.Skipped = &junitSkipped{s.Reason}
			}
		}
	}
	return list, strings.Join(lines, "\n")
}
