package settings

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A person writes neither so much nor so deep. Beyond it go-yaml takes minutes, or
// the stack: a fuzzer found both.
const (
	maxSize  = 128 << 10 // bytes of a file
	maxDepth = 32        // of nesting
)

// Language is what one sort of file adds to YAML.
type Language struct {
	Document string // what a file holds, for messages: "scenario"
	ItemName string // the field whose value names an item of a list in a path
	Example  string // an override, for messages
}

// Parse reads the one YAML document of a file: a tree, or nil with what is wrong
// added to errs. The name is for messages.
func (l Language) Parse(name, text string, errs *Problems) *Node {
	return parse(newSource(l, name, text), text, 0, errs)
}

// parse reads the document of text. The offset is how many characters precede
// text on its first line in the source.
func parse(src *Source, text string, offset int, errs *Problems) *Node {
	p := &yamlParser{source: src, offset: offset, errs: errs}
	if err := p.unreadable(text); err != nil {
		errs.Add(err)
		return nil
	}
	file, err := parseYAML(text)
	if err != nil {
		errs.Add(p.syntax(err))
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case doc.Body.Type() == ast.DirectiveType:
			errs.Addf(p.at(doc.Body.GetToken()), "a YAML directive: remove it")
			return nil
		case body != nil:
			start := doc.Body.GetToken()
			if doc.Start != nil {
				start = doc.Start
			}
			errs.Addf(p.at(start), "a second YAML document: a file holds one %s", src.language.Document)
			return nil
		default:
			body = doc.Body
		}
	}
	if body == nil {
		return &Node{At: Place{src, 1, 1 + offset}}
	}
	return p.convert(body, 0)
}

// parseYAML makes an error of a parser that panics: the text is the user's and
// the parser is not ours.
func parseYAML(text string) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	// Of a key that is written twice, our own message has the line of the first.
	return parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
}

// yamlParser turns the syntax tree of go-yaml into nodes. It refuses what a file
// does not need and a reader has to know by heart: anchors, merge keys, tags.
type yamlParser struct {
	source *Source
	offset int
	errs   *Problems
}

// unreadable is an error for a text that go-yaml is not to be given: what is no
// text, and what would take it minutes or its stack.
func (p *yamlParser) unreadable(text string) *Error {
	at := func(i int) Place {
		before := text[:i]
		column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
		return p.newPlace(1+strings.Count(before, "\n"), column)
	}
	if len(text) > maxSize {
		return at(0).errorf("the file is larger than %d KiB: this is no %s", maxSize>>10, p.source.language.Document)
	}
	// Braces in texts and comments count, too: this errs on the side of refusing, and
	// nobody has thirty-two of them open.
	braces, dashes := 0, 0 // open braces; list items begun on this line
	for i, r := range text {
		switch r {
		case 0:
			return at(i).errorf("a zero byte: this is no text file")
		case utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return at(i).errorf("the file is not UTF-8 text")
			}
		case '[', '{':
			braces++
		case ']', '}':
			braces--
		case '-', '?':
			if strings.HasPrefix(text[i+1:], " ") {
				dashes++
			}
		case ' ':
		default:
			dashes = 0
		}
		if braces > maxDepth || dashes > maxDepth {
			return at(i).errorf("nested more than %d deep", maxDepth)
		}
	}
	return nil
}

func (p *yamlParser) syntax(err error) *Error {
	var syntax yaml.Error
	if !errors.As(err, &syntax) || syntax.GetToken() == nil {
		return Place{p.source, 1, 1}.errorf("not YAML: %v", err)
	}
	at, msg := p.at(syntax.GetToken()), syntax.GetMessage()
	if strings.HasPrefix(msg, "found character '\t'") {
		return at.errorf("a tab: indent with spaces")
	}
	return at.errorf("not YAML: %s", strings.ReplaceAll(msg, "\n", " "))
}

