package scenarios

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"

	"github.com/herdlab/herdlab/internal/catalog"
)

var namePattern = regexp.MustCompile(`^[\pL\pN_][\pL\pN_+ -]{0,63}$`)

// checkName refuses names that a path, an expectation or a file name could not
// carry.
func (d *decoder) checkName(what, name string, at place) {
	if !namePattern.MatchString(name) {
		d.errs.add(at.errorf("%s %q: a name is up to 64 letters, digits, spaces and the signs _ - +", what, name))
	}
}

// entries reads strategies or variants: label -> settings. More are the fields
// that they have besides the settings of their kind.
func (d *decoder) entries(n *node, list *[]Entry, what string, more ...string) {
	if n.kind != mappingNode {
		d.errs.add(n.at.errorf("%s is %s here: write a mapping such as naive: {ttl: 4h}", what, n.kind))
		return
	}
	for _, f := range n.fields {
		if e := d.entry(f, more, n.fields); e != nil {
			*list = append(*list, *e)
		}
	}
}

// entry reads one strategy, or the one beneath a two-level strategy. Beside are all
// that stand in the same mapping.
func (d *decoder) entry(f *field, more []string, beside []*field) *Entry {
	d.checkName("strategy", f.key, f.at)
	n := f.value
	if n.kind == nullNode { // every setting has its default
		n = &node{kind: mappingNode, at: f.at}
	}
	e := &Entry{Name: f.key, Kind: f.key, at: f.at, node: n}
	if !f.at.src.set {
		e.Line = f.at.line
	}
	at := f.at
	if use := n.get("use"); use != nil {
		e.Kind, at = use.text, use.at
	}
	k, ok := catalog.Find(e.Kind)
	if !ok {
		err := d.errs.add(at.errorf("unknown strategy %q", e.Kind))
		known := catalog.Names()
		if n.get("use") == nil { // an override may have been meant for a label that is there
			known = append(known, labels(beside, f.key)...)
		}
		if err.Hint = Suggest(e.Kind, known); err.Hint == "" {
			err.Msg += "; there are " + listed(catalog.Names()) + ": with a label of your own, write use: and one of them"
		}
		return nil
	}
	if _, isKind := catalog.Find(f.key); isKind && f.key != e.Kind {
		d.errs.add(f.at.errorf("%q is a strategy, and cannot be the label of %s: choose another label", f.key, e.Kind))
	}
	variant := slices.Contains(more, "role")
	if !variant {
		n = d.noPart(n)
	}
	extra := append([]string{"use"}, more...)
	if k.Over {
		extra = append(extra, "over")
	}
	e.Config = k.Config()
	d.decode(n, reflect.ValueOf(e.Config).Elem(), fmt.Sprintf("strategy %q", f.key), extra...)
	if k.Over {
		e.Over = d.over(n, e)
	}
	if variant {
		d.part(n, e)
	}
	if with := n.get("with"); slices.Contains(more, "with") && with != nil {
		e.with = d.overrides(with, "with", "fleet.cache.ring: modulo", "fleet", "workload", "client", "faults", "warm", "idle")
		for _, o := range e.with {
			e.With = append(e.With, o.String())
		}
	}
	return e
}

// labels are the keys of fields, without one of them.
func labels(fields []*field, but string) (list []string) {
	for _, f := range fields {
		if f.key != but {
			list = append(list, f.key)
		}
	}
	return list
}

// over reads the strategy beneath a two-level one: over: {swr: {fresh: 10s}},
// or its bare kind.
func (d *decoder) over(n *node, outer *Entry) *Entry {
	inner := n.get("over")
	f := &field{key: "naive", at: outer.at, value: &node{at: outer.at}}
	switch {
	case inner == nil:
	case inner.kind == scalarNode:
		f = &field{key: inner.text, at: inner.at, value: &node{at: inner.at}}
	case inner.kind == mappingNode && len(inner.fields) == 1:
		f = inner.fields[0]
	default:
		d.errs.add(inner.at.errorf("over takes one strategy, such as over: {swr: {fresh: 10s}}"))
		return nil
	}
	e := d.entry(f, nil, nil)
	if e != nil && e.Kind == outer.Kind {
		d.errs.add(f.at.errorf("%s over %s: one level above the cache is enough", outer.Kind, e.Kind))
		return nil
	}
	return e
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
