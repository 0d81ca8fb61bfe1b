package metrics

import (
	"cmp"
	"fmt"
	"strings"
)

// Schema is the version of results.json. Of 1, latencies were of all requests, failures
// among the answers.
const Schema = 2

// File is results.json: what one command made of one scenario. Durations are
// in milliseconds, ratios run from 0 to 1, and what did not happen is null.
type File struct {
	Schema   int    `json:"schema"` // [Schema]
	Scenario string `json:"scenario"`
	About    string `json:"about"`
	Source   string `json:"source,omitempty"`
	Incident
	File  string `json:"file"`  // the scenario's path as it was given, or its name in the catalogue
	Clock string `json:"clock"` // "virtual" or "wall"

	// Command makes this file again.
	Command string `json:"command"`

	// Tool is the program that made this file; nil where it is not known.
	Tool *Tool `json:"tool,omitempty"`

	// Settings are what the runs were made under; nil in results of versions that did not
	// say.
	Settings *Settings `json:"settings,omitempty"`

	DurationMS float64 `json:"duration_ms"`
	WindowMS   float64 `json:"window_ms"` // width of one step of every Series

	// Classes names the classes of requests in the order of the scenario.
	Classes []ClassInfo `json:"classes"`
	Faults  []FaultMark `json:"faults"`
	Phases  []PhaseMark `json:"phases"`

	// Notes are what a reader has to know of the model before the figures, as that its
	// pages cost no CPU.
	Notes []string `json:"notes"`

	// Runs holds every strategy for every seed: the strategies in the order of
	// the scenario, and the seeds of each in ascending order.
	Runs []*Run `json:"runs"`

	Budget   []Limit   `json:"budget"`   // what a strategy must keep to be ranked
	Verdicts []Verdict `json:"verdicts"` // in the order of the strategies

	Expectations []Expectation `json:"expectations"`

	// Foretold are the figures of a program that is not the lab's, beside those that a
	// strategy of the scenario has in virtual time. Nil where nothing was compared.
	Foretold []Foretold `json:"foretold,omitempty"`

	Interrupted bool `json:"interrupted"` // Ctrl-C, or a run that could not be carried out: some runs are missing

	// Void says why the figures mean nothing, as a load that could not be held;
	// empty means that they do.
	Void string `json:"void,omitempty"`
}

// Tool is a build of a command. The same build makes the same file of the same scenario.
type Tool struct {
	Version  string `json:"version"`            // of the module, with the commit if it is no release; "(devel)" and a hash of the program where that is not known
	Commit   string `json:"commit,omitempty"`   // that it was built from; empty where it was built without version control
	Modified bool   `json:"modified,omitempty"` // it has changes that are in no commit
}

// String is the build as a reader is told of it.
func (t *Tool) String() string {
	if t == nil {
		return "herdlab"
	}
	text := "herdlab " + t.Version
	if short := t.Commit[:min(12, len(t.Commit))]; !strings.Contains(t.Version, short) { // no release is named by its commit
		text += " (commit " + short + ")"
	}
	return text
}

// ClassInfo is a class of requests. A bystander never touches the cache and
// counts in no figure but its own.
type ClassInfo struct {
	Name      string `json:"name"`
	Bystander bool   `json:"bystander"`

	PastCache bool `json:"-"` // its reads go past the cache, and so count in no hit ratio
}

// FaultMark is a fault on the timeline. One that is over in an instant has UntilMS nil;
// one that outlasts the run ends with it.
type FaultMark struct {
	Label   string   `json:"label"`
	AtMS    float64  `json:"at_ms"`
	UntilMS *float64 `json:"until_ms"`

	Strategies []string `json:"strategies,omitempty"` // that alone have it; nil is all
}

// Mark is something that no fault says: a box that tries a lost node again, copies that
// end together.
type Mark struct {
	AtMS  float64 `json:"at_ms"`
	Label string  `json:"label"`
}

// PhaseMark is a named part of the run. Phases may overlap, and need not cover it.
type PhaseMark struct {
	Name   string  `json:"name"`
	FromMS float64 `json:"from_ms"`
	ToMS   float64 `json:"to_ms"`
	WarmUp bool    `json:"warm_up"` // counts in no figure
}

// Expectation is one line of the scenario's expect list, checked. It holds, or does
// not, of the medians over the seeds: an outlier of one seed breaks none.
type Expectation struct {
	Text   string `json:"text"`
	Line   int    `json:"line"`          // in the file; 0 in an override
	Set    string `json:"set,omitempty"` // the override it is from, as "--set expect"
	Holds  bool   `json:"holds"`
	Reason string `json:"reason,omitempty"` // the values found

	Because string `json:"because,omitempty"` // where the figure comes from
	World   string `json:"world,omitempty"`   // where it is to hold: modelled, real or both
}

// Failure is for a log or a terminal, where the place leads to the line in an editor. It
// says in one sentence where an expectation of the scenario in file
// stands and why it does not hold.
func (x *Expectation) Failure(file string) string {
	return fmt.Sprintf("%s: expected %s, but %s", x.Place(file), x.Text, x.Reason)
}

// Place is where an expectation of the scenario in file stands: file:line, or the override
// it is from.
func (x *Expectation) Place(file string) string {
	return cmp.Or(x.Set, fmt.Sprintf("%s:%d", file, x.Line))
}

// Foretold is one figure as it was measured on the wall clock, and as the simulator has it.
type Foretold struct {
	Strategy  string   `json:"strategy"`  // that was simulated
	Figure    string   `json:"figure"`    // as an expectation names it, with its unit
	Measured  *float64 `json:"measured"`  // a median over the seeds, as the others; null without a value
	Simulated *float64 `json:"simulated"` // likewise
	Low       *float64 `json:"low"`       // of all simulations, from caches that are a little faster or slower
	High      *float64 `json:"high"`
	Tolerance string   `json:"tolerance"` // in words
	Within    bool     `json:"within"`
	Void      bool     `json:"void,omitempty"` // outside, and the machine was not free: it says nothing of the program
}

// Incident is the story that a scenario tells, in the words of its file. What a
// file does not say is empty. Results carry it, so that a report can be made of them
// on a machine that has no scenarios.
type Incident struct {
	Theme        string   `json:"theme,omitempty"`
	Story        string   `json:"story,omitempty"`
	Topology     string   `json:"topology,omitempty"`
	Trigger      string   `json:"trigger,omitempty"`
	Look         string   `json:"look,omitempty"`         // what to look for
	Unreproduced []string `json:"unreproduced,omitempty"` // figures of the source, each with the reason
}

// The roles of a variant in its story. A strategy that is none has no role. Every fix,
// wrong or right, is told by what it changed from the first that was before.
const (
	Before = "before" // the system as it was
	Wrong  = "wrong"  // a tempting fix that does not help
	After  = "after"  // a fix that helps
)

// Part is what a variant is in its story.
type Part struct {
	Role string `json:"role,omitempty"`
	Why  string `json:"why,omitempty"`
}
