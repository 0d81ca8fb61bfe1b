package origin

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// postgresConnector makes pgx connections for the pool of database/sql. It does no
// more than this package needs: queries and statements with arguments, and
// transactions at the server's default level. Its like in pgx, package stdlib, brings
// a second pool with it.
type postgresConnector struct{ config *pgx.ConnConfig }

func (c postgresConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return nil, err
	}
	return &postgresConn{conn}, nil
}

func (c postgresConnector) Driver() driver.Driver { return postgresDriver{} }

type postgresDriver struct{}

func (postgresDriver) Open(string) (driver.Conn, error) {
	return nil, errors.New("origin: this driver opens connections from its connector only")
}

type postgresConn struct{ conn *pgx.Conn }

var (
	_ driver.QueryerContext    = (*postgresConn)(nil)
	_ driver.ExecerContext     = (*postgresConn)(nil)
	_ driver.ConnBeginTx       = (*postgresConn)(nil)
	_ driver.Pinger            = (*postgresConn)(nil)
	_ driver.Validator         = (*postgresConn)(nil)
	_ driver.NamedValueChecker = (*postgresConn)(nil)
)

func (c *postgresConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := c.conn.Query(ctx, query, plain(args)...)
	if err != nil {
		return nil, unsent(err)
	}
	return &postgresRows{rows}, nil
}

func (c *postgresConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	tag, err := c.conn.Exec(ctx, query, plain(args)...)
	if err != nil {
		return nil, unsent(err)
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// BeginTx keeps ctx for the commit, which has none of its own.
func (c *postgresConn) BeginTx(ctx context.Context, _ driver.TxOptions) (driver.Tx, error) {
	tx, err := c.conn.Begin(ctx)
	if err != nil {
		return nil, unsent(err)
	}
	return postgresTx{ctx, tx}, nil
}

func (c *postgresConn) Ping(ctx context.Context) error { return c.conn.Ping(ctx) }
func (c *postgresConn) IsValid() bool                  { return !c.conn.IsClosed() }
func (c *postgresConn) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cancelDelay)
	defer cancel()
	return c.conn.Close(ctx)
}

// CheckNamedValue leaves arguments as they are: pgx knows the types of columns.
func (c *postgresConn) CheckNamedValue(*driver.NamedValue) error { return nil }

func (c *postgresConn) Prepare(string) (driver.Stmt, error) {
	return nil, errors.New("origin: pgx prepares statements by itself")
}

func (c *postgresConn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

type postgresTx struct {
	ctx context.Context
	tx  pgx.Tx
}

func (t postgresTx) Commit() error   { return t.tx.Commit(t.ctx) }
func (t postgresTx) Rollback() error { return t.tx.Rollback(t.ctx) }

type postgresRows struct{ rows pgx.Rows }

func (r *postgresRows) Columns() []string {
	var names []string
	for _, f := range r.rows.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names
}

func (r *postgresRows) Close() error {
	r.rows.Close()
	return r.rows.Err()
}

func (r *postgresRows) Next(dest []driver.Value) error {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	values, err := r.rows.Values()
	if err != nil {
		return err
	}
	for i, v := range values {
		if small, ok := v.(int32); ok { // not a driver.Value
			v = int64(small)
		}
		dest[i] = v
	}
	return nil
}

func plain(args []driver.NamedValue) []any {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a.Value
	}
	return values
}

// unsent tells the pool to try another connection if this one was found dead before
// anything went out on it.
func unsent(err error) error {
	if pgconn.SafeToRetry(err) {
		return driver.ErrBadConn
	}
	return err
}
