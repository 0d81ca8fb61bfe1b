package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxErrors is how many errors of one file are collected.
const maxErrors = 10

// Error is a mistake in a scenario file or in an override, with its position.
type Error struct {
	File      string // path as given, or "--set path=value"
	Line, Col int    // from 1; Col counts characters
	Msg       string
	Hint      string // the name that was probably meant; empty without one

	src *source
}

// Error is one sentence: file:line:col: message; did you mean "x"?
func (e *Error) Error() string {
	var b strings.Builder
	if e.src != nil && e.src.set {
		fmt.Fprintf(&b, "%s: column %d: %s", e.File, e.Col, e.Msg)
	} else {
		fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Hint)
	}
	return b.String()
}

// Excerpt is the line of the source with a caret under the column. It is empty
// where there is no source.
func (e *Error) Excerpt() string {
	if e.src == nil || e.Line < 1 || e.Line > len(e.src.lines) {
		return ""
	}
	line := strings.ReplaceAll(e.src.lines[e.Line-1], "\t", " ") // so that the caret lines up
	gutter := fmt.Sprintf("%4d | ", e.Line)
	if e.src.set {
		gutter = "     "
	}
	return gutter + line + "\n" + strings.Repeat(" ", len(gutter)+e.Col-1) + "^\n"
}

// Errors are the mistakes found in one scenario, by position; those of the
// overrides come after those of the file. There is at least one.
type Errors []*Error

// maxTold is how many more of them are told with the first.
const maxTold = 5

// Error is the first of them, with the others below it, a line for each, and the
// number of those that are too many.
func (e Errors) Error() string {
	var b strings.Builder
	b.WriteString(e[0].Error())
	for _, err := range e[1:min(len(e), 1+maxTold)] {
		b.WriteString("\n" + err.Error())
	}
	if more := len(e) - 1 - maxTold; more > 0 {
		b.WriteString("\nand " + plural(more, "more error"))
	}
	return b.String()
}

// Unwrap lets errors.As find the first [*Error].
func (e Errors) Unwrap() []error {
	list := make([]error, len(e))
	for i, err := range e {
		list[i] = err
	}
	return list
}

// problems collects errors while a scenario is read.
type problems struct{ list Errors }

func (p *problems) add(err *Error) *Error {
	p.list = append(p.list, err)
	return err
}

// err is everything collected, sorted and cut to maxErrors, or nil.
func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	list := slices.CompactFunc(p.list, func(a, b *Error) bool {
		return a.src == b.src && a.Line == b.Line && a.Col == b.Col && a.Msg == b.Msg
	})
	return list[:min(len(list), maxErrors)]
}

func rank(e *Error) int {
	if e.src != nil && e.src.set {
		return 1
	}
	return 0
}
