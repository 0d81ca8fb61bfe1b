package command

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/herdlab/herdlab/internal/folder"
	"github.com/herdlab/herdlab/internal/metrics"
	"github.com/herdlab/herdlab/scenarios"
	"github.com/herdlab/herdlab/workloads/trace"
)

// Journal keeps the runs of a scenario that have ended on the disk until the report is,
// so that a process that is killed loses the run under way and no other. It is a file
// beside the report's folder, a line a run. Its name has a hash of all that a result
// depends on (the program, the scenario, its traces, the command): the next process that
// does the same takes its runs up, which in virtual time are those that it would make and
// on the wall clock took minutes to measure, and any other one removes it. A nil Journal
// keeps nothing.
type Journal struct {
	path  string
	known []*metrics.Run // of a process that was killed

	mu   sync.Mutex // runs end in any order, and at once
	file *os.File   // nil before the first run has ended
}

// entry is a line.
type entry struct {
	Index int          `json:"index"`
	Run   *metrics.Run `json:"run"`
}

// OpenJournal is the journal of a scenario's runs, which the command makes again, with the
// runs that a process that was killed has left in it, which it says. Without a disk to
// write to it keeps nothing: a run is not given up for that. Nor is anything kept of a
// trace that came through a pipe, which the next process may have other contents from.
func OpenJournal(c *Console, d Delivery, sc *scenarios.Scenario, command string) (*Journal, error) {
	if readsPipe(sc) {
		return nil, nil
	}
	name := filepath.Join(d.Out, "."+sc.Name+d.Suffix+".runs-")
	hash, err := hashInputs(sc, command)
	if err != nil {
		return nil, err
	}
	j := &Journal{path: name + hash + ".jsonl", known: make([]*metrics.Run, len(sc.Strategies)*sc.Seeds)}
	old, err := filepath.Glob(escapeGlob(name) + "*.jsonl")
	if err != nil {
		return nil, err
	}
	for _, path := range old {
		if path != j.path {
			removeDead(path)
		}
	}
	if text, err := os.ReadFile(j.path); err == nil {
		j.read(text, sc)
	}
	if n := j.taken(); n > 0 {
		fmt.Fprintf(c.Err, "%s: %d of %d runs were finished when this command was killed, and are taken up\n", sc.Name, n, len(j.known))
	}
	return j, nil
}

// read takes the whole lines of a journal for known, and no part of one: what a crash
// left of a line is run again.
func (j *Journal) read(text []byte, sc *scenarios.Scenario) {
	lines := bufio.NewReader(bytes.NewReader(text))
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var e entry
		if json.Unmarshal(line, &e) != nil || e.Run == nil || e.Index < 0 || e.Index >= len(j.known) {
			continue
		}
		if e.Run.Strategy == sc.Strategies[e.Index/sc.Seeds].Name && e.Run.Seed == sc.Seed+uint64(e.Index%sc.Seeds) {
			j.known[e.Index] = e.Run
		}
	}
}

// Known is the run with an index, if a process that was killed had finished it.
func (j *Journal) Known(i int) *metrics.Run {
	if j == nil {
		return nil
	}
	return j.known[i]
}

// taken is how many runs are known.
func (j *Journal) taken() (n int) {
	for _, run := range j.known {
		if run != nil {
			n++
		}
	}
	return n
}

// Ended hears of every run that ends, and returns when it is safely on the disk. What it
// returns is the run as it stands there, where series have four decimals: a report is the
// same, byte for byte, whether or not its runs were taken up.
func (j *Journal) Ended(i int, run *metrics.Run) *metrics.Run {
	if j == nil {
		return run
	}
	line, err := json.Marshal(entry{i, run})
	if err != nil {
		return run
	}
	j.write(line)
	var e entry
	if json.Unmarshal(line, &e) != nil {
		return run
	}
	return e.Run
}

// write appends a line. If it cannot, a process that is killed loses more, and nothing else
// does.
func (j *Journal) write(line []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		err := os.MkdirAll(filepath.Dir(j.path), 0o777)
		if err == nil {
			j.file, err = os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
		}
		if err != nil {
			return
		}
		folder.TryLock(j.file)
	}
	// A line feed before it too: the line before may have lost its own in a crash.
	if _, err := j.file.Write(append(append([]byte("\n"), line...), '\n')); err == nil {
		_ = j.file.Sync()
	}
}

// Remove removes the journal, once the report is in its place.
func (j *Journal) Remove() {
	if j == nil {
		return
	}
	if j.file != nil {
		j.file.Close()
	}
	_ = os.Remove(j.path)
}

// removeDead removes the journal of another command, if the process that wrote it is gone.
func removeDead(path string) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	if folder.TryLock(file) {
		_ = os.Remove(path)
	}
}

// hashInputs is a hash of all that a result depends on.
func hashInputs(sc *scenarios.Scenario, command string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", Version(), command)
	if err := WriteInputs(h, sc.Given(), sc); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// readsPipe reports whether a trace of the scenario is no file on a disk.
func readsPipe(sc *scenarios.Scenario) bool {
	files, err := traceFiles([]*scenarios.Scenario{sc})
	return slices.ContainsFunc(files, func(file string) bool {
		info, failed := os.Stat(file)
		return file == trace.Stdin || err == nil && failed == nil && !info.Mode().IsRegular()
	})
}

// escapeGlob has a name mean itself in a pattern.
func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(name)
}
