package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/units"
	model "github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/scenarios"
)

type originCmd struct {
	Listen      string   `default:"127.0.0.1:8081" help:"Address to listen on: host:port, or a port; 0 picks a free one."`
	Public      bool     `help:"Allow an address that other machines can reach."`
	Latency     string   `help:"Latency of one load: 200ms, or {median: 200ms, p99: 1s}. If neither this nor another setting is given, it is 200ms until an attack comes with those of its scenario."`
	Concurrency *int     `help:"Loads at once; the others wait. 0 is no limit, and the default."`
	Errors      string   `help:"Share of loads that fail. Default: 0%."`
	Bytes       int      `default:"2048" help:"Size of a value in bytes."`
	Header      []string `placeholder:"NAME: VALUE" sep:"none" help:"A header of every value, e.g. 'Vary: Accept-Encoding'; may be repeated."`
	MaxAge      string   `placeholder:"TIME" help:"How long an HTTP cache may keep a value, in whole seconds, e.g. 5s: sent as Cache-Control: max-age=5, and 0s as no-store. Without it the origin says nothing, and Squid keeps nothing."`
	ETag        bool     `name:"etag" help:"Give every value an ETag, and answer 304 to who has it, after a load. The model knows no such questions."`
	Seed        uint64   `default:"1" help:"Seed of latencies and errors."`
	Set         []string `placeholder:"KEY=VALUE" sep:"none" help:"Any other setting of fleet.origin, e.g. queue=100, degrade=2%, write=20ms."`
}

// Run serves until Ctrl-C, and then says what it counted.
func (o originCmd) Run(c *command.Console) error {
	cfg, err := o.config()
	if err == nil {
		err = o.check()
	}
	header, wrong := o.header()
	if err = cmp.Or(err, wrong); err != nil {
		return command.Usage(err)
	}
	listener, err := origin.Listen(c.Ctx, o.Listen)
	if err != nil {
		return fmt.Errorf("%w: end what uses it, or choose another with --listen", err)
	}
	base := "http://" + listener.Addr().String()
	fmt.Fprintf(c.Out, "origin: %s\n", base)
	fmt.Fprintf(c.Err, "GET %s/KEY takes %s; counts at %s/-/stats; Ctrl-C ends it\n", base, o.latency(), base)

	serving, stop := context.WithCancel(context.WithoutCancel(c.Ctx))
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- origin.Serve(serving, listener, origin.ServerConfig{Origin: cfg, Seed: o.Seed, Bytes: o.Bytes, Header: header, ETag: o.ETag, Own: o.own()})
	}()
	select {
	case err := <-ended:
		return err
	case <-c.Ctx.Done():
	}
	stats, err := origin.AskCounts(serving, base)
	stop()
	if ended := <-ended; ended != nil || err != nil {
		return fmt.Errorf("the counts are lost: %w", cmp.Or(ended, err))
	}
	printHerds(c.Out, stats)
	return &command.Exit{Code: command.ExitInterrupted, Err: fmt.Errorf("interrupted: the origin at %s is closed", base)}
}

// latency is what a load takes until somebody says otherwise.
func (o originCmd) latency() string { return cmp.Or(o.Latency, "200ms") }

// own is whether the command line says what the origin is like: then no attack changes that.
func (o originCmd) own() bool {
	return o.Latency != "" || o.Concurrency != nil || o.Errors != "" || len(o.Set) > 0
}

// config reads the flags as a scenario file would be read.
func (o originCmd) config() (model.Config, error) {
	set := []string{
		"fleet.origin.latency=" + o.latency(),
		"fleet.origin.errors=" + cmp.Or(o.Errors, "0%"),
	}
	if o.Concurrency != nil {
		set = append(set, "fleet.origin.concurrency="+strconv.Itoa(*o.Concurrency))
	}
	for _, s := range o.Set {
		set = append(set, "fleet.origin."+s)
	}
	const rest = "duration: 1s\nworkload: [{class: page, rate: 1/s, keys: {count: 1}}]\nstrategies: {naive: {}}\n"
	sc, err := scenarios.Read("origin", []byte(rest), set)
	if err != nil {
		return model.Config{}, err
	}
	return sc.Fleet.Origin, nil
}

// header is that of every value.
func (o originCmd) header() (http.Header, error) {
	header, err := readHeader("--header", o.Header)
	control, wrong := o.cacheControl()
	if control != "" {
		header.Set("Cache-Control", control)
	}
	return header, cmp.Or(err, wrong)
}

// headerName is a token of RFC 9110, section 5.6.2.
var headerName = regexp.MustCompile("^[-!#$%&'*+.^_`|~0-9A-Za-z]+$")

// readHeader reads fields as people write them. What is wrong with one is told without its value,
// which may be a secret.
func readHeader(flag string, fields []string) (http.Header, error) {
	header := make(http.Header)
	for _, field := range fields {
		name, value, ok := strings.Cut(field, ":")
		if !ok || !headerName.MatchString(name) || strings.ContainsAny(value, "\r\n\x00") {
			return header, fmt.Errorf("%s %.20q: write a name, a colon and a value, as in 'Accept: text/html'", flag, name)
		}
		header.Add(name, strings.TrimSpace(value))
	}
	return header, nil
}

// cacheControl is what the origin says of how long a value may be kept; "" is nothing.
func (o originCmd) cacheControl() (string, error) {
	if o.MaxAge == "" {
		return "", nil
	}
	age, err := units.ParseDuration(o.MaxAge)
	switch {
	case err != nil:
		return "", fmt.Errorf("--max-age: %w", err)
	case age < 0 || age%time.Second != 0:
		return "", fmt.Errorf("--max-age %s is not in whole seconds, which is what Cache-Control counts in: give 5s, say", o.MaxAge)
	case age == 0:
		return "no-store", nil
	}
	return fmt.Sprintf("max-age=%d", int64(age/time.Second)), nil
}

// check refuses what is no address, and one that other machines can reach.
func (o originCmd) check() error {
	if o.Bytes < 0 {
		return fmt.Errorf("--bytes %d: give 0 or more", o.Bytes)
	}
	if _, err := strconv.ParseUint(o.Listen, 10, 16); err == nil {
		return nil // a port alone is one of the loopback interface
	}
	host, _, err := net.SplitHostPort(o.Listen)
	switch {
	case err != nil:
		return fmt.Errorf("--listen %s is not host:port: give a port, as in 127.0.0.1:8081", o.Listen)
	case o.Public, host == "", host == "localhost":
		return nil
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("--listen %s: other machines could reach this address; give 127.0.0.1:PORT, or add --public if that is meant", o.Listen)
}

// printHerds writes the counts of an origin.
func printHerds(w io.Writer, s origin.HerdStats) {
	fmt.Fprintf(w, "computes %d, duplicate computes %d, herd peak %d, in flight peak %d\n",
		s.Computes, s.DuplicateComputes, s.HerdPeak, s.InFlightPeak)
	for _, k := range s.ByKey {
		fmt.Fprintf(w, "  %s: computes %d, herd peak %d\n", k.Key, k.Computes, k.HerdPeak)
	}
}
