// Command simulate compares caching strategies in virtual time.
//
// Without arguments it runs the quick set of scenarios under every strategy,
// shows progress, prints a table for each and leaves a report with plots under
// out/. See simulate --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait
	code := run(ctx, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	os.Exit(code)
}
