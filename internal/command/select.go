package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/scenarios"
)

// Selection is the part of a command line that chooses what to run.
type Selection struct {
	Strategy []string `placeholder:"NAME" help:"Only these strategies of the scenario."`
	Seed     *uint64  `help:"First seed. Default: the scenario's own."`
	Seeds    *int     `help:"Number of seeds. Figures are medians over them, with a confidence interval; 6 tell strategies from noise, and take 6 times as long as 1. Default: the scenario's own, which is 6 in the quick set, or 1."`
	Set      []string `placeholder:"KEY=VALUE" sep:"none" help:"Change a setting, e.g. fleet.workers=50 or workload.page.rate=100/s."`
}

// OpenModelled opens a scenario without the expectations that hold for real alone.
func OpenModelled(name string, set []string) (*scenarios.Scenario, error) {
	sc, err := scenarios.Open(name, set)
	if err == nil {
		sc.Expect = slices.DeleteFunc(sc.Expect, func(x *scenarios.Expectation) bool { return x.World == "real" })
	}
	return sc, err
}

// Load opens every scenario named, with [OpenModelled] or [scenarios.OpenReal], changed by
// set and as the selection says.
func (r Selection) Load(open func(string, []string) (*scenarios.Scenario, error), names, set []string) ([]*scenarios.Scenario, error) {
	var scs []*scenarios.Scenario
	for _, name := range names {
		sc, err := open(name, set)
		if err != nil {
			return nil, err
		}
		if err := r.applyTo(sc); err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(scs, func(s *scenarios.Scenario) bool { return s.Name == sc.Name }); i >= 0 {
			if scs[i].Shipped == sc.Shipped && scs[i].File == sc.File {
				return nil, fmt.Errorf("%s is named twice: name it once; for several runs of it, give --seeds", name)
			}
			return nil, fmt.Errorf("two scenarios are called %s (%s and %s): their reports would share a folder; rename one", sc.Name, scs[i].Given(), sc.Given())
		}
		scs = append(scs, sc)
	}
	return scs, nil
}

// applyTo applies --strategy, --seed and --seeds.
func (r Selection) applyTo(sc *scenarios.Scenario) error {
	if r.Seed != nil {
		sc.Seed = *r.Seed
	}
	if r.Seeds != nil {
		if *r.Seeds < 1 {
			return fmt.Errorf("--seeds %d: give 1 or more", *r.Seeds)
		}
		sc.Seeds = *r.Seeds
	}
	if len(r.Strategy) == 0 {
		return nil
	}
	for _, want := range r.Strategy {
		if !slices.ContainsFunc(sc.Strategies, func(e scenarios.Entry) bool { return e.Name == want }) {
			return UnknownStrategy("--strategy", sc, want)
		}
	}
	left := func(name string) bool { return !slices.Contains(r.Strategy, name) }
	sc.Strategies = slices.DeleteFunc(slices.Clone(sc.Strategies), func(e scenarios.Entry) bool { return left(e.Name) })
	sc.Expect = slices.DeleteFunc(sc.Expect, func(x *scenarios.Expectation) bool { return slices.ContainsFunc(x.Strategies(), left) })
	return nil
}

// UnknownStrategy is the error of a flag that names a strategy which the scenario has not.
func UnknownStrategy(flag string, sc *scenarios.Scenario, want string) error {
	var names []string
	for _, e := range sc.Strategies {
		names = append(names, e.Name)
	}
	hint := ""
	if near := spelling.Suggest(want, names); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("%s: scenario %s has no %q%s (it has %s)", flag, sc.Name, want, hint, strings.Join(names, ", "))
}

// Command is what a user can type to make the result of a scenario again:
// program and verb, the scenario, the selection, and what else was given.
func (r Selection) Command(program string, sc *scenarios.Scenario, more ...string) string {
	words := []string{program, Quote(sc.Given()), fmt.Sprintf("--seed %d", sc.Seed)}
	if sc.Seeds > 1 || r.Seeds != nil {
		words = append(words, fmt.Sprintf("--seeds %d", sc.Seeds))
	}
	for _, s := range r.Strategy {
		words = append(words, "--strategy "+Quote(s))
	}
	for _, s := range r.Set {
		words = append(words, "--set "+Quote(s))
	}
	return strings.Join(append(words, more...), " ")
}

// Quote makes one shell word of s.
func Quote(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$&;|<>(){}[]*?!#~`") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
