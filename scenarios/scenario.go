package scenarios

import (
	"path"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/units"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/workloads"
)

// Scenario is one scenario file, checked.
type Scenario struct {
	// File is the path the scenario was read from; for one of the catalogue it
	// is the name of the embedded file.
	File string `yaml:"-"`

	// Shipped is set on a scenario of the catalogue.
	Shipped bool `yaml:"-"`

	Name     string        `yaml:"name" doc:"what reports call it; the file's name by default"`
	About    string        `yaml:"about" doc:"one sentence: what happens here"`
	Source   string        `yaml:"source" doc:"where the story and its numbers come from"`
	Quick    bool          `yaml:"quick" doc:"part of the quick set, which is run when no scenario is named"`
	Duration time.Duration `yaml:"duration" required:"true" min:"1ms" max:"400d" doc:"how long requests keep arriving"`
	Seed     uint64        `yaml:"seed" default:"1" doc:"the first seed; all randomness comes from it"`
	Seeds    int           `yaml:"seeds" default:"1" min:"1" max:"1000" doc:"how many times every strategy runs, each with the next seed"`
	Window   time.Duration `yaml:"window" min:"1ms" doc:"length of one step of the figures over time; by default about a two-hundredth of the duration"`

	Warm int `yaml:"warm" default:"0" min:"0" max:"10000000" doc:"how many keys are loaded before the requests begin, the most popular first; only warm_computes and warm_time count them"`

	Idle time.Duration `yaml:"idle" default:"0s" min:"0s" max:"400d" doc:"pause without requests between the warm-up and the first request; time counts from its end"`

	Fleet    world.FleetConfig  `yaml:"fleet" doc:"everything behind the clients"`
	Workload []workloads.Class  `yaml:"workload" required:"true" doc:"the classes of requests that arrive"`
	Client   world.ClientConfig `yaml:"client" doc:"the program that sends the requests"`
	Faults   Faults             `yaml:"faults" doc:"what goes wrong, and when"`
	Phases   Phases             `yaml:"phases" doc:"named parts of the run, for expectations; time outside them counts only in the run as a whole"`

	Strategies Strategies   `yaml:"strategies" required:"true" or:"variants" doc:"the strategies to compare: a mapping from label to settings, run in this order"`
	Variants   Variants     `yaml:"variants" doc:"the strategies of a story, each with its role; written instead of strategies"`
	Expect     Expectations `yaml:"expect" doc:"what must be true of the results: a list of expressions over their figures"`

	Real *Real `yaml:"real" doc:"how loadtest runs the scenario on real parts"`

	Incident `yaml:",inline"`
}

// Given is what a command line calls the scenario: the path of its file, as it
// was written there, or its name in the catalogue.
func (s *Scenario) Given() string {
	if s.Shipped {
		return strings.TrimSuffix(path.Base(s.File), ".yaml")
	}
	return s.File
}

// Strategies are the entries of a file, in its order.
type Strategies []Entry

var _ settings.Value = (*Strategies)(nil)

// DecodeSetting reads label -> settings.
func (s *Strategies) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	*s = readEntries(d, n, "strategies", "with")
}

// SettingSchema refers to the definitions of [Schema].
func (s *Strategies) SettingSchema() settings.Object {
	return settings.Object{"$ref": "#/$defs/strategies"}
}

// Entry is one strategy to run.
type Entry struct {
	Name   string   // the label: the kind unless the file says use
	Kind   string   // the catalogue's name of the strategy
	Config any      // pointer to the kind's config, such as *strategies.NaiveConfig
	Over   *Entry   // the strategy beneath a two-level one, else nil
	With   []string // overrides of the scenario for this strategy only, as path=value
	Line   int      // in the file; 0 in an override

	Part // of a variant; empty in a plain strategy

	at   settings.Place
	node *settings.Node
	with []settings.Override
	view *view
}

// view is the part of a scenario that an entry's With can change.
type view struct {
	root     *settings.Node
	fleet    world.FleetConfig
	workload []workloads.Class
	client   world.ClientConfig
	faults   Faults
	warm     int
	idle     time.Duration
}

// For returns the scenario as the entry sees it: with its overrides applied,
// which [Load] has checked. Everything else is shared with s.
func (s *Scenario) For(e Entry) (*Scenario, error) {
	if len(e.With) == 0 {
		return s, nil
	}
	if e.view == nil {
		return nil, errNotLoaded(e.Name)
	}
	c := *s
	c.Fleet, c.Workload, c.Client, c.Faults = e.view.fleet, e.view.workload, e.view.client, e.view.faults
	c.Warm, c.Idle = e.view.warm, e.view.idle
	return &c, nil
}

// steps are the widths of a window that read well on an axis.
func steps() []time.Duration {
	const ms, s, m, h = time.Millisecond, time.Second, time.Minute, time.Hour
	return []time.Duration{
		1 * ms, 2 * ms, 5 * ms, 10 * ms, 20 * ms, 50 * ms, 100 * ms, 200 * ms, 500 * ms, 1 * s, 2 * s, 5 * s, 10 * s, 15 * s, 30 * s,
		1 * m, 2 * m, 5 * m, 10 * m, 15 * m, 30 * m, 1 * h, 2 * h, 3 * h, 6 * h, 12 * h, units.Day, 2 * units.Day,
	}
}

// window is the step that a scenario without one of its own gets: the finest
// that makes no more than 200 windows.
func window(duration time.Duration) time.Duration {
	list := steps()
	for _, step := range list {
		if step >= duration/200 {
			return step
		}
	}
	return list[len(list)-1]
}
