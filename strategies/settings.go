package strategies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What configurations are checked with. The words and defaults here stand in
// the tags of the Config structs too; a test holds the two together.

// positive refuses durations that are not.
func positive(field string, d time.Duration) error {
	if d > 0 {
		return nil
	}
	return &ConfigError{Field: field, Msg: fmt.Sprintf("is %v: write a duration above zero", d)}
}

// notNegative refuses numbers and durations below zero.
func notNegative[T cmp.Ordered](field string, v T) error {
	var zero T
	if v >= zero {
		return nil
	}
	return &ConfigError{Field: field, Msg: fmt.Sprintf("is %v: write zero or more", v)}
}

// growing refuses a pause that is longer than the longest one.
func growing(backoff, most time.Duration) error {
	if backoff <= most {
		return nil
	}
	return &ConfigError{Field: "backoff", Msg: fmt.Sprintf("is %v, and backoff_max, the longest pause, is %v: write less here, or more there", backoff, most)}
}

// oneOf refuses words that are not listed.
func oneOf(field, word string, words ...string) error {
	if slices.Contains(words, word) {
		return nil
	}
	return &ConfigError{Field: field, Msg: fmt.Sprintf("is %q: write %s", word, strings.Join(words, " or "))}
}

// present refuses a part that was left out.
func present(field string, part any) error {
	if part != nil {
		return nil
	}
	return &ConfigError{Field: field, Msg: "is nil: the strategy cannot work without it"}
}
