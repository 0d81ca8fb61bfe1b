package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/command"
	"github.com/herdlab/herdlab/internal/live"
	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/spelling"
)

// modelled is the origin of a scenario as it is written.
const modelled = "modelled"

func cacheSchemes() []string { return []string{"redis", "rediss", "memcached"} }

// checkOrigin refuses an --origin that is none.
func checkOrigin(kind string) error {
	if path, ok := strings.CutPrefix(kind, "sqlite:"); ok && path != "" {
		return nil
	}
	return oneOf("--origin", kind, []string{modelled, "sqlite"}, []string{"postgres", "postgresql", "http", "https"})
}

// oneOf wants a word, or an address that begins with a scheme. It does not
// repeat addresses: they may hold a password.
func oneOf(flag, given string, words, schemes []string) error {
	scheme, _, address := strings.Cut(given, "://")
	if slices.Contains(words, given) || address && slices.Contains(schemes, scheme) {
		return nil
	}
	if address {
		given = scheme + "://..."
	}
	for _, s := range schemes {
		words = append(words, s+"://...")
	}
	hint := ""
	if near := spelling.Suggest(given, words); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("%s %s: unknown kind%s (there are %s)", flag, given, hint, strings.Join(words, ", "))
}

// source is the origin of a scenario's runs.
type source interface {
	live.Backend
	io.Closer
}

// openSource opens a real origin and sees that it can be loaded from, so many at once,
// of which 0 is the default of the kind. It is nil for the modelled one. The SQLite
// database without a path is filled here, to a size, if it is empty.
func openSource(c *command.Console, kind string, concurrency int, size origin.Size, quiet bool) (source, error) {
	switch scheme, _, _ := strings.Cut(kind, ":"); scheme {
	case modelled:
		return nil, nil
	case "http", "https":
		return openHTTP(c.Ctx, kind, concurrency)
	}
	db, err := openDatabase(c.Ctx, kind, concurrency)
	if err != nil {
		return nil, err
	}
	err = db.Check(c.Ctx)
	var empty *origin.UnpreparedError
	switch unprepared := errors.As(err, &empty); {
	case unprepared && kind == "sqlite" && !empty.Force:
		err = fillDatabase(c, db, origin.Filling{Size: size, Seed: 1}, quiet)
	case unprepared:
		err = fmt.Errorf("%w, with --origin %s", err, withoutPassword(kind))
	}
	if err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// openDatabase opens SQLite or PostgreSQL. It may be empty.
func openDatabase(ctx context.Context, kind string, concurrency int) (*origin.SQL, error) {
	if !strings.HasPrefix(kind, "sqlite") {
		return origin.Postgres(ctx, kind, concurrency)
	}
	path := strings.TrimPrefix(strings.TrimPrefix(kind, "sqlite"), ":")
	if path == "" {
		var err error
		if path, err = origin.DefaultPath(); err != nil {
			return nil, err
		}
	}
	return origin.SQLite(path, concurrency)
}

// openHTTP sees that somebody listens, and sends nothing.
func openHTTP(ctx context.Context, address string, connections int) (source, error) {
	h, err := origin.NewHTTP(address, connections)
	if err != nil {
		return nil, command.Usage(fmt.Errorf("--origin: %w", err))
	}
	if err := probeHost(ctx, address); err != nil {
		return nil, fmt.Errorf("--origin: %w", err)
	}
	return h, nil
}

// probeHost reports whether somebody listens at the host of a URL.
func probeHost(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return errors.New("the address is not a URL: write it as http://host:8080/path")
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme // by its name
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return fmt.Errorf("nobody answers at %s (%w): start the server, or give another address", u.Host, err)
	}
	return conn.Close()
}

// withoutPassword is a kind or an address without its password; that of a cache is without its
// user as well.
func withoutPassword(given string) string {
	scheme, rest, address := strings.Cut(given, "://")
	switch {
	case !address:
		return given
	case slices.Contains(cacheSchemes(), scheme):
		return scheme + "://" + rest[strings.LastIndexByte(rest, '@')+1:]
	}
	return strings.NewReplacer("%7B", "{", "%7D", "}").Replace(origin.Redacted(given))
}

func isHTTP(kind string) bool {
	return strings.HasPrefix(kind, "http://") || strings.HasPrefix(kind, "https://")
}
