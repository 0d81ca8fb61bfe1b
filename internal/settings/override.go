package settings

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/spelling"
)

// Override is a value to put at a path of a file: from a command line, or from
// a mapping of paths in the file itself.
type Override struct {
	path  string
	at    Place // of the path
	value *Node
}

// segment is one name of a path with its place.
type segment struct {
	name string
	at   Place
}

// ParseOverride reads path=value as --set takes it; the value is YAML.
func (l Language) ParseOverride(text string, errs *Problems) (Override, bool) {
	src := newSource(l, "--set "+text, text)
	src.Override = true
	start := Place{src, 1, 1}
	path, value, ok := strings.Cut(text, "=")
	if !ok || path == "" {
		errs.Addf(start, "write path=value, such as %s", l.Example)
		return Override{}, false
	}
	for _, s := range splitPath(path, start) {
		if s.name == "" {
			errs.Addf(s.at, "a name is missing between the dots")
			return Override{}, false
		}
	}
	n := utf8.RuneCountInString(path) + 1
	if strings.TrimSpace(value) == "" {
		errs.Addf(start.Shift(n), "no value after the equals sign")
		return Override{}, false
	}
	// The value is a YAML document by itself, whose places are in the override's text.
	before := len(errs.List)
	return Override{path, start, parse(src, value, n, errs)}, len(errs.List) == before
}

func splitPath(path string, at Place) []segment {
	var list []segment
	for name := range strings.SplitSeq(path, ".") {
		list = append(list, segment{name, at})
		at = at.Shift(utf8.RuneCountInString(name) + 1)
	}
	return list
}

// Overrides reads a mapping from path to value. Parts are the first names that a
// path may have.
func (d *Decoder) Overrides(n *Node, what, example string, parts ...string) []Override {
	if n.Kind != Mapping {
		d.Errs.Addf(n.At, "%s is %s here: write a mapping such as {%s}", what, n.Kind, example)
		return nil
	}
	var list []Override
	for _, f := range n.Fields {
		if first, _, _ := strings.Cut(f.Key, "."); !slices.Contains(parts, first) {
			d.Errs.Addf(f.At, "%s can change %s, not %q", what, spelling.And(parts), first).Hint = spelling.Suggest(first, parts)
			continue
		}
		list = append(list, Override{f.Key, f.At, f.Value})
	}
	return list
}

// String writes the override as --set takes it.
func (o Override) String() string { return o.path + "=" + o.value.String() }

// Apply puts the value into the tree, making the mappings on the way that are
// not there. Whether the names mean anything is for the decoder to say.
func (o Override) Apply(root *Node, errs *Problems) {
	n, path := root, splitPath(o.path, o.at)
	for i, s := range path {
		next := n.step(s.name)
		switch {
		case next != nil:
		case n.Kind == List:
			errs.Add(noItem(n, s))
			return
		case i+1 < len(path) && isNumber(path[i+1].name):
			list, _, _ := strings.Cut(o.path, "."+path[i+1].name)
			errs.Addf(s.at, "%s is not there, and so no item %s of it: give the whole list, as in %s=[...]", list, path[i+1].name, list)
			return
		default:
			if n.Kind != Mapping { // a bare value, or nothing: what is written here takes its place
				*n = Node{Kind: Mapping, At: s.at}
			}
			next = &Node{At: s.at}
			n.Fields = append(n.Fields, &Field{Key: s.name, At: s.at, Value: next})
		}
		n = next
	}
	*n = *o.value.Clone() // a copy: one override is applied to several trees
}

func isNumber(name string) bool { return strings.Trim(name, "0123456789") == "" }

func noItem(list *Node, s segment) *Error {
	var known []string
	for _, it := range list.Items {
		if name := it.name(); name != nil {
			known = append(known, name.Text)
		}
	}
	there := "; its items are 0 to " + strconv.Itoa(len(list.Items)-1)
	switch {
	case len(known) > 0:
		there = "; it has " + spelling.List(known)
	case len(list.Items) == 0:
		there = "; it is empty"
	}
	return s.at.errorf("the list has no item %q", s.name).suggest(s.name, known, there)
}
