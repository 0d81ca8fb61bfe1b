package expect

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// failure is an error at a place of the text.
type failure struct {
	offset int
	err    error
}

func failf(offset int, format string, args ...any) *failure {
	return &failure{offset, spelling.Refuse(format, args...)}
}

type tokenKind uint8

const (
	end     tokenKind = iota
	literal           // a number with its unit
	name              // a.b.c
	sign              // an operator, and, or, not, a bracket
	strange           // a sign that no expression has
)

// token is the smallest part of an expression.
type token struct {
	kind  tokenKind
	at    int // offset in characters
	text  string
	value float64 // of a literal, in its unit
	unit  Unit
}

// lexer cuts a text into tokens.
type lexer struct {
	in []rune
	at int
}

// next reads one token. Behind the last it returns ends, where the text stops
// that is no space.
func (l *lexer) next() (token, *failure) {
	before := l.at
	l.skip(unicode.IsSpace)
	start := l.at
	r := l.peek(0)
	switch {
	case start == len(l.in):
		return token{kind: end, at: before}, nil
	case isDigit(r):
		return l.number()
	case isLetter(r):
		return l.name()
	case strings.ContainsRune("\"'`", r):
		return token{}, failf(start, "an expectation has no texts: it compares figures and numbers")
	}
	for _, s := range []string{"==", "!=", "<=", ">=", "&&", "||"} {
		if strings.HasPrefix(string(l.in[start:min(start+2, len(l.in))]), s) {
			l.at += 2
			return token{kind: sign, at: start, text: s}, nil
		}
	}
	l.at++
	kind := strange
	if strings.ContainsRune("<>+-*/!?:()", r) {
		kind = sign
	}
	return token{kind: kind, at: start, text: string(r)}, nil
}

// peek is the character n further on; 0 behind the end.
func (l *lexer) peek(n int) rune {
	if l.at+n < len(l.in) {
		return l.in[l.at+n]
	}
	return 0
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return unicode.IsLetter(r) || r == '_' }

// skip passes the characters that are of a kind.
func (l *lexer) skip(of func(r rune) bool) {
	for l.at < len(l.in) && of(l.in[l.at]) {
		l.at++
	}
}

// name reads a dotted name, or a word that is an operator.
func (l *lexer) name() (token, *failure) {
	start := l.at
	for {
		l.skip(func(r rune) bool { return isLetter(r) || unicode.IsDigit(r) })
		if l.peek(0) != '.' {
			break
		}
		l.at++
		if !isLetter(l.peek(0)) {
			return token{}, failf(l.at, "a name is missing after the dot")
		}
	}
	text := string(l.in[start:l.at])
	t := token{kind: name, at: start, text: text}
	if text == "and" || text == "or" || text == "not" {
		t.kind = sign
	}
	return t, nil
}

// number reads a literal: digits with what stands directly behind them.
func (l *lexer) number() (token, *failure) {
	start := l.at
	l.skip(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' })
	text := string(l.in[start:l.at])
	if l.peek(0) == '%' {
		l.at++
	} else if n := l.perTime(); n > 0 && isDigit(l.in[l.at-1]) {
		l.at += n
	}
	written := string(l.in[start:l.at])
	value, unit, err := quantity(text, strings.TrimPrefix(written, text), written)
	if err == nil && value > math.MaxInt64 {
		err = spelling.Refuse("the number is too large")
	}
	if err != nil {
		return token{}, &failure{start, err}
	}
	return token{kind: literal, at: start, text: written, value: value, unit: unit}, nil
}

// perTime is the length of what makes a rate of a number, such as /s; 0 where
// something else stands there, as a division by a figure does.
func (l *lexer) perTime() int {
	rest := string(l.in[l.at:min(l.at+8, len(l.in))])
	for _, per := range []string{"/sec", "/s", "/min", "/m", "/h", "/d"} {
		tail, ok := strings.CutPrefix(rest, per)
		if ok && !strings.ContainsFunc(tail[:min(1, len(tail))], func(r rune) bool { return isLetter(r) || unicode.IsDigit(r) || r == '.' }) {
			return len(per)
		}
	}
	return 0
}

// quantity is the value of a literal in the unit of figures. The mark is what
// stands behind its digits and letters: %, or a time.
func quantity(text, mark, written string) (value float64, u Unit, err error) {
	number, err := units.ParseNumber(text)
	switch {
	case mark == "%":
		return number / 100, percent, err
	case mark != "":
		value, err = units.ParseRate(written)
		return value, Rate, err
	case err == nil:
		return number, plain, nil
	case strings.Trim(text, "0123456789.") == "":
		return 0, plain, fmt.Errorf("%s is no plain number", strconv.Quote(text))
	case strings.HasSuffix(strings.ToLower(text), "b"):
		size, err := units.ParseBytes(text)
		return float64(size), Bytes, err
	}
	d, err := units.ParseDuration(text)
	return float64(d) / 1e6, Duration, err
}
