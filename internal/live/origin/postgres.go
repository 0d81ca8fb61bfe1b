package origin

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
)

// Postgres connects to the PostgreSQL server at a URL such as
// postgres://user@host:5432/database. The tables are in a schema of their own,
// herdlab, and nothing else is touched. A password may be in the URL, in PGPASSWORD
// or in a password file, as with psql; it appears in no error. A load runs in one
// process of the server, so that its cost is one core's.
func Postgres(ctx context.Context, address string, cfg SQLConfig) (*SQL, error) {
	n, err := cfg.concurrency()
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
	if err := checkAddress(address); err != nil {
		return nil, err
	}
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, addressError(address, err)
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

func (p *postgres) close() error { return nil }

// fill works in place: what breaks off is seen by its label, and gone on with.
func (p *postgres) fill(ctx context.Context, _ bool, write func(*sql.DB) error) error {
	if _, err := p.writes.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS herdlab"); err != nil {
		return err
	}
	return write(p.writes)
}
