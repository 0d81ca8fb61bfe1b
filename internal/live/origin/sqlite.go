package origin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

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

// SQLite opens the database in the file at path, for so many loads at once; 0 means 16,
// and more of them wait. The file need not exist yet: Check says so, and Prepare makes it. It is in WAL mode, so that loads,
// on read-only connections, do not wait for writes, on one of their own.
func SQLite(path string, concurrency int) (*SQL, error) {
	n, err := connections(concurrency)
	if err != nil {
		return nil, err
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

// sqliteFile is the engine of a database in a file. It is filled under another name and renamed,
// so that it is there whole or not at all.
type sqliteFile struct {
	path  string
	pools []*sql.DB
}

func (*sqliteFile) explain(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_NOTADB {
		return fmt.Errorf("it is no database: give another path, or delete the file (%w)", err)
	}
	return err
}

// missing knows a missing file by SQLITE_CANTOPEN. A missing table has only the
// general code, and is not there either if the file is empty.
func (*sqliteFile) missing(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_CANTOPEN || isNoTable(e))
}

// isNoTable reports whether a query failed for want of a table, which SQLite tells
// from other mistakes in a statement by the message alone.
func isNoTable(e *sqlite.Error) bool {
	return e.Code() == sqlite3.SQLITE_ERROR && strings.Contains(e.Error(), "no such table: ")
}

func (f *sqliteFile) fill(ctx context.Context, fresh bool, write func(*sql.DB) error) (err error) {
	if !fresh {
		// Only a file that somebody else wrote to can be there and half filled.
		return errors.New("half filled: refill it with `loadtest prepare --force`")
	}
	if err := f.mayReplace(ctx); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".filling-*")
	if err != nil {
		return err
	}
	defer func() {
		temp.Close()
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	if err := f.fillAt(ctx, temp.Name(), write); err != nil {
		return err
	}
	if err := errors.Join(temp.Chmod(0o644), temp.Sync()); err != nil {
		return err
	}
	if err := f.leave(); err != nil {
		return err
	}
	return os.Rename(temp.Name(), f.path)
}

// fillAt writes without a journal: what goes wrong is thrown away.
func (f *sqliteFile) fillAt(ctx context.Context, path string, write func(*sql.DB) error) error {
	db, err := sqlitePool(path, 1, url.Values{"_journal_mode": {"OFF"}, "_synchronous": {"OFF"}})
	if err != nil {
		return err
	}
	if err = write(db); err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	}
	return errors.Join(err, db.Close())
}

// mayReplace refuses to replace what is not a database of ours.
func (f *sqliteFile) mayReplace(ctx context.Context) error {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Size() == 0:
		return nil
	}
	var n int
	row := f.pools[0].QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'herdlab'")
	if err := row.Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return errors.New("it holds something else: give another path, or delete the file")
	}
	return nil
}

// leave closes the connections to the old file. The last connection to a file empties
// and removes its log, which otherwise would be taken for the new file's; so if there
// still is one, somebody else has the file open.
func (f *sqliteFile) leave() error {
	for _, db := range f.pools {
		db.SetMaxIdleConns(0)
		db.SetMaxIdleConns(db.Stats().MaxOpenConnections)
	}
	if _, err := os.Stat(f.path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := f.emptyLog(); err != nil {
		return err
	}
	if _, err := os.Stat(f.path + "-wal"); err == nil {
		return errors.New("it is in use elsewhere: end what uses it first")
	}
	return nil
}

func (f *sqliteFile) emptyLog() error {
	db, err := sqlitePool(f.path, 1, url.Values{"mode": {"rw"}})
	if err != nil {
		return err
	}
	_, err = db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return errors.Join(err, db.Close())
}
