package advise

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/figures"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/scenarios"
)

// Incident is what happens to every candidate.
type Incident struct {
	Name string
	Doc  string // what happens, in a few words

	faults string   // in place of the scenario's; "" leaves those
	set    []string // overrides
}

// incidents are what is tried beside the scenario as it is: what every system that lives
// for a year has seen. $at, $for and $half are times of the run.
func incidents() []Incident {
	return []Incident{
		{Name: "as it is", Doc: "the scenario with its own faults"},
		{Name: "flush", Doc: "every cache node forgets everything", faults: "{kind: flush, at: $at}"},
		{Name: "node loss", Doc: "a cache node is gone for a fifth of the run", faults: "{kind: node-loss, node: 0, at: $at, for: $for}"},
		{Name: "deploy", Doc: "a release changes the version of all keys", faults: "{kind: deploy, at: $at}"},
		{Name: "slow origin", Doc: "a load takes five times as long for a fifth of the run", faults: "{kind: slow-origin, at: $at, for: $for, factor: 5}"},
		{Name: "failing origin", Doc: "every second load fails for a fifth of the run", faults: "{kind: origin-errors, at: $at, for: $for, errors: 50%}"},
	}
}

// body is a scenario's text, cut at its top-level fields.
type body struct {
	path   string
	fields []field
}

// field is a top-level field with its lines, and with the comments before it.
type field struct{ name, text string }

// cut cuts a text. Of a file that is one mapping in braces it finds no field.
func cut(path, text string) body {
	b := body{path: path}
	var begun strings.Builder // lines that belong to the next field
	for line := range strings.Lines(text) {
		name, _, found := strings.Cut(line, ":")
		switch top := found && name != "" && !strings.ContainsAny(name[:1], " \t#-{}[]\"'"); {
		case top:
			b.fields = append(b.fields, field{name, begun.String() + line})
			begun.Reset()
		case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" || len(b.fields) == 0:
			begun.WriteString(line)
		default: // a line of the field before, and what seemed to belong to the next
			last := &b.fields[len(b.fields)-1]
			last.text += begun.String() + line
			begun.Reset()
		}
	}
	return b
}

// with is the text with other strategies, and with faults in place of its own if there are some.
func (b body) with(faults, strategies string) string {
	var text strings.Builder
	for _, f := range b.fields {
		switch f.name {
		case "strategies", "variants", "expect", "real", "quick", "seeds", "theme", "story", "topology", "trigger", "look", "unreproduced":
			continue // of the catalogue, or of strategies that are no more
		case "faults":
			if faults != "" {
				continue
			}
		}
		text.WriteString(f.text)
		if !strings.HasSuffix(f.text, "\n") {
			text.WriteByte('\n')
		}
	}
	if faults != "" {
		fmt.Fprintf(&text, "faults:\n  - %s\n", faults)
	}
	fmt.Fprintf(&text, "strategies:\n%s", strategies)
	return text.String()
}

// New prepares a search for what a command line names, with overrides as --set takes
// them. What is wrong with the scenario comes back as [scenarios.Errors].
func New(arg string, overrides []string) (*Search, error) {
	sc, err := scenarios.Open(arg, overrides)
	if err != nil {
		return nil, err
	}
	text, err := scenarios.Text(arg)
	if err != nil {
		return nil, err
	}
	s := &Search{Name: sc.Name, seed: sc.Seed, text: cut(sc.File, string(text)), figures: figures.All(), overrides: slices.DeleteFunc(slices.Clone(overrides), ofStrategies)}
	if len(s.text.fields) == 0 {
		return nil, fmt.Errorf("%s: its fields have to begin lines of their own, for its strategies are replaced: write it without braces around all", arg)
	}
	for _, class := range sc.Workload {
		s.classes = append(s.classes, class.Class)
	}
	s.Budget, s.lives = sc.Budget, lives(sc.Duration)
	if err := s.choose(sc); err != nil {
		return nil, err
	}
	return s, s.plan(sc)
}

// choose keeps the candidates that the scenario can have: leases need a cache that hands
// some out, and files keep what nobody publishes.
func (s *Search) choose(sc *scenarios.Scenario) error {
	var first error
	for _, c := range candidates(s.lives, waitOf(sc)) {
		_, err := s.read(Incident{}, []Candidate{c})
		if err == nil {
			s.Candidates = append(s.Candidates, c)
			continue
		}
		s.Unfit = append(s.Unfit, c.Name+": "+reason(err))
		if first == nil {
			first = err
		}
	}
	if len(s.Candidates) == 0 {
		return fmt.Errorf("no strategy can be tried on %s: %w", s.Name, first)
	}
	return nil
}

// waitOf is how long who does not load waits: longer than loads take, and less than the
// client does.
func waitOf(sc *scenarios.Scenario) time.Duration {
	wait := 5 * time.Second
	if t := sc.Client.Timeout; t > 0 {
		wait = min(wait, t*9/10)
	}
	return max(wait.Round(10*time.Millisecond), 10*time.Millisecond)
}

// plan reads the trials: of every incident the scenario with all candidates.
func (s *Search) plan(sc *scenarios.Scenario) error {
	at, takes := units.FormatDuration((sc.Duration * 2 / 5).Round(time.Millisecond)), units.FormatDuration((sc.Duration / 5).Round(time.Millisecond))
	times := strings.NewReplacer("$at", at, "$for", takes)
	for _, incident := range incidents() {
		incident.faults = times.Replace(incident.faults)
		trial, err := s.read(incident, s.Candidates)
		if err != nil {
			if incident.faults == "" {
				return err
			}
			s.Skipped = append(s.Skipped, incident.Name+": "+reason(err))
			continue
		}
		s.Incidents, s.trials = append(s.Incidents, incident), append(s.trials, trial)
	}
	return nil
}

// reason is the first mistake, without its place: the file is one that nobody wrote.
func reason(err error) string {
	var list scenarios.Errors
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Msg
	}
	return err.Error()
}

// read is the scenario with candidates, and with what happens to it.
func (s *Search) read(what Incident, list []Candidate) (*scenarios.Scenario, error) {
	return scenarios.Read(s.text.path, []byte(s.text.with(what.faults, entries(list))), slices.Concat(s.overrides, what.set))
}

// ofStrategies reports whether an override is of a part that a search does not have.
func ofStrategies(override string) bool {
	path, _, _ := strings.Cut(override, "=")
	top, _, _ := strings.Cut(path, ".")
	return slices.Contains([]string{"strategies", "variants", "expect", "real", "seeds"}, top)
}

func entries(list []Candidate) string {
	var text strings.Builder
	for _, c := range list {
		fmt.Fprintf(&text, "  %s: %s\n", c.Name, c.Settings)
	}
	return text.String()
}
