package settings

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/herdlab/herdlab/internal/spelling"
)

// Source is a text that errors point into: a file, or one override.
type Source struct {
	Name     string
	Override bool // from a command line, where there is one line and no file

	lines    []string
	language Language
}

func newSource(language Language, name, text string) *Source {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n")
	return &Source{Name: name, lines: strings.Split(text, "\n"), language: language}
}

// Place is a position in a source. Line and Col count from 1; Col counts
// characters, not bytes.
type Place struct {
	Source    *Source
	Line, Col int
}

// Shift is the place n characters further on the line.
func (p Place) Shift(n int) Place {
	p.Col += n
	return p
}

// Clamp moves a place that a parser put outside of the text to its nearest end. One
// column behind the text is inside: there something is missing.
func (p Place) Clamp() Place {
	p.Line = min(max(p.Line, 1), len(p.Source.lines))
	p.Col = min(max(p.Col, 1), utf8.RuneCountInString(p.Source.lines[p.Line-1])+1)
	return p
}

func (p Place) errorf(format string, args ...any) *Error {
	return &Error{File: p.Source.Name, Line: p.Line, Col: p.Col, Msg: fmt.Sprintf(format, args...), source: p.Source}
}

const (
	maxErrors = 10 // of one file are collected: what follows is often their consequence
	maxShown  = 5  // are in the text of Errors besides the first
)

// Error is a mistake in a file or in an override, with its position.
type Error struct {
	File      string // path as given, or "--set path=value"
	Line, Col int    // from 1; Col counts characters
	Msg       string
	Hint      string // the name that was probably meant; empty without one

	source *Source
}

// Error is one sentence: file:line:col: message; did you mean "x"?
func (e *Error) Error() string {
	var b strings.Builder
	if e.inOverride() {
		fmt.Fprintf(&b, "%s: column %d: %s", e.File, e.Col, e.Msg)
	} else {
		fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
	}
	if e.Hint != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Hint)
	}
	return b.String()
}

// suggest gives the error the known name that is nearest, or else adds what there is.
func (e *Error) suggest(name string, known []string, otherwise string) *Error {
	if e.Hint = spelling.Suggest(name, known); e.Hint == "" {
		e.Msg += otherwise
	}
	return e
}

func (e *Error) inOverride() bool { return e.source != nil && e.source.Override }

// Excerpt is the line of the source with a caret under the column. It is empty
// where there is no source.
func (e *Error) Excerpt() string {
	if e.source == nil || e.Line < 1 || e.Line > len(e.source.lines) {
		return ""
	}
	line := strings.ReplaceAll(e.source.lines[e.Line-1], "\t", " ") // so that the caret lines up
	gutter := fmt.Sprintf("%4d | ", e.Line)
	if e.inOverride() {
		gutter = "     "
	}
	return gutter + line + "\n" + strings.Repeat(" ", len(gutter)+e.Col-1) + "^\n"
}

// Errors are the mistakes found in one file, by position; those of the
// overrides come after those of the file. There is at least one.
type Errors []*Error

// Error is the first of them, with the others below it, a line for each, and the
// number of those that are too many.
func (e Errors) Error() string {
	var b strings.Builder
	b.WriteString(e[0].Error())
	for _, err := range e[1:min(len(e), 1+maxShown)] {
		b.WriteString("\n" + err.Error())
	}
	if more := len(e) - 1 - maxShown; more > 0 {
		b.WriteString("\nand " + spelling.Count(more, "more error"))
	}
	return b.String()
}

// Unwrap lets errors.As find the first [*Error].
func (e Errors) Unwrap() error { return e[0] }

// Problems collects the mistakes of a file while it is read.
type Problems struct{ List Errors }

// Add notes an error.
func (p *Problems) Add(err *Error) *Error {
	p.List = append(p.List, err)
	return err
}

// Addf notes an error at a place. The caller may give it a hint.
func (p *Problems) Addf(at Place, format string, args ...any) *Error {
	return p.Add(at.errorf(format, args...))
}

// AddError notes an error of another package at a place, with the hint of a
// [*spelling.Error].
func (p *Problems) AddError(at Place, err error) {
	e := p.Addf(at, "%v", err)
	var meant *spelling.Error
	if errors.As(err, &meant) {
		e.Hint = meant.Hint
	}
}

// Err is everything collected as [Errors], sorted and cut to ten, or nil.
func (p *Problems) Err() error {
	if len(p.List) == 0 {
		return nil
	}
	// Checks run in an order of their own; a reader goes through the file from the top.
	slices.SortStableFunc(p.List, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	// A file is decoded more than once, with overrides and without: what is wrong each
	// time is one mistake.
	list := slices.CompactFunc(p.List, func(a, b *Error) bool {
		return a.source == b.source && a.Line == b.Line && a.Col == b.Col && a.Msg == b.Msg
	})
	return list[:min(len(list), maxErrors)]
}

// rank puts the errors of overrides after those of the file.
func (e *Error) rank() int {
	if e.inOverride() {
		return 1
	}
	return 0
}
