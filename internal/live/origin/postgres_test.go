package origin_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/herdlab/herdlab/internal/live/origin"
	"github.com/herdlab/herdlab/internal/live/pgtest"
)

// server is one PostgreSQL for all tests, started by the first that wants it.
var server struct {
	sync.Mutex
	*pgtest.Server
	databases int
}

func TestMain(m *testing.M) {
	// A property here fills a database; -rapid.checks asks for more.
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	code := m.Run()
	if server.Server != nil {
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "the end of PostgreSQL:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// database is the URL of an empty PostgreSQL database.
func database(t testing.TB) string {
	t.Helper()
	server.Lock()
	defer server.Unlock()
	if server.Server == nil {
		s, err := pgtest.New()
		if errors.Is(err, pgtest.ErrMissing) {
			t.Skipf("SKIPPED, NOTHING WAS TESTED: %v", err)
		}
		if err != nil {
			t.Fatal(err)
		}
		server.Server = s
	}
	server.databases++
	address, err := server.Create(fmt.Sprint("test", server.databases))
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// with is a URL with something changed.
func with(t testing.TB, address string, change func(*url.URL)) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	change(u)
	return u.String()
}

// secret says that a password is in none of its forms in an error.
func secret(t testing.TB, err error, password string) {
	t.Helper()
	for _, form := range []string{password, url.QueryEscape(password), url.PathEscape(password)} {
		for _, shown := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
			if strings.Contains(shown, form) {
				t.Errorf("the password is shown: %s", shown)
			}
		}
	}
}

func TestPostgresRefused(t *testing.T) {
	address := database(t)
	const wrong = "h0rse battery"
	cases := []struct {
		name, address string
		words         []string
	}{
		{"password", with(t, address, func(u *url.URL) { u.User = url.UserPassword(pgtest.User, wrong) }),
			[]string{"the user herd is refused (password authentication failed for user \"herd\")", "PGPASSWORD"}},
		{"password as a parameter", with(t, address, func(u *url.URL) {
			u.User = nil
			u.RawQuery += "&user=herd&password=" + url.QueryEscape(wrong)
		}), []string{"the user herd is refused", "PGPASSWORD"}},
		{"user", with(t, address, func(u *url.URL) { u.User = url.UserPassword("nobody", wrong) }),
			[]string{"the user nobody is refused", "PGPASSWORD"}},
		{"database", with(t, address, func(u *url.URL) { u.Path = "/shop" }),
			[]string{`database "shop" does not exist: make it with`, "createdb shop"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := origin.Postgres(background, c.address, 0)
			want(t, err, append(c.words, "the PostgreSQL database")...)
			secret(t, err, wrong)
			secret(t, err, pgtest.Password)
		})
	}
}

func TestPostgresUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := listener.Addr().String()
	listener.Close()
	const password = "h0rse battery"
	for _, query := range []string{"", "?sslmode=disable"} {
		_, err := origin.Postgres(background, "postgres://herd:h0rse%20battery@"+closed+"/shop"+query, 0)
		want(t, err, "the PostgreSQL database shop at "+closed+": nobody answers (connect: connection refused)")
		secret(t, err, password)
	}
	_, err = origin.Postgres(background, "postgres://herd@/shop?host="+url.QueryEscape(t.TempDir()), 0)
	want(t, err, "nobody answers", "no such file")

	ctx, cancel := context.WithCancelCause(background)
	left := errors.New("the caller left")
	cancel(left)
	if _, err := origin.Postgres(ctx, "postgres://herd@"+closed+"/shop", 0); err != left {
		t.Errorf("cancelled: %v", err)
	}
}

func TestPostgresAddress(t *testing.T) {
	const password = "h0rse"
	for _, c := range []struct {
		address string
		words   []string
	}{
		{"", []string{"is not a URL", "postgres://user@host:5432/database"}},
		{"localhost", []string{"is not a URL"}},
		{"host=a password=h0rse", []string{"is not a URL"}},
		{"mysql://u:h0rse@a/b", []string{"is not a URL"}},
		{"postgres://u:h0rse@a:port/b", []string{"is not a URL"}},
		{"postgres://u:h0rse%zz@a/b", []string{"is not a URL"}},
		{"postgres://u:h0rse@a:99999999/b", []string{"postgres://u:xxxxx@a:99999999/b", "cannot be used"}},
		{"postgres://u:h0rse@a/b?sslmode=maybe", []string{"postgres://u:xxxxx@a/b?sslmode=maybe", "cannot be used", "sslmode"}},
		{"postgres://a/b?password=h0rse&sslmode=maybe", []string{"password=xxxxx", "cannot be used"}},
	} {
		_, err := origin.Postgres(background, c.address, 0)
		want(t, err, c.words...)
		secret(t, err, password)
	}
	_, err := origin.Postgres(background, "postgres://a/b", -1)
	want(t, err, "-1 connections", "at least 1")
}

// The password may come from the environment, as with psql.
func TestPostgresPassword(t *testing.T) {
	t.Setenv("PGPASSWORD", pgtest.Password)
	address := with(t, database(t), func(u *url.URL) { u.User = url.User(pgtest.User) })
	s := postgres(t, address)
	prepare(t, s, origin.Filling{Size: small})
	secret(t, s.Check(background), pgtest.Password)
	if strings.Contains(s.String(), "word") {
		t.Errorf("the password is in the name: %v", s)
	}
}

// More loads than connections wait for one another.
func TestPostgresConcurrency(t *testing.T) {
	s := postgres(t, database(t))
	prepare(t, s, origin.Filling{Size: small})
	var running sync.WaitGroup
	for i := range 40 {
		running.Go(func() {
			if _, err := s.Load(background, fmt.Sprint("author:", i)); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
}
