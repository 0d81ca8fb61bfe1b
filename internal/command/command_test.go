package command

import (
	"bytes"
	"context"
	"os"
	"testing"
)

// A number that is none is told in the words of a user.
func TestNotANumber(t *testing.T) {
	for args, want := range map[[2]string]string{
		{"--seed", "-1"}:    "--seed: give a whole number that is not negative, not \"-1\"",
		{"--seed=-1", ""}:   "--seed: give a whole number that is not negative, not \"-1\"",
		{"--seed", "one"}:   "--seed: give a whole number that is not negative, not \"one\"",
		{"--seeds", "many"}: "--seeds: give a whole number, not \"many\"",
		{"--seeds=", ""}:    "--seeds: give a whole number, not \"\"",
		{"--seeds", "1.5"}:  "--seeds: give a whole number, not \"1.5\"",
	} {
		list := []string{"run", args[0]}
		if args[1] != "" {
			list = append(list, args[1])
		}
		var grammar struct {
			Run struct {
				Selection `embed:""`
			} `cmd:""`
		}
		var errs bytes.Buffer
		code := Main("lab", "", &grammar, &Console{Ctx: context.Background(), Out: &errs, Err: &errs}, list)
		if said := "lab: " + want + "; see lab --help\n"; code != ExitUsage || errs.String() != said {
			t.Errorf("%v: exit code %d, said %q, want %q", list, code, errs.String(), said)
		}
	}
}

// A misspelt command is not taken for a scenario; a file of that name is.
func TestMisspeltCommand(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("lists", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for first, want := range map[string]string{
		"runn":  "lab: there is no command \"runn\"; did you mean run?\n",
		"shwo":  "lab: there is no command \"shwo\"; did you mean show?\n",
		"bogus": "lab: there is no scenario \"bogus\" in the catalogue: see go run ./cmd/simulate list, or give the path of a file\n",
		"lists": "lab: lists:1:1: the file is empty: a scenario has at least duration, workload and strategies\n",
	} {
		var grammar struct {
			Run  ShowCmd `cmd:"" default:"withargs"`
			Show ShowCmd `cmd:""`
			List ListCmd `cmd:""`
		}
		var errs bytes.Buffer
		code := Main("lab", "", &grammar, &Console{Ctx: context.Background(), Out: &errs, Err: &errs}, []string{first})
		if code != ExitUsage || errs.String() != want {
			t.Errorf("%s: exit code %d, said %q, want %q", first, code, errs.String(), want)
		}
	}
}

// A scenario that is named twice is not two of one name.
func TestNamedTwice(t *testing.T) {
	_, err := Selection{}.Load(OpenModelled, []string{"smoke", "smoke"}, nil)
	if want := "smoke is named twice: name it once; for several runs of it, give --seeds"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
