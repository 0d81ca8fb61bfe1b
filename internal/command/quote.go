package command

import (
	"fmt"
	"strings"

	"github.com/herdlab/herdlab/scenarios"
)

// Command is what a user can type to make the result of a scenario again:
// program and verb, the scenario, the selection, and what else was given.
func (r Selection) Command(program string, sc *scenarios.Scenario, more ...string) string {
	words := []string{program, Quote(sc.Given()), fmt.Sprintf("--seed %d", sc.Seed)}
	if sc.Seeds > 1 {
		words = append(words, fmt.Sprintf("--seeds %d", sc.Seeds))
	}
	for _, s := range r.Strategy {
		words = append(words, "--strategy "+Quote(s))
	}
	for _, s := range r.Set {
		words = append(words, "--set "+Quote(s))
	}
	return strings.Join(append(words, more...), " ")
}

// Quote makes one shell word of s.
func Quote(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$&;|<>(){}[]*?!#~`") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
