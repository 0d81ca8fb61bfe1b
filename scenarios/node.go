package scenarios

import (
	"strconv"
	"strings"
)

type nodeKind uint8

const (
	nullNode nodeKind = iota
	scalarNode
	mappingNode
	listNode
)

func (k nodeKind) String() string {
	return [...]string{"nothing", "a value", "a mapping", "a list"}[k]
}

// node is a piece of YAML with its place. Overrides are grafted into a tree of
// nodes, so that every error points at the text that caused it.
type node struct {
	kind   nodeKind
	at     place
	text   string // of a scalar
	quoted bool   // a scalar in quotes or in a block: always a text
	typed  bool   // a scalar that YAML reads as a number or a truth value
	fields []*field
	items  []*node
}

// field is one key of a mapping with its value.
type field struct {
	key   string
	at    place
	value *node
}

// get is the value under key, or nil.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	for _, f := range n.fields {
		if f.key == key {
			return f.value
		}
	}
	return nil
}

// item is the element of a list that a segment of a path names: by its number
// from 0 or by the name in its field class.
func (n *node) item(segment string) *node {
	for _, it := range n.items {
		if c := it.get("class"); c != nil && c.text == segment {
			return it
		}
	}
	if i, err := strconv.Atoi(segment); err == nil && i >= 0 && i < len(n.items) {
		return n.items[i]
	}
	return nil
}

// place finds where a dotted path is written; of a path that is not there, it
// is where the innermost part that is there begins.
func (n *node) place(path string) place {
	at := n.at
	for segment := range strings.SplitSeq(path, ".") {
		var next *node
		if n.kind == listNode {
			next = n.item(segment)
		} else {
			next = n.get(segment)
		}
		if next == nil {
			return at
		}
		n, at = next, next.at
	}
	return at
}

// clone copies the tree; places are shared.
func (n *node) clone() *node {
	if n == nil {
		return nil
	}
	c := *n
	c.fields = make([]*field, len(n.fields))
	for i, f := range n.fields {
		c.fields[i] = &field{key: f.key, at: f.at, value: f.value.clone()}
	}
	c.items = make([]*node, len(n.items))
	for i, it := range n.items {
		c.items[i] = it.clone()
	}
	return &c
}

// flow writes the node on one line, as YAML.
func (n *node) flow() string {
	switch n.kind {
	case mappingNode:
		parts := make([]string, len(n.fields))
		for i, f := range n.fields {
			parts[i] = f.key + ": " + f.value.flow()
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case listNode:
		parts := make([]string, len(n.items))
		for i, it := range n.items {
			parts[i] = it.flow()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case scalarNode:
		if n.quoted {
			return strconv.Quote(n.text)
		}
		return n.text
	}
	return "null"
}
