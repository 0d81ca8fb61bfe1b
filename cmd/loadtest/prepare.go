package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/live/origin"
)

type prepareCmd struct {
	Origin  string `default:"sqlite" placeholder:"KIND" help:"sqlite, sqlite:PATH or postgres://user@host/database."`
	Authors int    `default:"1000" help:"Number of authors. Each has a page."`
	Books   int    `default:"200000" help:"Number of books. A load reads all of them."`
	Seed    uint64 `default:"1" help:"Seed of the contents."`
	Force   bool   `help:"Replace what the database holds, writes included."`
	Quiet   bool   `short:"q" help:"Show no progress."`
}

// Run fills the database of an origin.
func (p prepareCmd) Run(c *command.Console) error {
	if err := checkOrigin(p.Origin); err != nil {
		return command.Usage(err)
	}
	size := origin.Size{Authors: p.Authors, Books: p.Books}
	if err := size.Validate(); err != nil {
		return command.Usage(err)
	}
	if p.Origin == modelled || isHTTP(p.Origin) {
		return command.Usage(errors.New("--origin: only a database is filled: give sqlite, sqlite:PATH or postgres://user@host/database"))
	}
	db, err := openDatabase(c.Ctx, p.Origin, 0)
	if err != nil {
		return unlessInterrupted(c, err, "nothing is filled")
	}
	defer db.Close()
	err = fillDatabase(c, db, origin.Filling{Size: size, Seed: p.Seed, Force: p.Force}, p.Quiet)
	return unlessInterrupted(c, err, fmt.Sprintf("%s is not full; begin again with `loadtest prepare`", db))
}

// fillDatabase fills one and says so.
func fillDatabase(c *command.Console, db *origin.SQL, f origin.Filling, quiet bool) error {
	begun := time.Now()
	bar := command.NewBar(c.Err, quiet, "filling "+db.String())
	f.Progress = bar.Show
	done, err := db.Prepare(c.Ctx, f)
	bar.End()
	if err != nil {
		return err
	}
	if done.Already {
		fmt.Fprintf(c.Err, "%s has %v already, and %s since it was filled\n", db, done.Size, humanize.Plural(done.Writes, "write", "writes"))
		return nil
	}
	fmt.Fprintf(c.Err, "%s is filled with %v, in %v\n", db, done.Size, time.Since(begun).Round(time.Millisecond))
	return nil
}

// unlessInterrupted is err, or, after Ctrl-C, what was left undone.
func unlessInterrupted(c *command.Console, err error, undone string) error {
	if err == nil || c.Ctx.Err() == nil {
		return err
	}
	return c.Interrupted(undone)
}
