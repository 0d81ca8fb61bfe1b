package expect

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

type tokenKind uint8

const (
	end     tokenKind = iota
	literal           // a number with its unit
	name              // a.b.c
	sign              // an operator, of expressions or of other languages, and, or, not, a bracket
	strange           // a sign that no expression has
)

// token is the smallest part of an expression.
type token struct {
	kind tokenKind
	at   int // offset in characters
	text string
}

// isSign reports whether the token is one of these signs.
func (t token) isSign(signs ...string) bool {
	return t.kind == sign && slices.Contains(signs, t.text)
}

// tokens are, in turn: the time that makes a rate of a number, which a division by
// a figure does not; a literal; a name; a sign; anything else.
var tokens = regexp.MustCompile(`^[\s\pZ]*(?:` +
	`([0-9][\pL\pN_.]*(?:%|(?:/(?:sec|s|min|m|h|d)\b)?))|` +
	`([\pL_][\pL\pN_]*(?:\.(?:[\pL_][\pL\pN_]*)?)*)|` +
	`(===|!==|<>|=<|=>|\*\*|\?\?|\?\.|==|!=|<=|>=|&&|\|\||[-+*/<>!?:()])|` +
	`([^\s\pZ]))`)

// scanTokens cuts a text into tokens, with an end behind the last.
func scanTokens(text string) (list []token) {
	at := 0 // characters passed
	for rest := strings.TrimRightFunc(text, unicode.IsSpace); ; {
		m := tokens.FindStringSubmatchIndex(rest)
		if m == nil {
			return append(list, token{kind: end, at: at})
		}
		for kind := literal; kind <= strange; kind++ {
			// Groups of the pattern are in the order of the kinds; one of them has matched.
			if from, to := m[2*kind], m[2*kind+1]; from >= 0 {
				t := token{kind, at + utf8.RuneCountInString(rest[:from]), rest[from:to]}
				if t.text == "and" || t.text == "or" || t.text == "not" {
					t.kind = sign
				}
				list = append(list, t)
			}
		}
		at += utf8.RuneCountInString(rest[:m[1]])
		rest = rest[m[1]:]
	}
}

// parseLiteral is the value of a literal in the unit of figures.
func parseLiteral(text string) (value float64, u Unit, err error) {
	// The more special forms come later: a duration is what is left, whose message
	// names the units that most people mean.
	if digits := strings.ReplaceAll(text, "_", ""); digits != text {
		if _, _, err := parseLiteral(digits); err == nil {
			return 0, 0, spelling.Refuse("%q has an underscore in its number: write %s", text, digits)
		}
	}
	plainText, isPercent := strings.CutSuffix(text, "%")
	value, err = units.ParseNumber(plainText)
	switch {
	case isPercent:
		value, u = value/100, percent
	case err == nil || strings.Trim(text, "0123456789.") == "":
		u = plain
	case strings.Contains(text, "/"):
		u = Rate
		value, err = units.ParseRate(text)
	case strings.HasSuffix(strings.ToLower(text), "b"):
		var size int64
		u = Bytes
		size, err = units.ParseBytes(text)
		value = float64(size)
	default:
		d, invalid := units.ParseDuration(text)
		value, u, err = float64(d)/1e6, Duration, invalid
	}
	if err == nil && value > math.MaxInt64 {
		err = spelling.Refuse("the number is too large")
	}
	return value, u, err
}
