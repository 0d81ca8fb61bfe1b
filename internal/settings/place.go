package settings

import (
	"fmt"
	"strings"
	"unicode/utf8"
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
