package origin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

// Postgres connects to the PostgreSQL server at a URL such as
// postgres://user@host:5432/database, for so many loads at once; 0 means 16, and more of
// them wait. The tables are in a schema of their own,
// herdlab, and nothing else is touched. A password may be in the URL, in PGPASSWORD
// or in a password file, as with psql; it appears in no error. A load runs in one
// process of the server, so that its cost is one core's.
func Postgres(ctx context.Context, address string, concurrency int) (*SQL, error) {
	n, err := connections(concurrency)
	if err != nil {
		return nil, err
	}
	config, err := parsePostgres(address)
	if err != nil {
		return nil, err
	}
	readOnly := config.Copy()
	readOnly.RuntimeParams["default_transaction_read_only"] = "on"
	readOnly.RuntimeParams["max_parallel_workers_per_gather"] = "0" // one load, one core
	s := &SQL{
		name:  fmt.Sprintf("the PostgreSQL database %s at %s", config.Database, place(config)),
		loads: postgresPool(readOnly, n), writes: postgresPool(config, postgresWriters),
	}
	s.engine = &postgres{user: config.User, database: config.Database, writes: s.writes}
	if err := s.loads.PingContext(ctx); err != nil {
		s.Close()
		return nil, s.failed(ctx, err)
	}
	return s, nil
}

const (
	postgresWriters = 4           // connections for writes
	cancelDelay     = time.Second // for the server to hear of a cancelled query
)

func postgresPool(config *pgx.ConnConfig, n int) *sql.DB {
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db
}

// parsePostgres reads an address, and makes a cancelled context cancel the query on
// the server as well, where it would go on for nobody.
func parsePostgres(address string) (*pgx.ConnConfig, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" { // and is not repeated: a part may be a password
		return nil, errors.New("the address of PostgreSQL is not a URL: write it as postgres://user@host:5432/database, with % for special characters in a password")
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, addressError(u, err)
	}
	config.RuntimeParams["search_path"] = "herdlab"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "herdlab"
	}
	config.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: cancelDelay}
	}
	return config, nil
}

// place is host:port, or the directory of a socket.
func place(config *pgx.ConnConfig) string {
	if network, address := pgconn.NetworkAddress(config.Host, config.Port); network == "unix" {
		return address
	}
	return net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
}

// postgres is the engine of a PostgreSQL server.
type postgres struct {
	user, database string
	writes         *sql.DB
}

// fill works in place: what breaks off is seen by its label, and gone on with.
func (p *postgres) fill(ctx context.Context, _ bool, write func(*sql.DB) error) error {
	if _, err := p.writes.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS herdlab"); err != nil {
		return err
	}
	return write(p.writes)
}

// Codes of PostgreSQL, appendix A of its manual.
const (
	badPassword   = "28P01"
	badLogin      = "28000"
	noDatabase    = "3D000"
	noTable       = "42P01"
	noPermission  = "42501"
	noConnections = "53300"
)

func (p *postgres) missing(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == noTable
}

// explain keeps nothing of an error of connecting, which has the configuration in it, and
// so the password.
func (p *postgres) explain(err error) error {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return errors.New(p.advise(answer))
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return fmt.Errorf("nobody answers (%s): start the server, or give another address", reason(connect))
	}
	return err
}

// advise is what a user can do about an answer.
func (p *postgres) advise(answer *pgconn.PgError) string {
	switch answer.Code {
	case badPassword, badLogin:
		return fmt.Sprintf("the user %s is refused (%s): check the name, and give the password in PGPASSWORD", p.user, answer.Message)
	case noDatabase:
		return fmt.Sprintf("%s: make it with `createdb %s`, or name another", answer.Message, p.database)
	case noPermission:
		return fmt.Sprintf("%s: let the user %s create schemas in it, or use another user", answer.Message, p.user)
	case noConnections:
		return fmt.Sprintf("%s: lower the concurrency, or raise max_connections", answer.Message)
	}
	return fmt.Sprintf("%s (SQLSTATE %s)", answer.Message, answer.Code)
}

// reason is the last cause of a failed connection, in one line. Of several addresses
// tried it is the first one's.
func reason(err error) string {
	var system *net.OpError
	if errors.As(err, &system) {
		return system.Err.Error()
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// addressError is why a URL cannot be used, without its password.
func addressError(u *url.URL, err error) error {
	text := err.Error()
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) && parse.Unwrap() != nil {
		text = parse.Unwrap().Error() // the outer one repeats the address
	}
	for _, secret := range secrets(u) {
		text = strings.ReplaceAll(text, secret, "xxxxx")
	}
	return fmt.Errorf("the address of PostgreSQL, %s, cannot be used: %s", Redacted(u.String()), strings.ReplaceAll(text, "\n", " "))
}

// secrets are the passwords in a URL, as they are and as they are written there.
func secrets(u *url.URL) (all []string) {
	add := func(plain string) {
		if plain != "" {
			all = append(all, plain, url.QueryEscape(plain), url.PathEscape(plain))
		}
	}
	if u.User != nil {
		password, _ := u.User.Password()
		add(password)
		if _, raw, ok := strings.Cut(u.User.String(), ":"); ok && raw != "" {
			all = append(all, raw)
		}
	}
	for _, name := range secretParameters() {
		add(u.Query().Get(name))
	}
	return all
}

func secretParameters() []string { return []string{"password", "sslpassword"} }