func (p *yamlParser) at(t *token.Token) Place {
	if t == nil || t.Position == nil {
		return p.newPlace(1, 1)
	}
	return p.newPlace(t.Position.Line, t.Position.Column)
}

// newPlace is a position of the text in the source.
func (p *yamlParser) newPlace(line, column int) Place {
	if line == 1 { // behind the path and the equals sign of an override
		column += p.offset
	}
	return Place{p.source, line, column}.Clamp()
}

func (p *yamlParser) convert(n ast.Node, depth int) *Node {
	if n == nil {
		return &Node{At: Place{p.source, 1, 1}}
	}
	at := p.at(n.GetToken())
	if depth > maxDepth {
		p.errs.Addf(at, "nested more than %d deep", maxDepth)
		return &Node{At: at}
	}
	switch n := n.(type) {
	case *ast.MappingNode:
		return p.convertMapping(n, depth)
	case *ast.MappingValueNode: // a block with one key
		return p.convertMapping(&ast.MappingNode{Start: n.Start, Values: []*ast.MappingValueNode{n}}, depth)
	case *ast.SequenceNode:
		list := &Node{Kind: List, At: at}
		for _, item := range n.Values {
			list.Items = append(list.Items, p.convert(item, depth+1))
		}
		return list
	case *ast.NullNode:
		return &Node{At: at}
	case *ast.LiteralNode:
		p.refuseControls(n.Value.Value, at)
		return &Node{Kind: Scalar, At: at, Text: n.Value.Value, Quoted: true}
	case *ast.StringNode:
		p.refuseControls(n.Value, at)
		quoted := n.Token.Type == token.SingleQuoteType || n.Token.Type == token.DoubleQuoteType
		return &Node{Kind: Scalar, At: at, Text: n.Value, Quoted: quoted}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &Node{Kind: Scalar, At: at, Text: n.GetToken().Value, Typed: true}
	case *ast.AnchorNode, *ast.AliasNode:
		p.errs.Addf(at, "anchors and aliases are not supported: write the value out")
	case *ast.TagNode:
		p.errs.Addf(at, "YAML tags are not supported: write the bare value")
	default:
		p.errs.Addf(at, "%s is not supported here", strings.ToLower(n.Type().String()))
	}
	return &Node{At: at}
}

// refuseControls refuses a text that would do more to a terminal, a page or a file than
// be read: "\e]0;" in a name sets the title of the reader's window.
func (p *yamlParser) refuseControls(text string, at Place) {
	for _, r := range text {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			p.errs.Addf(at, "the control character %U in a text: remove it", r)
			return
		}
	}
}

func (p *yamlParser) convertMapping(n *ast.MappingNode, depth int) *Node {
	m := &Node{Kind: Mapping, At: p.at(n.Start)} // of a block go-yaml knows the first colon only
	seen := map[string]Place{}
	for i, v := range n.Values {
		at := p.at(v.Key.GetToken())
		if i == 0 && !n.IsFlowStyle {
			m.At = at
		}
		key, ok := p.keyText(v.Key, at)
		if !ok {
			continue
		}
		if first, twice := seen[key]; twice {
			p.errs.Addf(at, "%q is written twice, first on line %d", key, first.Line)
			continue
		}
		seen[key] = at
		m.Fields = append(m.Fields, &Field{Key: key, At: at, Value: p.convert(v.Value, depth+1)})
	}
	return m
}

// keyText is the word that a key spells. One that YAML would read as a number or a
// truth value is a word all the same.
func (p *yamlParser) keyText(n ast.MapKeyNode, at Place) (string, bool) {
	switch k := n.(type) {
	case *ast.StringNode:
		p.refuseControls(k.Value, at)
		return k.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return k.GetToken().Value, true
	case *ast.MergeKeyNode:
		p.errs.Addf(at, "merge keys are not supported: write the fields out")
	default:
		p.errs.Addf(at, "a key must be a plain word")
	}
	return "", false
}
