package sweep

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is in a log that was broken by hand, or by a disk, is taken for what it is: lines
// that are whole count, others do not, and a file without a head is no log.
func TestReadLog(t *testing.T) {
	head, err := json.Marshal(Head{Sweep: format, Grid: aHead().Grid})
	if err != nil {
		t.Fatal(err)
	}
	hash := strings.Repeat("0", 64)
	line := func(cell string) string { return `{"cell":` + cell + `,"sha256":"` + hash + `"}` + "\n" }
	for name, test := range map[string]struct {
		text         string
		done, broken int
		torn         bool
		wrong        string
	}{
		"head alone":         {text: "", done: 0},
		"two lines":          {text: line("1") + line("2"), done: 2},
		"one cell twice":     {text: line("1") + line("1"), done: 1},
		"a torn end":         {text: line("1") + line("2")[:20], done: 1, broken: 1, torn: true},
		"no line feed":       {text: line("1") + strings.TrimSpace(line("2")), done: 1, broken: 1, torn: true},
		"torn and gone on":   {text: line("1")[:9] + "\n" + line("2"), done: 1, broken: 1},
		"torn and glued on":  {text: line("1")[:9] + line("2"), done: 0, broken: 1},
		"zeros":              {text: line("1") + strings.Repeat("\x00", 99) + "\n" + line("2"), done: 2, broken: 1},
		"not of the grid":    {text: line("24") + line("-1") + line("23"), done: 1, broken: 2},
		"a short hash":       {text: `{"cell":1,"sha256":"00"}` + "\n", broken: 1},
		"more than one":      {text: strings.TrimSpace(line("1")) + line("2"), broken: 1},
		"another field":      {text: `{"cell":1,"sha256":"` + hash + `","x":1}` + "\n", broken: 1},
		"no head":            {wrong: "its first line is not that of a sweep's log"},
		"a head of tomorrow": {wrong: "its log has format 2, and this program reads 1"},
	} {
		text := string(head) + "\n" + test.text
		switch name {
		case "no head":
			text = line("1")
		case "a head of tomorrow":
			text = `{"sweep":2}` + "\n"
		}
		_, done, broken, torn, err := readLog(strings.NewReader(text))
		if test.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("%s: %v, want %q", name, err, test.wrong)
			}
			continue
		}
		if err != nil || len(done) != test.done || broken != test.broken || torn != test.torn {
			t.Errorf("%s: %d done, %d broken, torn %v, %v; want %+v", name, len(done), broken, torn, err, test)
		}
	}
}

// Whatever a log has in it, no cell is done that no whole line says so of, and what is
// appended to it can be read.
func FuzzReadLog(f *testing.F) {
	head, err := json.Marshal(Head{Sweep: format, Grid: aHead().Grid})
	if err != nil {
		f.Fatal(err)
	}
	whole := `{"cell":3,"sha256":"` + strings.Repeat("a", 64) + `"}` + "\n"
	for _, text := range []string{"", whole, whole[:30], whole[:30] + whole, "\x00\x00", "\n\n", `{"cell":1}`} {
		f.Add([]byte(string(head) + "\n" + text))
	}
	f.Add([]byte(`{"sweep":1,"grid":{"vary":[{"paths":["a"],"values":["1","2"]}],"seeds":4611686018427387904}}` + "\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		head, done, _, _, err := readLog(bytes.NewReader(text))
		if err != nil {
			return
		}
		for cell := range done {
			if cell < 0 || cell >= head.Grid.Cells() || !bytes.Contains(text, []byte("\n")) {
				t.Fatalf("cell %d of %d is done", cell, head.Grid.Cells())
			}
		}
		path := filepath.Join(dir, "log")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		l, _, err := openLog(path)
		if err != nil {
			t.Fatal(err)
		}
		last := head.Grid.Cells() - 1
		err = l.append([]entry{{last, strings.Repeat("b", 64)}})
		l.file.Close()
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := openLog(path)
		if err != nil {
			t.Fatal(err)
		}
		defer again.file.Close()
		if again.done[last] != strings.Repeat("b", 64) || len(again.done) < len(done) {
			t.Fatalf("what was appended is lost: %v of %v", again.done, done)
		}
	})
}
