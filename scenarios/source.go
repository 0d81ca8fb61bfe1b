package scenarios

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// source is a text that errors point into: a file, or one --set override.
type source struct {
	name  string
	lines []string
	set   bool
}

func newSource(name, text string) *source {
	return &source{name: name, lines: strings.Split(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n"), "\n")}
}

// place is a position in a source. Line and col count from 1; col counts
// characters, not bytes.
type place struct {
	src       *source
	line, col int
}

// shift is the place n characters further on the line.
func (p place) shift(n int) place {
	p.col += n
	return p
}

func (p place) errorf(format string, args ...any) *Error {
	return &Error{File: p.src.name, Line: p.line, Col: p.col, Msg: fmt.Sprintf(format, args...), src: p.src}
}

// clamp moves a place that a parser put outside of the text to its nearest end.
func (p place) clamp() place {
	p.line = min(max(p.line, 1), len(p.src.lines))
	p.col = min(max(p.col, 1), utf8.RuneCountInString(p.src.lines[p.line-1])+1)
	return p
}
