package scenarios

import (
	"strings"
	"unicode/utf8"
)

const (
	maxSize  = 128 << 10 // bytes of a file
	maxDepth = 32        // of nesting
)

// unreadable is an error for a text that the YAML parser is not to be given:
// what is no text, and what would take it minutes or its stack.
func unreadable(src *source, text string, offset int) *Error {
	at := func(i int) place {
		before := text[:i]
		p := place{src, 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])}
		if p.line == 1 {
			p.col += offset
		}
		return p.clamp()
	}
	if len(text) > maxSize {
		return at(0).errorf("the file is larger than %d KiB: this is no scenario", maxSize>>10)
	}
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
