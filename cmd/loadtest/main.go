// Command loadtest runs scenarios for real: HTTP boxes on the loopback
// interface in front of the same strategies that simulate runs, a real cache, an
// origin, and vegeta as the load. See loadtest --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/herdlab/herdlab/internal/live/tier"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait
	tier.Quiet()
	code := run(ctx, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	os.Exit(code)
}
