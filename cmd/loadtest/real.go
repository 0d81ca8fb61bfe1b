package main

import (
	"cmp"
	"fmt"
	"os"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live/tier"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/scenarios"
)

// real says what a run is made of besides its scenario.
type real struct {
	Cache     string `placeholder:"KIND" help:"embedded, redis, memcached or file: started and stopped by this command. Or a server of your own: redis://..., rediss://..., memcached://... Default: the scenario's real.cache (redis if it names none); embedded if the scenario has no real."`
	Origin    string `default:"modelled" placeholder:"KIND" help:"modelled, sqlite, sqlite:PATH, postgres://... or http://... (validate takes the first three)."`
	Generator string `default:"inside" enum:"inside,process" help:"Where requests are sent from: inside this process, or from a process of its own (${enum})."`
}

func (r real) check() error {
	if r.Cache != "" {
		if err := oneOf("--cache", r.Cache, tier.Kinds(), cacheSchemes()); err != nil {
			return err
		}
	}
	return checkOrigin(r.Origin)
}

// of is r with the cache that a scenario is run on where none was given.
func (r real) of(sc *scenarios.Scenario) real {
	if r.Cache == "" && sc.Real != nil {
		r.Cache = sc.Real.Cache
	}
	r.Cache = cmp.Or(r.Cache, embedded)
	return r
}

// short is the scenario of a command line that names none.
const short = "smoke"

// load reads the scenarios named, or the short one, and refuses those that the cache
// cannot run.
func (r real) load(from command.Selection, names []string) ([]*scenarios.Scenario, error) {
	if len(names) == 0 {
		names = []string{short}
	}
	scs, err := from.Load(scenarios.OpenReal, names, from.Set)
	if err != nil {
		return nil, err
	}
	return scs, r.suits(scs)
}

// suits refuses a cache on which one of the strategies could not be run.
func (r real) suits(scs []*scenarios.Scenario) error {
	for _, sc := range scs {
		for _, e := range sc.Strategies {
			seen, err := sc.For(e)
			if err == nil {
				err = tier.Suits(r.of(sc).Cache, seen.Fleet, seen.Faults)
			}
			if err != nil {
				return fmt.Errorf("%s, %s: %w", sc.Name, e.Name, err)
			}
		}
	}
	return nil
}

// embedded is the cache that is this process.
const embedded = "embedded"

// flags make the same again, without passwords.
func (r real) flags() []string {
	list := []string{"--cache " + command.Quote(withoutPassword(r.Cache)), "--origin " + command.Quote(withoutPassword(r.Origin))}
	if r.Generator != inside {
		list = append(list, "--generator "+r.Generator)
	}
	return list
}

// settings are what the runs depend on beside their scenario.
func (r real) settings() map[string]string {
	return map[string]string{"real.cache": withoutPassword(r.Cache), "real.origin": withoutPassword(r.Origin), "real.generator": r.Generator}
}

// inside is the generator that is this process.
const inside = "inside"

// generator is the command of the generator that is a process of its own: this
// program, told to be one.
func (r real) generator() ([]string, error) {
	if r.Generator == inside {
		return nil, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("--generator process: %w", err)
	}
	return []string{self, "generate"}, nil
}

// pace is how well a load has to keep to its schedule.
type pace struct {
	Late    time.Duration `default:"10ms" help:"A request is late if it is sent this long after it was due."`
	MaxLate share         `default:"5%" help:"Share of late requests above which a run is void (exit code 3)."`
}

// share is a part of a whole as a flag has it, such as 5%.
type share float64

// UnmarshalText reads it.
func (s *share) UnmarshalText(text []byte) error {
	f, err := units.ParseShare(string(text))
	if err == nil && f > 1 {
		err = fmt.Errorf("%s is more than 100 %%", text)
	}
	*s = share(f)
	return err
}

// flags make the same again, where they are not the default.
func (p pace) flags() (list []string) {
	if p.Late != 10*time.Millisecond {
		list = append(list, "--late "+p.Late.String())
	}
	if p.MaxLate != 0.05 {
		list = append(list, "--max-late "+units.FormatShare(float64(p.MaxLate)))
	}
	return list
}

// void says that a generator was too late for the figures to mean anything.
func (p pace) void(file *metrics.File) error {
	for _, run := range file.Runs {
		g := run.Generator
		if g == nil || g.Scheduled == 0 {
			continue
		}
		if late := share(g.Late+g.Dropped) / share(g.Scheduled); late > p.MaxLate {
			return &command.Exit{Code: command.ExitRun, Err: fmt.Errorf(
				"%s, seed %d is void: the load generator sent %.1f %% of its requests more than %v late (p99 %.1f ms), and %.1f %% are allowed; lower the rates, use a larger machine, or raise --max-late",
				run.Strategy, run.Seed, 100*late, time.Duration(g.LateAfterMS*1e6), g.LatenessMS.P99, 100*p.MaxLate)}
		}
	}
	return nil
}
