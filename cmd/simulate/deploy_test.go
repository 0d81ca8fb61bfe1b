package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// The files of deploy/ run shards and merge them: their own commands are run here, with
// what their engines put into the environment, and make what one sweep makes.

const deployedScenario = `
name: shop
duration: 5s
warm: 20
fleet: {boxes: 1, workers: 50, origin: {latency: 200ms}}
workload: [{class: page, rate: 50/s, keys: {count: 20, zipf: 1.0}}]
strategies: {waiting: {use: mutex, ttl: 1s, losers: wait, wait: 1s}}
`

// deployment is a place where the files run: the program, the scenario, and what one
// undisturbed sweep with the flags makes.
type deployment struct {
	t   *testing.T
	dir string
}

func newDeployment(t *testing.T, flags ...string) deployment {
	d := deployment{t, t.TempDir()}
	if err := os.Symlink(tool, filepath.Join(d.dir, "simulate")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.dir, "shop.yaml"), []byte(deployedScenario), 0o644); err != nil {
		t.Fatal(err)
	}
	d.run(nil, "./simulate", append([]string{"sweep", "shop.yaml", "--out", "undisturbed", "--quiet"}, flags...)...)
	return d
}

// run runs a command in the place, with more in its environment.
func (d deployment) run(env []string, name string, args ...string) {
	d.t.Helper()
	c := exec.Command(name, args...)
	c.Dir, c.Env = d.dir, append(os.Environ(), env...)
	runProgram(d.t, c)
}

// compare holds the merged sweep against the undisturbed one.
func (d deployment) compare(merged string) {
	d.t.Helper()
	want, got := tree(d.t, filepath.Join(d.dir, "undisturbed")), tree(d.t, filepath.Join(d.dir, merged))
	for name := range want {
		if got[name] != want[name] {
			d.t.Errorf("%s differs", name)
		}
	}
}

// absolute is a file of deploy/.
func absolute(t *testing.T, name string) string {
	path, err := filepath.Abs(filepath.Join("../../deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDeploySlurm(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("SKIPPED, NOTHING WAS TESTED: BASH IS NOT INSTALLED")
	}
	vary := []string{"--vary", "strategies.waiting.wait=100ms,1s,5s", "--seeds", "2"}
	d := newDeployment(t, vary...)
	env := []string{"SIMULATE=" + filepath.Join(d.dir, "simulate"), "OUT=" + filepath.Join(d.dir, "out"), "SLURM_CPUS_PER_TASK=2", "SLURM_ARRAY_TASK_COUNT=3"}
	for n := 1; n <= 3; n++ {
		d.run(append(env, fmt.Sprintf("SLURM_ARRAY_TASK_ID=%d", n)), "bash", append([]string{absolute(t, "slurm/sweep.sbatch"), "shop.yaml"}, vary...)...)
	}
	d.run(env, "bash", absolute(t, "slurm/merge.sbatch"))
	d.compare("out/all")
}

func TestDeployKubernetes(t *testing.T) {
	type job struct {
		Spec struct {
			CompletionMode string `yaml:"completionMode"`
			Completions    int
			Template       struct {
				Spec struct {
					Containers []struct{ Command, Args []string }
				}
			}
		}
	}
	read := func(name string) (j job) {
		text, err := os.ReadFile(absolute(t, name))
		if err != nil {
			t.Fatal(err)
		}
		documents := yaml.NewDecoder(bytes.NewReader(text))
		if err := documents.Decode(&j); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for err == nil { // the others have to be YAML too
			err = documents.Decode(new(any))
		}
		if err != io.EOF {
			t.Fatalf("%s: %v", name, err)
		}
		return j
	}
	d := newDeployment(t, "--vary", "strategies.waiting.wait=1s..30s/8", "--seeds", "5")
	here := strings.NewReplacer("/simulate", filepath.Join(d.dir, "simulate"), "/scenario", d.dir, "/results", filepath.Join(d.dir, "results"))
	sweep := read("kubernetes/sweep.yaml").Spec
	if sweep.CompletionMode != "Indexed" || sweep.Completions != 8 {
		t.Errorf("%s, %d completions", sweep.CompletionMode, sweep.Completions)
	}
	shard := sweep.Template.Spec.Containers[0]
	for index := range sweep.Completions {
		d.run([]string{fmt.Sprintf("JOB_COMPLETION_INDEX=%d", index)}, shard.Command[0], shard.Command[1], here.Replace(shard.Args[0]))
	}
	merge := read("kubernetes/merge.yaml").Spec.Template.Spec.Containers[0]
	d.run(nil, merge.Command[0], merge.Command[1], here.Replace(merge.Args[0]))
	d.compare("results/all")
}

func TestDeployGitHub(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("SKIPPED, NOTHING WAS TESTED: BASH IS NOT INSTALLED")
	}
	type job struct {
		Strategy struct {
			Matrix struct{ Shard []int }
		}
		Steps []struct{ Name, Run string }
	}
	var workflow struct {
		Env  map[string]int
		Jobs map[string]job
	}
	text, err := os.ReadFile(absolute(t, "github/sweep.yml"))
	if err == nil {
		err = yaml.Unmarshal(text, &workflow)
	}
	if err != nil {
		t.Fatal(err)
	}
	step := func(job, name string) string {
		for _, s := range workflow.Jobs[job].Steps {
			if s.Name == name {
				return s.Run
			}
		}
		t.Fatalf("job %s has no step %q", job, name)
		return ""
	}
	d := newDeployment(t, "--vary", "strategies.waiting.wait=1s..30s/8", "--seeds", "3")
	shards := workflow.Jobs["shard"].Strategy.Matrix.Shard
	if len(shards) != workflow.Env["SHARDS"] {
		t.Errorf("%d jobs for %d shards", len(shards), workflow.Env["SHARDS"])
	}
	summary := filepath.Join(d.dir, "step-summary.md")
	env := []string{
		"SCENARIO=shop.yaml", "FLAGS=--vary strategies.waiting.wait=1s..30s/8 --seeds 3",
		fmt.Sprintf("SHARDS=%d", workflow.Env["SHARDS"]), "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + summary,
	}
	for _, n := range shards {
		d.run(append(env, fmt.Sprintf("SHARD=%d", n)), "bash", "-eo", "pipefail", "-c", step("shard", "run the shard"))
	}
	d.run(env, "bash", "-eo", "pipefail", "-c", step("merge", "merge the shards"))
	d.compare("all")
	if text, err := os.ReadFile(summary); err != nil || !strings.HasPrefix(string(text), "## shop, by strategies.waiting.wait\n") {
		t.Errorf("%v: the step's summary is %q", err, text)
	}
}
