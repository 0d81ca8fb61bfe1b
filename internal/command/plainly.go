package command

import (
	"fmt"
	"regexp"
	"strings"
)

var notNumber = regexp.MustCompile(`^--([a-z-]+): expected (?:a valid 64 bit )?(u?int)(?: value)? but got "([^"]*)"`)

// plainly is what the parser of command lines has to say about a number, in the
// words of a user; anything else is as it was.
func plainly(err error) string {
	m := notNumber.FindStringSubmatch(err.Error())
	if m == nil {
		return err.Error()
	}
	want := "a whole number"
	if m[2] == "uint" || strings.HasPrefix(m[3], "-") {
		want = "a whole number that is not negative"
	}
	return fmt.Sprintf("--%s %s: give %s", m[1], m[3], want)
}
