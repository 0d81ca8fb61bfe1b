package scenarios

import (
	"reflect"
	"strings"
	"time"
)

// phases reads name -> {from, to, warm_up}, or name -> 0s..30s, which may be
// followed by the word warm-up.
func (d *decoder) phases(n *node, list *[]Phase) {
	if n.kind != mappingNode {
		d.errs.add(n.at.errorf("phases is %s here: write a mapping such as {warm: 0s..30s}", n.kind))
		return
	}
	for _, f := range n.fields {
		d.checkName("phase", f.key, f.at)
		p := Phase{Name: f.key}
		if f.value.kind == scalarNode {
			p.From, p.To, p.WarmUp = d.span(f.value)
		} else {
			d.decode(f.value, reflect.ValueOf(&p).Elem(), "phase \""+f.key+"\"")
		}
		*list = append(*list, p)
	}
}

// span reads from..to.
func (d *decoder) span(n *node) (from, to time.Duration, warmUp bool) {
	text, mark, marked := strings.Cut(strings.TrimSpace(n.text), " ")
	mark = strings.TrimSpace(mark)
	if marked && mark != "warm-up" {
		err := d.errs.add(n.at.errorf("after a phase's time only the word warm-up may follow, not %q", mark))
		err.Hint = Suggest(mark, []string{"warm-up"})
		return 0, 0, false
	}
	first, last, ok := strings.Cut(text, "..")
	if !ok {
		d.errs.add(n.at.errorf("a phase is written from..to, such as 30s..60s"))
		return 0, 0, false
	}
	from, err := parseDuration(first)
	if err == nil {
		to, err = parseDuration(last)
	}
	if err != nil {
		d.errs.add(n.at.errorf("%v", err))
	}
	return from, to, marked
}
