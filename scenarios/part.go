package scenarios

import (
	"fmt"
	"reflect"
)

// part reads what a variant is in its story.
func (d *decoder) part(n *node, e *Entry) {
	own := &node{kind: mappingNode, at: e.at}
	for _, f := range n.fields {
		if f.key == "role" || f.key == "why" {
			own.fields = append(own.fields, f)
		}
	}
	d.decode(own, reflect.ValueOf(&e.Part).Elem(), fmt.Sprintf("variant %q", e.Name))
}

// noPart refuses a part in a story that is told by variants, and returns what else
// there is.
func (d *decoder) noPart(n *node) *node {
	rest := *n
	rest.fields = nil
	for _, f := range n.fields {
		if f.key == "role" || f.key == "why" {
			d.errs.add(f.at.errorf("%q is of a strategy that plays a part in a story: write variants in place of strategies, or remove it", f.key))
			continue
		}
		rest.fields = append(rest.fields, f)
	}
	return &rest
}
