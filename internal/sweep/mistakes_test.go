package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A runner of many small jobs, lowmem.py, was published in 2011 with nine mistakes, each
// of which lost work or time without a word. Each is a test here (the first one is in
// grid_test.go).

// aHead is a sweep of 3 x 4 values under 2 seeds: 24 cells.
func aHead() Head {
	return Head{Tool: "v1", Inputs: "i", Grid: Grid{Scenario: "x", Seed: 1, Seeds: 2, Axes: []Axis{
		{Paths: []string{"a"}, Values: []string{"1", "2", "3"}}, {Paths: []string{"b"}, Values: []string{"1s", "2s", "5s", "9s"}},
	}}}
}

// open opens a folder, or fails the test.
func open(t *testing.T, dir string, head Head) *Folder {
	t.Helper()
	f, err := Open(dir, head, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// echo is a cell whose result is made of its index alone.
func echo(_ context.Context, c Cell) (*Result, error) {
	return &Result{Cell: c.Index, Seed: c.Seed, Runs: []Run{{Strategy: "s", Figures: map[string]float64{"p99": float64(c.Index)}}}}, nil
}

// runAll runs what is left of a folder, and fails the test where anything fails.
func runAll(t *testing.T, f *Folder, cell func(context.Context, Cell) (*Result, error)) {
	t.Helper()
	failed, err := RunCells(context.Background(), f, Plan{Jobs: 3, Cell: cell})
	if err != nil || len(failed) > 0 {
		t.Fatalf("%v, failed %v", err, failed)
	}
}

// results are the texts of all results below a folder.
func results(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, cellsName, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s\n%s", filepath.Base(name), text)
	}
	return all.String()
}

// Mistake 2: the exit status was ignored, and a child that had been killed was logged as
// completed. A cell that fails, or panics, is tried again, then named, and runs again on
// resume; the others go on.
func TestMistake2AFailedCellIsNotDone(t *testing.T) {
	dir := t.TempDir()
	tries := make([]atomic.Int64, 24)
	sick := func(ctx context.Context, c Cell) (*Result, error) {
		switch n := tries[c.Index].Add(1); {
		case c.Index == 5:
			return nil, errors.New("killed")
		case c.Index == 7:
			panic("out of memory")
		case c.Index == 11 && n < 3:
			return nil, errors.New("once more")
		}
		return echo(ctx, c)
	}
	f := open(t, dir, aHead())
	failed, err := RunCells(context.Background(), f, Plan{Jobs: 2, Retries: 2, Cell: sick})
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, x := range failed {
		named = append(named, fmt.Sprintf("%s after %d: %v", f.Head().Grid.Name(x.Cell), x.Tries, x.Err))
	}
	want := []string{"cell 5 (a=1 b=5s, seed 2) after 3: killed", "cell 7 (a=1 b=9s, seed 2) after 3: panic: out of memory"}
	if !slices.Equal(named, want) {
		t.Errorf("failed: %q, want %q", named, want)
	}
	if got := f.Undone(); !slices.Equal(got, []int{5, 7}) {
		t.Errorf("not done: %v", got)
	}
	f.Close()
	again := open(t, dir, aHead())
	if got := again.Undone(); !slices.Equal(got, []int{5, 7}) {
		t.Errorf("on resume, not done: %v", got)
	}
	runAll(t, again, echo)
}

// Mistake 3: the runner waited for stdout while the child waited to be read on stderr.
// Who watches may be stuck: cells go on, and are done.
func TestMistake3AStuckWatcherHoldsNoCell(t *testing.T) {
	f := open(t, t.TempDir(), aHead())
	var last Tally // as the command does it: what is watched is kept, and shown elsewhere
	var mu sync.Mutex
	failed, err := RunCells(context.Background(), f, Plan{Jobs: 4, Cell: func(ctx context.Context, c Cell) (*Result, error) {
		r, err := echo(ctx, c)
		r.Runs[0].Warnings = []string{strings.Repeat("x", 200<<10)} // more than a pipe takes
		return r, err
	}, Watch: func(tally Tally) { mu.Lock(); last = tally; mu.Unlock() }})
	if err != nil || failed != nil || last != (Tally{Cells: 24, Done: 24}) {
		t.Errorf("%v, %v, %+v", failed, err, last)
	}
}

// Mistake 4: nobody waited for the children. When a run returns, nothing of it runs on,
// also when it was interrupted; what had finished is done.
func TestMistake4NothingRunsOn(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, aHead())
	ctx, cancel := context.WithCancel(context.Background())
	var running atomic.Int64
	failed, err := RunCells(ctx, f, Plan{Jobs: 4, Cell: func(ctx context.Context, c Cell) (*Result, error) {
		running.Add(1)
		defer running.Add(-1)
		if c.Index >= 8 {
			if c.Index == 8 {
				cancel()
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return echo(ctx, c)
	}})
	if n := running.Load(); n != 0 || err != nil || len(failed) != 0 {
		t.Errorf("%d cells run on; %v, %v", n, failed, err)
	}
	if got := len(f.Undone()); got != 16 {
		t.Errorf("%d cells are not done, want 16", got)
	}
	f.Close()
	runAll(t, open(t, dir, aHead()), echo)
}

// Mistake 5: the whole log was read for every job. It is read once: a cell is looked up
// in a table, whatever becomes of the file.
func TestMistake5TheLogIsReadOnce(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, aHead())
	runAll(t, f, echo)
	if err := os.Truncate(filepath.Join(dir, logName), 0); err != nil {
		t.Fatal(err)
	}
	for cell := range 24 {
		if !f.Done(cell) {
			t.Errorf("cell %d was looked up in the file", cell)
		}
	}
}

// Mistake 6: threads appended without a lock, and a crash left half a line that matched
// nothing, or something else. At whichever byte the log is cut off, the cells of the
// whole lines are done and no others, and what is appended next can be read.
func TestMistake6ATornLineCountsForNothing(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, aHead())
	runAll(t, f, echo)
	f.Close()
	path := filepath.Join(dir, logName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head := strings.IndexByte(string(whole), '\n') + 1
	if n := strings.Count(string(whole), "\n"); n != 25 {
		t.Fatalf("the log of 24 cells has %d lines", n)
	}
	for cut := head; cut <= len(whole); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := Open(dir, aHead(), true)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		lines := strings.Count(string(whole[head:cut]), "\n")
		if got := 24 - len(f.Undone()); got != lines {
			t.Fatalf("cut at %d: %d cells are done, and %d lines are whole", cut, got, lines)
		}
		if cut%97 == 0 && lines < 24 {
			runAll(t, f, echo)
			f.Close()
			f = open(t, dir, aHead())
			if left := f.Undone(); len(left) > 0 {
				t.Fatalf("cut at %d, run again, and opened again: %v are not done", cut, left)
			}
		}
		f.Close()
	}
}

