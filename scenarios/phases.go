package scenarios

import (
	"reflect"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// Phase is a named part of the run.
type Phase struct {
	Name   string        `yaml:"-"`
	From   time.Duration `yaml:"from" min:"0s" doc:"when the phase begins, from the start of the run"`
	To     time.Duration `yaml:"to" required:"true" min:"1ns" doc:"when it ends"`
	WarmUp bool          `yaml:"warm_up" doc:"excluded from all figures"`
}

// Phases are the named parts of a run, in the order of the file.
type Phases []Phase

var _ settings.Value = (*Phases)(nil)

// DecodeSetting reads name -> {from, to, warm_up}, or name -> 0s..30s, which may
// be followed by the word warm-up.
func (p *Phases) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "phases is %s here: write a mapping such as {warm: 0s..30s}", n.Kind)
		return
	}
	for _, f := range n.Fields {
		checkName(d.Errs, "phase", f.Key, f.At)
		phase := Phase{Name: f.Key}
		if f.Value.Kind == settings.Scalar {
			phase.readSpan(f.Value, d.Errs)
		} else {
			d.Struct(f.Value, &phase, "phase \""+f.Key+"\"")
		}
		*p = append(*p, phase)
	}
}

// SettingSchema is that of both forms of a phase.
func (p *Phases) SettingSchema() settings.Object {
	text := settings.Object{
		"type": "string", "pattern": "^" + settings.DurationPattern + `\.\.` + settings.DurationPattern + "( +warm-up)?$",
	}
	mapping := settings.StructSchema(reflect.TypeFor[Phase]())
	return settings.Object{"type": "object", "additionalProperties": settings.Object{"anyOf": []any{text, mapping}}}
}

// readSpan reads from..to, which the word warm-up may follow.
func (p *Phase) readSpan(n *settings.Node, errs *settings.Problems) {
	text, mark, marked := strings.Cut(strings.TrimSpace(n.Text), " ")
	mark = strings.TrimSpace(mark)
	if marked && mark != "warm-up" {
		errs.Addf(n.At, "after a phase's time only the word warm-up may follow, not %q", mark).Hint = spelling.Suggest(mark, []string{"warm-up"})
		return
	}
	first, last, ok := strings.Cut(text, "..")
	if !ok {
		errs.Addf(n.At, "a phase is written from..to, such as 30s..60s")
		return
	}
	from, err := units.ParseDuration(first)
	if err == nil {
		p.To, err = units.ParseDuration(last)
	}
	if err != nil {
		errs.Addf(n.At, "%v", err)
	}
	p.From, p.WarmUp = from, marked
}
