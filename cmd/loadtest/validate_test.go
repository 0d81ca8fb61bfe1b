package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/herdlab/herdlab/internal/command"
)

const twoClocks = `
duration: 1s
warm: 5
fleet: {cache: {rtt: 200us}, origin: {latency: 20ms}}
workload:
  - {class: page, rate: 100/s, keys: {count: 5}}
  - {class: bystander, rate: 20/s, cost: 1ms}
strategies:
  naive: {ttl: 500ms}
  mutex: {ttl: 500ms, losers: wait, wait: 1s, poll: 5ms}
expect:
  - naive.requests > 0
  - {that: naive.computes < 0, world: real}
  - {that: naive.computes < 0, world: modelled}
`

// The same scenario on both clocks, side by side. Whether every figure is near
// enough is a matter of the machine, and so are the exit codes for it.
func TestValidate(t *testing.T) {
	calibrated := `(?m)^small, naive, as measured: fleet\.cache\.rtt=\S+s client\.rtt=\S+s( workload\.bystander\.cost=\S+s)?$`
	for name, c := range map[string]struct {
		args      []string
		say, hush []string
	}{
		"calibrated": {nil, []string{
			calibrated,
			`(?m)^small +figure +measured +simulated +range +difference +tolerance`,
			`(?m)^naive +requests +(\d+) +(\d+) +\+0 +exact +ok`,
			`(?m)^mutex +requests +(\d+) +(\d+) +\+0 +exact +ok`,
			` p99 ms +`,
			`(?m)^small: 1 of 2 expectations hold on the wall clock$`,
		}, nil},
		"as it is written": {[]string{"--no-calibrate", "--strategy", "naive"}, []string{`(?m)^naive +requests +`}, []string{"as measured", "mutex"}},
		"generator apart":  {[]string{"--generator", "process", "--strategy", "naive"}, []string{calibrated, `(?m)^naive +requests +(\d+) +(\d+) +\+0 +exact +ok`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "small.yaml"), []byte(twoClocks), 0o644); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			cmd := exec.Command(tool, append([]string{"validate", "small.yaml", "--quiet"}, c.args...)...)
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if err != nil && (!errors.As(err, &exit) || !slices.Contains([]int{command.ExitExpectation, command.ExitRun}, exit.ExitCode())) {
				t.Fatalf("%v: %s", err, &stderr)
			}
			for _, want := range c.say {
				if !regexp.MustCompile(want).Match(stdout.Bytes()) {
					t.Errorf("no %q in\n%s%s", want, &stdout, &stderr)
				}
			}
			for _, not := range c.hush {
				if bytes.Contains(stdout.Bytes(), []byte(not)) {
					t.Errorf("there is %q in\n%s", not, &stdout)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "out")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("there is a report: %v", err)
			}
		})
	}
}

// A scenario that is drawn is printed, measured and told about.
func TestValidateDrawn(t *testing.T) {
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(tool, "validate", "--drawn", "1", "--seed", "3", "--cache", "embedded", "--max-late", "100%", "--no-shrink")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || !slices.Contains([]int{command.ExitExpectation, command.ExitRun}, exit.ExitCode())) { // whether it is told right is a matter of the machine
		t.Fatalf("%v: %s", err, &stderr)
	}
	for _, want := range []string{`(?m)^name: drawn-3$`, `(?m)^drawn-3 on embedded: (ok|TOLD WRONG|void)`, `(?m)^1 drawn scenario: [01] told wrong, [01] void, 0 could not be run$`} {
		if !regexp.MustCompile(want).Match(stdout.Bytes()) {
			t.Errorf("no %q in\n%s%s", want, &stdout, &stderr)
		}
	}
	if out, err := exec.Command(tool, "validate", "smoke", "--drawn", "1").CombinedOutput(); err == nil || !bytes.Contains(out, []byte("leave names and --strategy out")) {
		t.Errorf("a name beside --drawn: %v: %s", err, out)
	}
}
