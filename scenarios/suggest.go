package scenarios

import "strings"

// Suggest returns the name that word was probably meant to be, or "". A name is
// near enough when at most a third of its letters are wrong.
func Suggest(word string, names []string) string {
	if len(word) > 64 {
		return ""
	}
	best, name := 1<<30, ""
	for _, candidate := range names {
		d := distance(fold(word), fold(candidate))
		if d <= max(1, len(candidate)/3) && d < max(len(word), 2) && d < best {
			best, name = d, candidate
		}
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

// andList writes names as "a, b and c".
func andList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// orList writes names as "a, b or c".
func orList(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
