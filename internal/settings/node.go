package settings

import (
	"slices"
	"strconv"
	"strings"
)

// Kind is what a [Node] is.
type Kind uint8

// The kinds of nodes.
const (
	Null Kind = iota
	Scalar
	Mapping
	List
)

func (k Kind) String() string {
	return [...]string{"nothing", "a value", "a mapping", "a list"}[k]
}

// Node is a piece of YAML with its place. Overrides are grafted into a tree of
// nodes, so that every error points at the text that caused it. A nil node is
// one that is not there, and has nothing in it.
type Node struct {
	Kind   Kind
	At     Place
	Text   string // of a scalar
	Quoted bool   // a scalar in quotes or in a block: always a text
	Typed  bool   // a scalar that YAML reads as a number or a truth value
	Fields []*Field
	Items  []*Node
}

// Field is one key of a mapping with its value.
type Field struct {
	Key   string
	At    Place
	Value *Node
}

// Get is the value under key, or nil.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	if i := slices.IndexFunc(n.Fields, func(f *Field) bool { return f.Key == key }); i >= 0 {
		return n.Fields[i].Value
	}
	return nil
}

// name is what a list's item is called in a path, or nil: the value of the field
// that the language names.
func (n *Node) name() *Node { return n.Get(n.At.Source.language.ItemName) }

// item is the element of a list that a segment of a path names: by its name or
// by its number from 0.
func (n *Node) item(segment string) *Node {
	// Names come first: one may look like a number, and a number does not say more.
	for _, it := range n.Items {
		if name := it.name(); name != nil && name.Text == segment {
			return it
		}
	}
	if i, err := strconv.Atoi(segment); err == nil && i >= 0 && i < len(n.Items) {
		return n.Items[i]
	}
	return nil
}

// step is the node one segment of a path further, or nil.
func (n *Node) step(segment string) *Node {
	if n != nil && n.Kind == List {
		return n.item(segment)
	}
	return n.Get(segment)
}

// Find is the node at a dotted path, or nil.
func (n *Node) Find(path string) *Node {
	for segment := range strings.SplitSeq(path, ".") {
		n = n.step(segment)
	}
	return n
}

// Place finds where a dotted path is written; of a path that is not there, it
// is where the innermost part that is there begins.
func (n *Node) Place(path string) Place {
	at := n.At
	for segment := range strings.SplitSeq(path, ".") {
		next := n.step(segment)
		if next == nil {
			return at
		}
		n, at = next, next.At
	}
	return at
}

// Clone copies the tree; places are shared.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Fields = make([]*Field, len(n.Fields))
	for i, f := range n.Fields {
		c.Fields[i] = &Field{Key: f.Key, At: f.At, Value: f.Value.Clone()}
	}
	c.Items = make([]*Node, len(n.Items))
	for i, it := range n.Items {
		c.Items[i] = it.Clone()
	}
	return &c
}

// Only is the mapping without the fields that keep refuses.
func (n *Node) Only(keep func(f *Field) bool) *Node {
	only := *n
	only.Fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f *Field) bool { return !keep(f) })
	return &only
}

// String writes the node on one line, as YAML.
func (n *Node) String() string {
	switch n.Kind {
	case Mapping:
		parts := make([]string, len(n.Fields))
		for i, f := range n.Fields {
			parts[i] = f.Key + ": " + f.Value.String()
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		parts := make([]string, len(n.Items))
		for i, it := range n.Items {
			parts[i] = it.String()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Scalar:
		if n.Quoted {
			return strconv.Quote(n.Text)
		}
		return n.Text
	}
	return "null"
}
