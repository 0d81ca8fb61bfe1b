package sweep

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// format is the version of the log and of the results beside it.
const format = 1

// Head is the first line of a log: what the sweep is. Nothing in it depends on where
// the sweep runs, how many processors it takes or what its files are called; all that
// a result depends on does stand in it.
type Head struct {
	Sweep  int    `json:"sweep"`  // the format
	Tool   string `json:"tool"`   // the program's version
	Inputs string `json:"inputs"` // a hash of the scenario's text and of the traces it reads
	Grid   Grid   `json:"grid"`
	Shard  string `json:"shard,omitempty"`

	// What a report says of the sweep beside its results. No result depends on it.
	About   string   `json:"about,omitempty"`
	Classes []string `json:"classes"` // of requests
	Keep    []string `json:"keep"`    // conditions, all of which a strategy has to keep
}

// Difference says in what another head is not of the same sweep, whichever shards the
// two are of; empty where it is.
func (h Head) Difference(other Head) string {
	a, b := h.Grid, other.Grid
	switch {
	case h.Sweep != other.Sweep:
		return fmt.Sprintf("its log has format %d, and this program writes %d", h.Sweep, other.Sweep)
	case a.Scenario != b.Scenario:
		return fmt.Sprintf("it is of scenario %s, not of %s", a.Scenario, b.Scenario)
	case h.Inputs != other.Inputs:
		return fmt.Sprintf("the scenario %s, or a trace that it reads, has changed since", a.Scenario)
	case !slices.EqualFunc(a.Axes, b.Axes, func(x, y Axis) bool { return slices.Equal(x.Paths, y.Paths) && slices.Equal(x.Values, y.Values) }):
		return fmt.Sprintf("it varies %s, not %s", describeAxes(a.Axes), describeAxes(b.Axes))
	case !slices.Equal(a.Set, b.Set):
		return fmt.Sprintf("it sets %s, not %s", orNothing(a.Set), orNothing(b.Set))
	case !slices.Equal(a.Strategies, b.Strategies):
		return fmt.Sprintf("it is of the strategies %s, not of %s", orAll(a.Strategies), orAll(b.Strategies))
	case a.Seed != b.Seed || a.Seeds != b.Seeds:
		return fmt.Sprintf("it has %s, not %s", describeSeeds(a), describeSeeds(b))
	case h.Tool != other.Tool:
		return fmt.Sprintf("it was made by version %s of the program, and this is %s", h.Tool, other.Tool)
	}
	return ""
}

func describeAxes(axes []Axis) string {
	list := make([]string, len(axes))
	for i, a := range axes {
		list[i] = a.Name() + "=" + strings.Join(a.Values, ",")
	}
	return strings.Join(list, " and ")
}

func describeSeeds(g Grid) string {
	if g.Seeds == 1 {
		return fmt.Sprintf("seed %d", g.Seed)
	}
	return fmt.Sprintf("seeds %d to %d", g.Seed, g.Seed+uint64(g.Seeds)-1)
}

func orNothing(list []string) string {
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, " ")
}

func orAll(list []string) string {
	if len(list) == 0 {
		return "all"
	}
	return strings.Join(list, ", ")
}

// entry is a line of the log behind the head: a cell is done, and its result has the
// hash.
type entry struct {
	Cell   int    `json:"cell"`
	SHA256 string `json:"sha256"`
}

// Log is the append-only file that says which cells are done. A cell is looked up in a
// table: the file is read once, when it is opened.
type Log struct {
	file *os.File
	head Head
	done map[int]string // cell to hash
}

// readLog reads a log. A line that is not whole counts for nothing, wherever it
// stands: it is what a crash leaves of an append, and its cells run again. Only a
// whole line ends in a brace and a line feed, so no part of one is taken for another.
// Broken says how many lines are not, and torn whether the last one lacks its end.
func readLog(r io.Reader) (head Head, done map[int]string, broken int, torn bool, err error) {
	in := bufio.NewReader(r)
	first, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return head, nil, 0, false, err
	}
	if err != nil || json.Unmarshal(first, &head) != nil || head.Sweep == 0 {
		return head, nil, 0, false, errors.New("its first line is not that of a sweep's log")
	}
	if head.Sweep != format {
		return head, nil, 0, false, fmt.Errorf("its log has format %d, and this program reads %d", head.Sweep, format)
	}
	if err := head.Grid.Check(); err != nil {
		return head, nil, 0, false, fmt.Errorf("the first line of its log: %w", err)
	}
	done = make(map[int]string)
	for cells := head.Grid.Cells(); ; {
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return head, nil, 0, false, err
		}
		if e, ok := parseEntry(line); ok && e.Cell < cells {
			done[e.Cell] = e.SHA256
		} else if len(line) > 0 {
			broken++
		}
		if err != nil {
			return head, done, broken, len(line) > 0, nil
		}
	}
}

// parseEntry reads a whole line.
func parseEntry(line []byte) (e entry, ok bool) {
	text, whole := bytes.CutSuffix(line, []byte("\n"))
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if !whole || d.Decode(&e) != nil || d.More() {
		return entry{}, false
	}
	return e, e.Cell >= 0 && len(e.SHA256) == 64
}

// openLog opens the log at a path to go on with it, and tells what there was of lines
// that are not whole.
func openLog(path string) (l *Log, broken int, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return nil, 0, err
	}
	head, done, broken, torn, err := readLog(file)
	if err == nil && torn { // what is appended begins a line of its own
		_, err = file.WriteString("\n")
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return &Log{file, head, done}, broken, nil
}

// createLog writes a log with nothing but its head. It is there whole or not at all.
func createLog(path string, head Head) (*Log, error) {
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	if err := writeSafely(path, append(text, '\n')); err != nil {
		return nil, err
	}
	l, _, err := openLog(path)
	return l, err
}

// append notes cells as done and returns when that is on the disk: one write, so that
// the lines of several cells do not mix, and one sync.
func (l *Log) append(list []entry) error {
	var lines bytes.Buffer
	e := json.NewEncoder(&lines)
	for _, one := range list {
		if err := e.Encode(one); err != nil {
			return err
		}
	}
	if _, err := l.file.Write(lines.Bytes()); err != nil {
		return err
	}
	if err := l.file.Sync(); err != nil {
		return err
	}
	for _, one := range list {
		l.done[one.Cell] = one.SHA256
	}
	return nil
}

// readHead is the head of the log at a path.
func readHead(path string) (Head, error) {
	file, err := os.Open(path)
	if err != nil {
		return Head{}, err
	}
	defer file.Close()
	head, _, _, _, err := readLog(file)
	return head, err
}
