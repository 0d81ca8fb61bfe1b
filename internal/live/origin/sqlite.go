package origin

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// InMemory is the path of a SQLite database that is in memory and ends with its SQL.
const InMemory = ":memory:"

// DefaultPath is where a SQLite database is kept unless told otherwise: the file
// herdlab/origin.db in the user's cache directory.
func DefaultPath() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no place for the database (%w): give its path", err)
	}
	return filepath.Join(dir, "herdlab", "origin.db"), nil
}

// busy is how long a SQLite connection waits for another's lock, in milliseconds.
const busy = "10000"

// SQLite opens the database in the file at path, or [InMemory]. The file need not
// exist yet: Check says so, and Prepare makes it. It is in WAL mode, so that loads,
// on read-only connections, do not wait for writes, on one of their own.
func SQLite(ctx context.Context, path string, cfg SQLConfig) (*SQL, error) {
	n, err := cfg.concurrency()
	if err != nil {
		return nil, err
	}
	if path == InMemory {
		return sqliteInMemory(ctx, n)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	loads, err := sqlitePool(path, n, url.Values{"mode": {"ro"}})
	if err != nil {
		return nil, err
	}
	writes, err := sqlitePool(path, 1, url.Values{"mode": {"rw"}, "_txlock": {"immediate"}, "_synchronous": {"NORMAL"}})
	if err != nil {
		return nil, err
	}
	return &SQL{
		name: "the SQLite database " + path, loads: loads, writes: writes,
		engine: &sqliteFile{path: path, pools: []*sql.DB{loads, writes}},
	}, nil
}

// sqliteInMemory uses SQLite's memdb, whose databases are shared by all connections
// of a process that know their name. It has no WAL: readers and the writer wait for
// one another.
func sqliteInMemory(ctx context.Context, n int) (*SQL, error) {
	name := "/" + rand.Text()
	loads, err := sqlitePool(name, n, url.Values{"vfs": {"memdb"}, "_query_only": {"1"}})
	if err != nil {
		return nil, err
	}
	writes, err := sqlitePool(name, 1, url.Values{"vfs": {"memdb"}, "_txlock": {"immediate"}})
	if err != nil {
		return nil, err
	}
	anchor, err := loads.Conn(ctx) // the database is gone with its last connection
	if err != nil {
		return nil, err
	}
	loads.SetMaxOpenConns(n + 1)
	return &SQL{
		name: "the SQLite database in memory", loads: loads, writes: writes,
		engine: &sqliteMemory{anchor: anchor, writes: writes},
	}, nil
}

// sqlitePool opens nothing yet.
func sqlitePool(path string, n int, settings url.Values) (*sql.DB, error) {
	settings.Set("_busy_timeout", busy)
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: settings.Encode()}
	connector, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// sqliteErrors is what both SQLite engines say of errors.
type sqliteErrors struct{}

func (sqliteErrors) explain(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_NOTADB {
		return fmt.Errorf("it is no database: give another path, or delete the file (%w)", err)
	}
	return err
}

// missing knows a missing file by SQLITE_CANTOPEN. A missing table has only the
// general code, and is not there either if the file is empty.
func (sqliteErrors) missing(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_CANTOPEN || isNoTable(e))
}
