// Package command is what the two commands share: exit codes, progress, the
// choice of scenarios and strategies, and the delivery of a result.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strconv"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/scenarios"
)

// The exit codes of both commands (docs/exit-codes.md).
const (
	ExitDone        = 0
	ExitExpectation = 1
	ExitUsage       = 2
	ExitRun         = 3
	ExitRegressed   = 4
	ExitInterrupted = 130
)

// Console is where a command writes: results to Out, all else to Err.
type Console struct {
	Ctx      context.Context
	Out, Err io.Writer
}

// Exit is an error that carries its exit code.
type Exit struct {
	Code int
	Err  error
}

func (e *Exit) Error() string { return e.Err.Error() }

// Unwrap gives the error within.
func (e *Exit) Unwrap() error { return e.Err }

// Usage is an error of the command line or of a file: nothing was run.
func Usage(err error) error { return &Exit{ExitUsage, err} }

// Process runs a command with the arguments, input and output of the process, and ends
// the process with its exit code. Ctrl-C, or SIGTERM, ends the context: what is finished
// by then is written and said. A second one ends the process at once. Who reads the
// output and goes away, as head does, ends the output and not the run: the reports of
// what comes after are written all the same.
func Process(run func(ctx context.Context, stdout, stderr io.Writer, args []string) int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // heard by nobody, and so it kills nobody
	code := run(ctx, patient(os.Stdout), patient(os.Stderr), os.Args[1:])
	stop()
	os.Exit(code)
}

// patientWriter is output of which nobody may read the end.
type patientWriter struct{ io.Writer }

// patient makes output patient, unless it is a screen, which is known by its type.
func patient(f *os.File) io.Writer {
	if Terminal(f) {
		return f
	}
	return patientWriter{f}
}

// Write takes what nobody reads any more for written.
func (w patientWriter) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}

// Main parses args into grammar, a struct of kong commands whose Run methods
// take a *Console, runs the chosen one and returns the exit code.
func Main(name, description string, grammar any, c *Console, args []string) int {
	left := -1 // the exit code of --help
	parser, err := kong.New(grammar,
		kong.Name(name), kong.Description(description), kong.Writers(c.Out, c.Err),
		kong.Exit(func(code int) { left = code }), kong.Bind(c), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.KindMapper(reflect.Int, kong.MapperFunc(wholeNumber)), kong.KindMapper(reflect.Uint64, kong.MapperFunc(wholeNumber)))
	if err != nil {
		panic(err) // the struct tags are wrong
	}
	if near := verbMeant(parser.Model, args); near != "" {
		fmt.Fprintf(c.Err, "%s: there is no command %q; did you mean %s?\n", name, args[0], near)
		return ExitUsage
	}
	parsed, err := parser.Parse(args)
	if left >= 0 {
		return left
	}
	if err != nil {
		fmt.Fprintf(c.Err, "%s: %s; see %s --help\n", name, humanize.Legible(err.Error()), name)
		return ExitUsage
	}
	if flag := emptyFlag(parsed); flag != "" {
		fmt.Fprintf(c.Err, "%s: --%s: the value is empty: give one, or leave the flag out\n", name, flag)
		return ExitUsage
	}
	return reportError(name, c.Err, parsed.Run())
}

// emptyFlag is the first flag that was given an empty value, or "": mostly a variable of
// a shell that is not set, which the command would run without.
func emptyFlag(parsed *kong.Context) string {
	for _, step := range parsed.Path {
		if step.Flag == nil {
			continue
		}
		value := reflect.Indirect(step.Flag.Target)
		switch value.Kind() {
		case reflect.String, reflect.Slice:
			if value.Len() == 0 {
				return step.Flag.Name
			}
		}
		if list, ok := value.Interface().([]string); ok && slices.Contains(list, "") {
			return step.Flag.Name
		}
	}
	return ""
}

// verbMeant is the command that the first argument was probably meant to be, or "".
// kong would take a misspelt one for the name of a scenario.
func verbMeant(app *kong.Application, args []string) string {
	if len(args) == 0 {
		return ""
	}
	var verbs []string
	for _, verb := range app.Children {
		if !verb.Hidden {
			verbs = append(verbs, verb.Name)
		}
	}
	near := spelling.Suggest(args[0], verbs)
	if near == "" || near == args[0] {
		return ""
	}
	if _, err := os.Stat(args[0]); err == nil {
		return ""
	}
	if _, err := scenarios.Named(args[0], nil); err == nil {
		return ""
	}
	return near
}

// wholeNumber reads the number behind a flag. kong's own reader speaks of a valid 64
// bit int; this one says what to write, and kong puts the name of the flag before it.
func wholeNumber(ctx *kong.DecodeContext, target reflect.Value) error {
	text := ctx.Scan.Pop().String()
	if target.Kind() == reflect.Uint64 {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("give a whole number that is not negative, not %q", text)
		}
		target.SetUint(n)
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("give a whole number, not %q", text)
	}
	target.SetInt(int64(n))
	return nil
}

// reportError prints the one sentence of an error and gives its exit code.
func reportError(name string, w io.Writer, err error) int {
	if err == nil {
		return ExitDone
	}
	fmt.Fprintf(w, "%s: %s\n", name, humanize.Legible(err.Error()))
	var e *Exit
	if errors.As(err, &e) {
		return e.Code
	}
	return ExitRun
}
