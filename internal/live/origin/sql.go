package origin

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
)

// SQL is an origin in a database, made by [SQLite] or [Postgres]. It loads an
// author's ten best-selling books. Safe for concurrent use.
type SQL struct {
	name   string // of the database, in sentences, without a password
	loads  *sql.DB
	writes *sql.DB
	engine engine

	size    atomic.Pointer[Size] // of the database, once known
	commits Commits[int]         // by author
}

// engine is what the two kinds of database do differently.
type engine interface {
	// explain makes one sentence of an error, without a password.
	explain(err error) error

	// missing reports whether the error is for want of a table or a file.
	missing(err error) bool

	// fill calls write with a database to be written to, whose contents may be
	// read under the engine's name when fill has returned nil. A fresh database
	// begins empty.
	fill(ctx context.Context, fresh bool, write func(*sql.DB) error) error
}

// connections are those of n loads at once, more of which wait: each has its own. 0
// means 16.
func connections(n int) (int, error) {
	if n < 0 {
		return 0, fmt.Errorf("a database cannot have %d connections: ask for at least 1", n)
	}
	return cmp.Or(n, 16), nil
}

var _ strategies.Loader = (*SQL)(nil)

// topTen is the query that a cache is to spare the database. No index helps: it
// reads all books, and sorts those of the author. It sees one snapshot, and so a
// version that belongs to the rows.
const topTen = `SELECT id, title, purchase_count, max(version) OVER ()
FROM books WHERE author_id = $1
ORDER BY purchase_count DESC, id LIMIT 10`

// Page is the value of a key, as JSON.
type Page struct {
	IDs    []int    `json:"ids"` // of the ten best-selling books, the best first; equals by id
	Titles []string `json:"titles"`
	Counts []int    `json:"counts"` // purchases of each
	Author int      `json:"author"`
	Key    string   `json:"key"` // that was asked for: a value under a wrong key shows
}

// Load computes the page of the author that key asks for, see [Size.Author]. Its
// version is the number of writes to the author's books, and 1. The error is the
// cause of ctx's cancellation, an [*UnpreparedError], or what the database says.
func (s *SQL) Load(ctx context.Context, key string) (strategies.Value, error) {
	size, err := s.known(ctx)
	if err != nil {
		return strategies.Value{}, err
	}
	page, version, err := s.query(ctx, Page{Author: size.Author(key), Key: key})
	if err != nil {
		return strategies.Value{}, s.failed(ctx, err)
	}
	data, err := json.Marshal(page)
	return strategies.Value{Data: data, Version: version}, err
}

func (s *SQL) query(ctx context.Context, page Page) (_ Page, version uint64, err error) {
	rows, err := s.loads.QueryContext(ctx, topTen, page.Author)
	if err != nil {
		return page, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, purchases int
		var title string
		if err := rows.Scan(&id, &title, &purchases, &version); err != nil {
			return page, 0, err
		}
		page.IDs, page.Titles, page.Counts = append(page.IDs, id), append(page.Titles, title), append(page.Counts, purchases)
	}
	if err := rows.Err(); err != nil {
		return page, 0, err
	}
	if len(page.IDs) == 0 {
		return page, 0, fmt.Errorf("author %d has no books: refill the database with `loadtest prepare --force`", page.Author)
	}
	return page, version, nil
}

// Write sells one book of the author that key asks for: its purchase count and the
// author's version go up in one transaction. It returns the new version.
func (s *SQL) Write(ctx context.Context, key string) (version uint64, err error) {
	size, err := s.known(ctx)
	if err != nil {
		return 0, err
	}
	author := size.Author(key)
	if version, err = s.sell(ctx, size, author); err != nil {
		return 0, s.failed(ctx, err)
	}
	s.commits.Add(author, version, time.Now())
	return version, nil
}