// Mistake 7: the log's key was the command line, so that another path of the interpreter
// lost all progress, and two runs shared one file. The key is the cell of a grid: the
// same sweep under other flags goes on, another one is refused, and so is a second
// process.
func TestMistake7TheLogIsOfOneSweep(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, aHead())
	failed, err := RunCells(context.Background(), f, Plan{Jobs: 2, Cell: func(ctx context.Context, c Cell) (*Result, error) {
		if c.Index > 3 {
			return nil, errors.New("later")
		}
		return echo(ctx, c)
	}})
	if err != nil || len(failed) != 20 {
		t.Fatalf("%v, %d failed", err, len(failed))
	}
	if _, err := Open(dir, aHead(), true); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("another sweep is writing here (process %d on ", os.Getpid())) {
		t.Errorf("a second one at once: %v", err)
	}
	f.Close()
	if _, err := Open(dir, aHead(), false); err == nil || !strings.Contains(err.Error(), "with 4 of its 24 cells done: go on with --resume") {
		t.Errorf("without --resume: %v", err)
	}
	described := aHead()
	described.About, described.Keep = "other words", []string{"p99 < 1s"}
	if f := open(t, dir, described); len(f.Undone()) != 20 {
		t.Errorf("%d cells are left, want 20", len(f.Undone()))
	} else {
		f.Close()
	}
	for want, change := range map[string]func(*Head){
		"it varies a=1,2,3 and b=1s,2s,5s,9s, not a=1,2,3 and b=1s": func(h *Head) { h.Grid.Axes[1].Values = []string{"1s", "3s"} },
		"it has seeds 1 to 2, not seeds 1 to 3":                     func(h *Head) { h.Grid.Seeds = 3 },
		"it was made by version v1 of the program, and this is v2":  func(h *Head) { h.Tool = "v2" },
		"it is of scenario x, not of y":                             func(h *Head) { h.Grid.Scenario = "y" },
		"it sets nothing, not fleet.workers=3":                      func(h *Head) { h.Grid.Set = []string{"fleet.workers=3"} },
		"it is of the strategies all, not of naive":                 func(h *Head) { h.Grid.Strategies = []string{"naive"} },
		"holds all of this sweep, not shard 1/2":                    func(h *Head) { h.Shard = "1/2" },
	} {
		other := aHead()
		change(&other)
		if _, err := Open(dir, other, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// Mistake 8: the jobs were slices of a queryset that changed under them. A scenario, or a
// trace, that is not what it was is another sweep.
func TestMistake8AChangedScenarioIsAnotherSweep(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, aHead())
	runAll(t, f, echo)
	f.Close()
	changed := aHead()
	changed.Inputs = "j"
	if _, err := Open(dir, changed, true); err == nil || !strings.Contains(err.Error(), "the scenario x, or a trace that it reads, has changed since") {
		t.Errorf("%v", err)
	}
}

// Mistake 9: what was done and not yet logged ran again, and whether that was the same
// was anybody's guess. After a crash at any step of making cells done, a resumed sweep
// has the results of one that nobody disturbed, and has run no cell of the log again.
func TestMistake9ACellThatRunsAgainIsTheSame(t *testing.T) {
	undisturbed := t.TempDir()
	f := open(t, undisturbed, aHead())
	runAll(t, f, echo)
	f.Close()
	logged, err := os.ReadFile(filepath.Join(undisturbed, logName))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(logged), "\n")
	for step, crash := range map[string]func(dir string){
		"written beside": func(dir string) { write(t, dir, "000004.json.part", `{"cell":4,`) },
		"renamed":        func(dir string) { write(t, dir, "000004.json", "half of something els") },
		"whole":          func(dir string) { copyCell(t, undisturbed, dir, "000004.json") },
	} {
		dir := t.TempDir()
		f := open(t, dir, aHead())
		f.Close()
		done := make(map[int]bool)
		log := lines[0]
		for _, line := range lines[1:11] {
			e, ok := parseEntry([]byte(line))
			if !ok {
				t.Fatal(line)
			}
			if e.Cell != 4 {
				log += line
				done[e.Cell] = true
				copyCell(t, undisturbed, dir, fmt.Sprintf("%06d.json", e.Cell))
			}
		}
		if err := os.WriteFile(filepath.Join(dir, logName), []byte(log), 0o644); err != nil {
			t.Fatal(err)
		}
		crash(dir)
		f = open(t, dir, aHead())
		runAll(t, f, func(ctx context.Context, c Cell) (*Result, error) {
			if done[c.Index] {
				t.Errorf("%s: cell %d runs again", step, c.Index)
			}
			return echo(ctx, c)
		})
		f.Close()
		if results(t, dir) != results(t, undisturbed) {
			t.Errorf("%s: the results differ from those of an undisturbed sweep", step)
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, cellsName, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func copyCell(t *testing.T, from, to, name string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(from, cellsName, name))
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, name, string(text))
}

// A result that is not what was written, since somebody touched it or a disk lost it, is
// made again.
func TestADamagedResultRunsAgain(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, aHead())
	runAll(t, f, echo)
	f.Close()
	before := results(t, dir)
	write(t, dir, "000003.json", "{}")
	if err := os.Remove(filepath.Join(dir, cellsName, "000008.json")); err != nil {
		t.Fatal(err)
	}
	f = open(t, dir, aHead())
	if got := f.Undone(); !slices.Equal(got, []int{3, 8}) || f.Lost != 2 {
		t.Errorf("%v are to run again, %d lost", got, f.Lost)
	}
	runAll(t, f, echo)
	if results(t, dir) != before {
		t.Error("the results differ")
	}
}

// A disk that takes nothing more ends the run with its reason, and holds nobody up.
func TestADiskErrorEndsTheRun(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir, aHead())
	if err := os.RemoveAll(filepath.Join(dir, cellsName)); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := RunCells(context.Background(), f, Plan{Jobs: 3, Cell: echo})
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}
