package scenarios

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// override is a value to put at a path of the scenario: from --set, or from a
// strategy's with.
type override struct {
	path  []segment
	value *node
}

// segment is one name of a path with its place.
type segment struct {
	name string
	at   place
}

// String writes the override as --set takes it.
func (o override) String() string {
	list := make([]string, len(o.path))
	for i, s := range o.path {
		list[i] = s.name
	}
	return strings.Join(list, ".") + "=" + o.value.flow()
}

// parseOverride reads path=value; the value is YAML.
func parseOverride(text string, errs *problems) (override, bool) {
	src := newSource("--set "+text, text)
	src.set = true
	start := place{src, 1, 1}
	path, value, ok := strings.Cut(text, "=")
	if !ok || path == "" {
		errs.add(start.errorf("write path=value, such as fleet.workers=50"))
		return override{}, false
	}
	o := override{path: splitPath(path, start)}
	for _, s := range o.path {
		if s.name == "" {
			errs.add(s.at.errorf("a name is missing between the dots"))
			return override{}, false
		}
	}
	n := utf8.RuneCountInString(path) + 1
	if strings.TrimSpace(value) == "" {
		errs.add(start.shift(n).errorf("no value after the equals sign"))
		return override{}, false
	}
	before := len(errs.list)
	o.value = parse(src, value, n, errs)
	return o, len(errs.list) == before
}

func splitPath(path string, at place) []segment {
	var list []segment
	for name := range strings.SplitSeq(path, ".") {
		list = append(list, segment{name, at})
		at = at.shift(utf8.RuneCountInString(name) + 1)
	}
	return list
}

// apply puts the value into the tree, making the mappings on the way that are
// not there. Whether the names mean anything is for the decoder to say.
func (o override) apply(root *node, errs *problems) {
	n := root
	for i, s := range o.path {
		last := i == len(o.path)-1
		if n.kind == listNode {
			item := n.item(s.name)
			if item == nil {
				errs.add(noItem(n, s))
				return
			}
			if last {
				*item = *o.value.clone()
			}
			n = item
			continue
		}
		if n.kind != mappingNode { // a bare value, or nothing: what is written here takes its place
			*n = node{kind: mappingNode, at: s.at}
		}
		f := n.field(s)
		if last {
			f.value = o.value.clone()
		}
		n = f.value
	}
}

// field is the field that s names, made if it is not there.
func (n *node) field(s segment) *field {
	for _, f := range n.fields {
		if f.key == s.name {
			return f
		}
	}
	f := &field{key: s.name, at: s.at, value: &node{at: s.at}}
	n.fields = append(n.fields, f)
	return f
}

func noItem(list *node, s segment) *Error {
	var known []string
	for _, it := range list.items {
		if c := it.get("class"); c != nil {
			known = append(known, c.text)
		}
	}
	err := s.at.errorf("the list has no item %q", s.name)
	if err.Hint = Suggest(s.name, known); err.Hint == "" {
		switch {
		case len(known) > 0:
			err.Msg += "; it has " + listed(known)
		case len(list.items) == 0:
			err.Msg += "; it is empty"
		default:
			err.Msg += "; its items are 0 to " + strconv.Itoa(len(list.items)-1)
		}
	}
	return err
}
