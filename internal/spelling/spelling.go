// Package spelling says which name was probably meant, and writes lists of
// names as a sentence has them. It is a leaf: loaders, units and commands word
// their messages with it.
package spelling

import (
	"fmt"
	"strings"
)

// Error is a refusal with the name that was probably meant.
type Error struct {
	Msg  string
	Hint string // empty where no name is near
}

func (e *Error) Error() string { return e.Msg }

// Refuse is an [Error] without a hint.
func Refuse(format string, args ...any) error { return &Error{Msg: fmt.Sprintf(format, args...)} }

// Unknown refuses a name of what: with the known one that is nearest, or else
// with those that there are.
func Unknown(what, name string, known []string) error {
	err := &Error{Msg: fmt.Sprintf("unknown %s %q", what, name), Hint: Suggest(name, known)}
	if err.Hint == "" {
		err.Msg += "; there are " + List(known)
	}
	return err
}

// Suggest returns the name that word was probably meant to be, or "". A name is
// near enough when at most a third of its letters are wrong, or when it is the only
// one that begins or ends with the word: crash is box-crash.
func Suggest(word string, names []string) string {
	if len(word) > 64 { // the distance takes time in the square of the length
		return ""
	}
	best, name := 1<<30, ""
	for _, candidate := range names {
		d := distance(fold(word), fold(candidate))
		if d <= max(1, len(candidate)/3) && d < max(len(word), 2) && d < best {
			best, name = d, candidate
		}
	}
	if name == "" {
		return whole(word, names)
	}
	return name
}

// whole returns the only name of which the word, or what it is the plural of, is the
// beginning or the end; or "".
func whole(word string, names []string) (name string) {
	part := strings.TrimSuffix(string(fold(word)), "s")
	if len(part) < 3 {
		return ""
	}
	for _, candidate := range names {
		parts := "_" + string(fold(candidate)) + "_"
		if !strings.HasPrefix(parts, "_"+part+"_") && !strings.HasSuffix(parts, "_"+part+"_") {
			continue
		}
		if name != "" && name != candidate {
			return ""
		}
		name = candidate
	}
	return name
}

// fold makes names alike that differ in case and in the kind of dash only.
func fold(s string) []rune {
	return []rune(strings.ReplaceAll(strings.ToLower(s), "-", "_"))
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours that make a of b: optimal string alignment, the restricted form
// of Damerau's distance (CACM 7(3), 1964).
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// most is how many names a list in a message has.
const most = 12

// List writes names with commas, the first dozen of them.
func List(names []string) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + " ..."
	}
	return strings.Join(names, ", ")
}

// And writes names as "a, b and c".
func And(names []string) string { return joined(names, " and ") }

// Or writes names as "a, b or c".
func Or(names []string) string { return joined(names, " or ") }

func joined(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + last + names[len(names)-1]
}

// Count writes a number of things: 1 box, 3 boxes.
func Count(n int, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case strings.HasSuffix(word, "x"):
		word += "e"
	}
	return fmt.Sprintf("%d %ss", n, word)
}
