package scenarios

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/herdlab/herdlab/internal/catalog"
	"github.com/herdlab/herdlab/internal/settings"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/world"
	"github.com/herdlab/herdlab/strategies"
)

// Entry is one strategy to run.
type Entry struct {
	Name   string              // the label: the kind unless the file says use
	Kind   string              // the catalogue's name of the strategy
	Config any                 // pointer to the kind's config, such as *strategies.NaiveConfig
	Over   *Entry              // the strategy beneath a two-level one, else nil
	With   []settings.Override // of the scenario for this strategy only
	Line   int                 // in the file; 0 in an override

	Part // of a variant; empty in a plain strategy

	at   settings.Place
	node *settings.Node
	view view
}

// view is the scenario as an entry sees it, with its overrides, and the tree that it
// is decoded from.
type view struct {
	*Scenario
	root *settings.Node
}

// In is the strategy that the entry has for a named cache: itself, and direct
// for the one that is none.
func (e Entry) In(cache string) Entry {
	if cache != world.NoCache {
		return e
	}
	return Entry{Name: e.Name, Kind: "direct", Config: new(strategies.DirectConfig)}
}

// Labelled is the entry for something else that is run in its place, under a name and a
// kind of its own: the settings of the scenario are those of e.
func (e Entry) Labelled(name, kind string) Entry {
	return Entry{Name: name, Kind: kind, With: e.With, view: e.view}
}

// Choice is the strategy of the entry and those beneath it, as the catalogue builds them.
func (e *Entry) Choice() catalog.Choice {
	c := catalog.Choice{Kind: e.Kind, Config: e.Config}
	if e.Over != nil {
		over := e.Over.Choice()
		c.Over = &over
	}
	return c
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

// Variants are strategies of a scenario that play a part in its story.
type Variants []Entry

var _ settings.Value = (*Variants)(nil)

// DecodeSetting reads label -> settings, with the part that each plays.
func (v *Variants) DecodeSetting(d *settings.Decoder, n *settings.Node) {
	*v = readEntries(d, n, "variants", "with", "role", "why")
}

// SettingSchema refers to the definitions of [Schema].
func (v *Variants) SettingSchema() settings.Object {
	return settings.Object{"$ref": "#/$defs/variants"}
}

// readEntries reads strategies or variants: label -> settings. More are the fields
// that they have besides the settings of their kind.
func readEntries(d *settings.Decoder, n *settings.Node, what string, more ...string) (list []Entry) {
	if n.Kind != settings.Mapping {
		d.Errs.Addf(n.At, "%s is %s here: write a mapping such as naive: {ttl: 4h}", what, n.Kind)
		return nil
	}
	for _, f := range n.Fields {
		if e := readEntry(d, f, more, n.Fields); e != nil {
			list = append(list, *e)
		}
	}
	return list
}

// readEntry reads one strategy, or the one beneath a two-level strategy. Beside are all
// that stand in the same mapping.
func readEntry(d *settings.Decoder, f *settings.Field, more []string, beside []*settings.Field) *Entry {
	checkName(d.Errs, "strategy", f.Key, f.At)
	n := f.Value
	if n.Kind == settings.Null { // every setting has its default
		n = &settings.Node{Kind: settings.Mapping, At: f.At}
	}
	e := &Entry{Name: f.Key, Kind: f.Key, at: f.At, node: n}
	if !f.At.Source.Override {
		e.Line = f.At.Line
	}
	at := f.At
	if use := n.Get("use"); use != nil {
		e.Kind, at = use.Text, use.At
	}
	k, ok := catalog.Find(e.Kind)
	if !ok {
		err := d.Errs.Addf(at, "unknown strategy %q", e.Kind)
		known := catalog.Names()
		if n.Get("use") == nil { // an override may have been meant for a label that is there
			for _, other := range beside {
				if other.Key != f.Key {
					known = append(known, other.Key)
				}
			}
		}
		if err.Hint = spelling.Suggest(e.Kind, known); err.Hint == "" {
			err.Msg += "; there are " + spelling.List(catalog.Names()) + ": with a label of your own, write use: and one of them"
		}
		return nil
	}
	if _, isKind := catalog.Find(f.Key); isKind && f.Key != e.Kind {
		d.Errs.Addf(f.At, "%q is a strategy, and cannot be the label of %s: choose another label", f.Key, e.Kind)
	}
	variant := slices.Contains(more, "role")
	if !variant {
		n = noPart(d.Errs, n)
	}
	extra := append([]string{"use"}, more...)
	if k.Over {
		extra = append(extra, "over")
	}
	e.Config = k.Config()
	d.Struct(n, e.Config, fmt.Sprintf("strategy %q", f.Key), extra...)
	if k.Over {
		e.Over = readOver(d, n, e)
	}
	if variant {
		readPart(d, n, e)
	}
	if with := n.Get("with"); slices.Contains(more, "with") && with != nil {
		e.With = d.Overrides(with, "with", "fleet.cache.ring: modulo", "fleet", "workload", "client", "faults", "warm", "idle")
	}
	return e
}

// readOver reads the strategy beneath a two-level one: over: {swr: {fresh: 10s}},
// or its bare kind.
func readOver(d *settings.Decoder, n *settings.Node, outer *Entry) *Entry {
	inner := n.Get("over")
	f := &settings.Field{Key: "naive", At: outer.at, Value: &settings.Node{At: outer.at}}
	switch {
	case inner == nil:
	case inner.Kind == settings.Scalar:
		f = &settings.Field{Key: inner.Text, At: inner.At, Value: &settings.Node{At: inner.At}}
	case inner.Kind == settings.Mapping && len(inner.Fields) == 1:
		f = inner.Fields[0]
	default:
		d.Errs.Addf(inner.At, "over takes one strategy, such as over: {swr: {fresh: 10s}}")
		return nil
	}
	e := readEntry(d, f, nil, nil)
	if e != nil && e.Kind == outer.Kind {
		d.Errs.Addf(f.At, "%s over %s: one level above the cache is enough", outer.Kind, e.Kind)
		return nil
	}
	return e
}

var namePattern = regexp.MustCompile(`^[\pL\pN_][\pL\pN_+ -]{0,63}$`)

// checkName refuses names that a path, an expectation or a file name could not
// carry.
func checkName(errs *settings.Problems, what, name string, at settings.Place) {
	if !namePattern.MatchString(name) {
		errs.Addf(at, "%s %q: a name is up to 64 letters, digits, spaces and the signs _ - +", what, name)
	}
}
