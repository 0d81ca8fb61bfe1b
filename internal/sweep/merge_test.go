package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// runShards runs shards of the sweep, each in a folder below dir, and returns the
// folders.
func runShards(t *testing.T, dir string, of int) (dirs []string) {
	t.Helper()
	for n := 1; n <= of; n++ {
		head := aHead()
		head.Shard = Shard{n, of}.String()
		path := filepath.Join(dir, fmt.Sprintf("s%d", n))
		f := open(t, path, head)
		runAll(t, f, echo)
		f.Close()
		dirs = append(dirs, path)
	}
	return dirs
}

// Shards make what one undisturbed sweep makes, however many they are.
func TestMergedShardsAreOneSweep(t *testing.T) {
	single := t.TempDir()
	f := open(t, single, aHead())
	runAll(t, f, echo)
	f.Close()
	want := results(t, single)
	for _, of := range []int{1, 2, 5, 24, 30} {
		dir := t.TempDir()
		out := filepath.Join(dir, "all")
		merged, err := Merge(out, runShards(t, dir, of), nil)
		if err != nil {
			t.Fatalf("%d shards: %v", of, err)
		}
		if left := merged.Undone(); len(left) > 0 || merged.Head().Shard != "" {
			t.Errorf("%d shards: %v are not done, shard %q", of, left, merged.Head().Shard)
		}
		merged.Close()
		if got := results(t, out); got != want {
			t.Errorf("%d shards: the results differ", of)
		}
	}
}

// A merge that was killed goes on.
func TestMergeGoesOn(t *testing.T) {
	dir := t.TempDir()
	shards := runShards(t, dir, 3)
	out := filepath.Join(dir, "all")
	f := open(t, out, aHead())
	if _, err := RunCells(context.Background(), f, Plan{Jobs: 1, Cell: func(ctx context.Context, c Cell) (*Result, error) {
		if c.Index > 9 {
			return nil, errors.New("killed")
		}
		return echo(ctx, c)
	}}); err != nil {
		t.Fatal(err)
	}
	f.Close()
	merged, err := Merge(out, shards, nil)
	if err != nil {
		t.Fatal(err)
	}
	merged.Close()
	f = open(t, out, aHead())
	if left := f.Undone(); len(left) > 0 {
		t.Errorf("%v are not done", left)
	}
}

// Shards that were to keep different things are merged when it is said what counts.
func TestMergeOfDifferentBudgets(t *testing.T) {
	dir := t.TempDir()
	s := runShards(t, dir, 2)
	head := aHead()
	head.Shard, head.Keep = "2/2", []string{"p99: 1s"}
	other := filepath.Join(dir, "other")
	f := open(t, other, head)
	runAll(t, f, echo)
	f.Close()
	if _, err := Merge(filepath.Join(dir, "all"), []string{s[0], other}, nil); err == nil || !strings.Contains(err.Error(), "say with --keep what they have to") {
		t.Errorf("%v", err)
	}
	merged, err := Merge(filepath.Join(dir, "all"), []string{s[0], other}, []string{"p99: 2s"})
	if err != nil || !slices.Equal(merged.Head().Keep, []string{"p99: 2s"}) {
		t.Fatalf("%v", err)
	}
	merged.Close()
}

func TestMergeRefuses(t *testing.T) {
	dir := t.TempDir()
	s := runShards(t, dir, 3)
	other := aHead()
	other.Grid.Seeds = 1
	f := open(t, filepath.Join(dir, "other"), other)
	runAll(t, f, echo)
	f.Close()
	head := aHead()
	head.Shard = "2/3"
	half := open(t, filepath.Join(dir, "half"), head)
	if _, err := RunCells(context.Background(), half, Plan{Jobs: 1, Cell: func(ctx context.Context, c Cell) (*Result, error) {
		if c.Index > 12 {
			return nil, errors.New("killed")
		}
		return echo(ctx, c)
	}}); err != nil {
		t.Fatal(err)
	}
	half.Close()
	lost := runShards(t, filepath.Join(dir, "lost"), 3)
	if err := os.Remove(filepath.Join(lost[0], cellsName, "000000.json")); err != nil {
		t.Fatal(err)
	}
	for want, dirs := range map[string][]string{
		"8 of 24 cells are missing: cell 1 (a=1 b=1s, seed 2), cell 3 (a=1 b=2s, seed 2), cell 8": {s[0], s[2]},
		"shard 2/3 is not among the folders":                                                      {s[0], s[2]},
		"half lacks 3, run it again with --resume":                                                {s[0], filepath.Join(dir, "half"), s[2]},
		"cell 1 (a=1 b=1s, seed 2) is in " + s[1] + " and in " + lost[1] + ": name each shard":    {s[0], s[1], lost[1], lost[2]},
		"are not of one sweep: of the first, it has seed 1, not seeds":                            {s[0], filepath.Join(dir, "other")},
		"is both a shard and the folder to write":                                                 {s[0], filepath.Join(dir, "all")},
		"s1 is named twice: name each shard once":                                                 {s[0], s[0]},
		"is no folder of a sweep":                                                                 {dir},
		"has results that are not what the sweep wrote (1 of them)":                               {lost[0], s[1], s[2]},
		"name the folders of the shards":                                                          nil,
	} {
		out := filepath.Join(dir, "all")
		_, err := Merge(out, dirs, nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%q: something was written", want)
		}
	}
}
