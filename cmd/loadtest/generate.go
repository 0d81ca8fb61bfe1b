package main

import (
	"os"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live"
)

// generateCmd is the other end of --generator process.
type generateCmd struct{}

// Run talks to the program that started it, by standard input and output.
func (generateCmd) Run(c *command.Console) error { return live.Generate(c.Ctx, os.Stdin, c.Out) }
