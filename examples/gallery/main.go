// Gallery prints what the examples measured beside what was simulated, and keeps the tables
// of their READMEs and docs/gallery.md:
//
//	go run ./examples/gallery [--update] [STACK...]
//
// It reads the results.json that each case of an example leaves in out/examples. The table
// of a README is replaced if that example has been run; docs/gallery.md has the tables of
// all READMEs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	update := flag.Bool("update", false, "write the tables into the READMEs and docs/gallery.md")
	results := flag.String("results", "out/examples", "`folder` of what the examples measured")
	flag.Parse()
	if err := run(os.Stdout, ".", *results, flag.Args(), *update); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

// stacks are the examples in the order of docs/gallery.md.
func stacks() []string {
	return []string{"django-top-books", "django-file-cache", "nginx-memcached", "http-caches", "dogpile-cache", "node-libraries"}
}

// run prints the tables of some examples, of all without any, and keeps them in files.
// Top is the repository's root.
func run(w io.Writer, top, results string, names []string, update bool) error {
	if len(names) == 0 {
		names = stacks()
	}
	for _, name := range names {
		if !slices.Contains(stacks(), name) {
			return fmt.Errorf("there is no example %q: there are %s", name, strings.Join(stacks(), ", "))
		}
		table, err := tableOf(filepath.Join(top, "examples", name), filepath.Join(results, name))
		if errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(w, "%s: nothing is measured: run examples/%s/run\n", name, name)
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(w, "%s: measured / simulated\n\n%s\n", name, table)
		if update {
			if err := replaceTable(filepath.Join(top, "examples", name, "README.md"), table); err != nil {
				return err
			}
		}
	}
	if !update {
		return nil
	}
	page, err := gallery(top)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(top, "docs", "gallery.md"), []byte(page), 0o644)
}

// The marks in a README between which its table is.
const (
	begin = "<!-- measured: go run ./examples/gallery --update -->\n"
	end   = "<!-- measured -->\n"
)

// replaceTable puts a table into a README.
func replaceTable(readme, table string) error {
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	before, _, after, err := parts(readme, string(text))
	if err != nil {
		return err
	}
	return os.WriteFile(readme, []byte(before+begin+table+end+after), 0o644)
}

// parts are what a README has before, between and after its marks.
func parts(name, text string) (before, table, after string, err error) {
	before, rest, ok := strings.Cut(text, begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return "", "", "", fmt.Errorf("%s: the lines %q and %q are missing, between which its table belongs", name, begin, end)
	}
	return before, table, after, nil
}

// gallery is the text of docs/gallery.md: of every example its title and its table.
func gallery(top string) (string, error) {
	var out strings.Builder
	out.WriteString(head)
	for _, name := range stacks() {
		readme := filepath.Join(top, "examples", name, "README.md")
		text, err := os.ReadFile(readme)
		if err != nil {
			return "", err
		}
		_, table, _, err := parts(readme, string(text))
		if err != nil {
			return "", err
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		fmt.Fprintf(&out, "\n## [%s](../examples/%s/README.md)\n\n%s", title, name, table)
	}
	return out.String(), nil
}

const head = `# Real stacks, measured beside simulated

The programs here are not the lab's: they are installed as Debian and npm have them, started on the loopback interface, and sent the traffic of a scenario by ` + "`loadtest attack`" + `, before an origin that counts.
Beside each figure stands what ` + "`simulate`" + ` says of the strategy that the program behaves like. What differs, and why, is in the README of each example.
Counts hold on a busy machine, too. Latencies do not: those that the machine explains are void.

This page is made of the READMEs in [examples](../examples) (` + "`make examples`" + ` measures all of it anew, in half an hour).
`
