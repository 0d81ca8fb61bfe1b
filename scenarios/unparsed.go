package scenarios

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/file"

	"github.com/herdlab/herdlab/internal/spelling"
)

var tokenPattern = regexp.MustCompile(`^unexpected token (\w+)\((".*")\)$`)

// unparsed makes a sentence of what the parser of expressions has to say, and finds
// the offset in the file's text that it is about.
func unparsed(plain *plainText, err error) (offset int, sentence error) {
	var at *file.Error
	if !errors.As(err, &at) {
		return 0, errors.New("an expectation compares figures and numbers: this is something else")
	}
	offset = plain.origin(at.From)
	if m := tokenPattern.FindStringSubmatch(at.Message); m != nil {
		return offset, unexpected(m[1], m[2])
	}
	for _, x := range []struct{ prefix, sentence string }{
		{"unexpected token EOF", "the expression ends too early"},
		{"unexpected end", "the expression ends too early"},
		{"unclosed", "the expression ends too early: a bracket is not closed"},
		{"expected name", "a name is missing after the dot"},
		{"literal not terminated", "a quotation mark is not closed, and an expectation has no texts"},
		{"invalid char", "an expectation has no texts"},
		{"unrecognized character", "this sign means nothing in an expectation"},
		{"integer literal", "the number is too large"},
		{"float literal", "the number is too large"},
		{"invalid integer", "the number is too large"},
		{"invalid float", "the number is too large"},
		{"compilation failed", "the expression is too long"},
	} {
		if strings.HasPrefix(at.Message, x.prefix) {
			return offset, errors.New(x.sentence)
		}
	}
	return offset, errors.New("an expectation compares figures and numbers: this is something else")
}

// unexpected is about a word or a sign that cannot stand where it does.
func unexpected(kind, quoted string) error {
	text, err := strconv.Unquote(quoted)
	switch {
	case err != nil || kind == "Number":
		return spelling.Refuse("a number cannot stand here: an operator is missing before it")
	case text == "=":
		return spelling.Refuse(`"=" compares nothing: write ==`)
	case kind == "Identifier":
		return spelling.Refuse("%q cannot stand here: join two comparisons with && or ||", text)
	}
	return spelling.Refuse("%q cannot stand here", text)
}
