package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// parse reads the one YAML document of text. The offset is how many characters
// precede text on its first line in src.
func parse(src *source, text string, offset int, errs *problems) *node {
	p := &yamlParser{src: src, offset: offset, errs: errs}
	if err := unreadable(src, text, offset); err != nil {
		errs.add(err)
		return nil
	}
	file, err := parseYAML(text)
	if err != nil {
		errs.add(p.syntax(err))
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case doc.Body.Type() == ast.DirectiveType:
			errs.add(p.at(doc.Body.GetToken()).errorf("a YAML directive: remove it"))
			return nil
		case body != nil:
			start := doc.Body.GetToken()
			if doc.Start != nil {
				start = doc.Start
			}
			errs.add(p.at(start).errorf("a second YAML document: a file holds one scenario"))
			return nil
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return &node{at: place{src, 1, 1 + offset}}
	}
	return p.node(body, 0)
}

// parseYAML makes an error of a parser that panics: the text is the user's and
// the parser is not ours.
func parseYAML(text string) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	return parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
}

// yamlParser turns the syntax tree of go-yaml into nodes.
type yamlParser struct {
	src    *source
	offset int
	errs   *problems
}

func (p *yamlParser) syntax(err error) *Error {
	var syntax yaml.Error
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		return place{p.src, 1, 1}.errorf("not YAML: %v", err)
	}
	at, msg := p.at(syntax.GetToken()), syntax.GetMessage()
	if strings.HasPrefix(msg, "found character '\t'") {
		return at.errorf("a tab: indent with spaces")
	}
	return at.errorf("not YAML: %s", strings.ReplaceAll(msg, "\n", " "))
}

func (p *yamlParser) at(t *token.Token) place {
	at := place{src: p.src, line: 1, col: 1}
	if t != nil && t.Position != nil {
		at.line, at.col = t.Position.Line, t.Position.Column
	}
	if at.line == 1 {
		at.col += p.offset
	}
	return at.clamp()
}

func (p *yamlParser) node(n ast.Node, depth int) *node {
	if n == nil {
		return &node{at: place{p.src, 1, 1}}
	}
	at := p.at(n.GetToken())
	if depth > maxDepth {
		p.errs.add(at.errorf("nested more than %d deep", maxDepth))
		return &node{at: at}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return p.mapping(n, depth)
	case *ast.MappingValueNode:
		return p.mapping(&ast.MappingNode{Start: n.Start, Values: []*ast.MappingValueNode{n}}, depth)
	case *ast.SequenceNode:
		list := &node{kind: listNode, at: at}
		for _, item := range n.Values {
			list.items = append(list.items, p.node(item, depth+1))
		}
		return list
	case *ast.NullNode:
		return &node{at: at}
	case *ast.LiteralNode:
		return &node{kind: scalarNode, at: at, text: n.Value.Value, quoted: true}
	case *ast.StringNode:
		quoted := n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
		return &node{kind: scalarNode, at: at, text: n.Value, quoted: quoted}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &node{kind: scalarNode, at: at, text: n.GetToken().Value, typed: true}
	case *ast.AnchorNode, *ast.AliasNode:
		p.errs.add(at.errorf("anchors and aliases are not supported: write the value out"))
	case *ast.TagNode:
		p.errs.add(at.errorf("YAML tags are not supported: write the bare value"))
	default:
		p.errs.add(at.errorf("%s is not supported here", strings.ToLower(n.Type().String())))
	}
	return &node{at: at}
}

func (p *yamlParser) mapping(n *ast.MappingNode, depth int) *node {
	m := &node{kind: mappingNode, at: p.at(n.Start)}
	seen := map[string]place{}
	for i, v := range n.Values {
		at := p.at(v.Key.GetToken())
		if i == 0 && !n.IsFlowStyle {
			m.at = at
		}
		key, ok := v.Key.(*ast.StringNode)
		text := ""
		switch k := v.Key.(type) {
		case *ast.MergeKeyNode:
			p.errs.add(at.errorf("merge keys are not supported: write the fields out"))
			continue
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
			text = k.GetToken().Value
		default:
			if !ok {
				p.errs.add(at.errorf("a key must be a plain word"))
				continue
			}
			text = key.Value
		}
		if first, twice := seen[text]; twice {
			p.errs.add(at.errorf("%q is written twice, first on line %d", text, first.line))
			continue
		}
		seen[text] = at
		m.fields = append(m.fields, &field{key: text, at: at, value: p.node(v.Value, depth+1)})
	}
	return m
}
