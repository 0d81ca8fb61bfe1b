package origin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

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

// known is the size of the database, read once.
func (s *SQL) known(ctx context.Context) (*Size, error) {
	if size := s.size.Load(); size != nil {
		return size, nil
	}
	l, ok, err := s.label(ctx, s.loads)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, &UnpreparedError{Database: s.name, Why: "is empty"}
	case !l.complete:
		return nil, &UnpreparedError{Database: s.name, Why: "is half filled"}
	}
	s.size.Store(&l.size)
	return &l.size, nil
}