// sell counts the author's version up first. Its row is locked from there to the
// commit, so that the versions of one author are committed in their order.
func (s *SQL) sell(ctx context.Context, size Size, author int) (version uint64, err error) {
	err = inTransaction(ctx, s.writes, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "UPDATE authors SET version = version + 1 WHERE id = $1 RETURNING version", author)
		if err := row.Scan(&version); err != nil {
			return err
		}
		// The writes of one author go through his books one after the other.
		result, err := tx.ExecContext(ctx, "UPDATE books SET purchase_count = purchase_count + 1, version = $1 WHERE id = $2",
			int64(version), size.bookOf(author, version))
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n != 1 {
			return fmt.Errorf("author %d lacks book %d: refill the database with `loadtest prepare --force`", author, size.bookOf(author, version))
		}
		return nil
	})
	return version, err
}

// inTransaction commits what do has done, or takes it back if that fails.
func inTransaction(ctx context.Context, db *sql.DB, do func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Superseded says when this process committed a newer version than the given one,
// if it did. Of versions older than the latest 64 of an author it is the oldest
// commit known, so that staleness is understated.
func (s *SQL) Superseded(key string, version uint64) (time.Time, bool) {
	size := s.size.Load()
	if size == nil {
		return time.Time{}, false
	}
	return s.commits.Superseded(size.Author(key), version)
}

// Close closes all connections.
func (s *SQL) Close() error {
	return errors.Join(s.loads.Close(), s.writes.Close())
}

// String is the name of the database, without a password.
func (s *SQL) String() string { return s.name }

// failed is what the caller is told: why he left, if he did, or one sentence.
func (s *SQL) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return fmt.Errorf("%s: %w", s.name, s.engine.explain(err))
}

// UnpreparedError is a database that cannot be loaded from before it is filled.
type UnpreparedError struct {
	Database string
	Why      string // "is empty"
	Force    bool   // it takes `--force` to fill it
}

// Error says what to do.
func (e *UnpreparedError) Error() string {
	if e.Force {
		return fmt.Sprintf("%s %s: refill it with `loadtest prepare --force`", e.Database, e.Why)
	}
	return fmt.Sprintf("%s %s: fill it with `loadtest prepare`", e.Database, e.Why)
}

// label is the one row of the table herdlab: what the database was filled with.
type label struct {
	contents
	complete bool
}

// label reads what the database was filled with. If it was not, ok is false.
func (s *SQL) label(ctx context.Context, db *sql.DB) (l label, ok bool, err error) {
	var seed int64
	var complete int
	row := db.QueryRowContext(ctx, "SELECT seed, authors, books, complete FROM herdlab")
	err = row.Scan(&seed, &l.size.Authors, &l.size.Books, &complete)
	switch {
	case err == nil:
		l.seed, l.complete = uint64(seed), complete == 1
		return l, true, nil
	case errors.Is(err, sql.ErrNoRows), s.engine.missing(err):
		return label{}, false, nil
	}
	return label{}, false, s.failed(ctx, err)
}

// Check reports whether the database is there and full: nil, an
// [*UnpreparedError], or why it cannot be asked. It counts all rows.
func (s *SQL) Check(ctx context.Context) error {
	l, ok, err := s.label(ctx, s.loads)
	switch {
	case err != nil:
		return err
	case !ok:
		return &UnpreparedError{Database: s.name, Why: "is empty"}
	}
	found, err := s.count(ctx, s.loads)
	switch {
	case err != nil && !s.engine.missing(err):
		return s.failed(ctx, err)
	case !l.complete:
		return &UnpreparedError{Database: s.name, Why: fmt.Sprintf("is half filled (%d of %d books)", found.Books, l.size.Books)}
	case found != l.size:
		return &UnpreparedError{Database: s.name, Why: fmt.Sprintf("has %v and was filled with %v", found, l.size), Force: true}
	}
	s.size.Store(&l.size)
	return nil
}

func (s *SQL) count(ctx context.Context, db *sql.DB) (found Size, err error) {
	row := db.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM authors), (SELECT count(*) FROM books)")
	err = row.Scan(&found.Authors, &found.Books)
	return found, err
}

// known is the size of the database, which is checked once.
func (s *SQL) known(ctx context.Context) (Size, error) {
	if s.size.Load() == nil {
		if err := s.Check(ctx); err != nil {
			return Size{}, err
		}
	}
	return *s.size.Load(), nil
}
