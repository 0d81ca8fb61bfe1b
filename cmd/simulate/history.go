package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/reports"
)

// historyCmd is a page of the results of many commits.
type historyCmd struct {
	Dirs []string `arg:"" name:"dir" help:"Folders of results, one a commit, the oldest first: each what simulate compare takes."`
	Page string   `default:"history.html" help:"The page to write."`
}

// Run reads all the results, and only then writes the page. A folder is called as its own
// name says, which a pipeline makes that of the commit.
func (h historyCmd) Run(c *command.Console) error {
	var commits []reports.Results
	for _, dir := range h.Dirs {
		files, err := reports.Open(dir)
		if err != nil {
			return command.Usage(err)
		}
		whole, err := filepath.Abs(dir)
		if err != nil {
			return command.Usage(err)
		}
		commit := reports.Results{Name: filepath.Base(whole), Files: files}
		for _, f := range files {
			commit.Pages = append(commit.Pages, h.report(dir, f.Scenario))
		}
		commits = append(commits, commit)
	}
	var page bytes.Buffer
	if err := reports.History(&page, commits); err != nil {
		return command.Usage(err)
	}
	err := os.MkdirAll(filepath.Dir(h.Page), 0o755)
	if err == nil {
		err = os.WriteFile(h.Page, page.Bytes(), 0o644)
	}
	if err != nil {
		return &command.Exit{Code: command.ExitRun, Err: fmt.Errorf("--page: %w", err)}
	}
	fmt.Fprintf(c.Out, "history: %s\n", h.Page)
	return nil
}

// report is the page of a scenario's report in a folder, from where the history is; empty
// where there is none.
func (h historyCmd) report(dir, scenario string) string {
	for _, folder := range []string{".", scenario, scenario + "-real"} {
		page := filepath.Join(dir, folder, "index.html")
		if _, err := os.Stat(filepath.Join(dir, folder, "results.json")); err != nil {
			continue
		}
		if link, err := filepath.Rel(filepath.Dir(h.Page), page); err == nil {
			return filepath.ToSlash(link)
		}
	}
	return ""
}
