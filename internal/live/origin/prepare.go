package origin

import (
	"context"
	"database/sql"
	"fmt"
)

// Filling is what a database is to be filled with.
type Filling struct {
	Size Size   // zero means [DefaultSize]
	Seed uint64 // of the contents: the same seed and size make the same rows

	// Force throws away what the database holds, and with it all writes. Without
	// it, contents of another size or seed are an error.
	Force bool

	// Progress, if not nil, is called after every batch of books.
	Progress func(done, total int)
}

// Prepared is what Prepare found or made.
type Prepared struct {
	Size    Size
	Already bool // the database had these contents, and nothing was written
	Writes  int  // that were made to the contents it already had
}

// rowsAtOnce is the rows of one INSERT, and batch those of one transaction.
const (
	rowsAtOnce = 50
	batch      = 20 * rowsAtOnce
)

// schema does for both databases. Ids are primary keys; nothing else is indexed.
func schema() []string {
	return []string{
		`CREATE TABLE herdlab (seed bigint NOT NULL, authors integer NOT NULL, books integer NOT NULL, complete integer NOT NULL)`,
		`CREATE TABLE authors (id integer PRIMARY KEY, name text NOT NULL, version bigint NOT NULL)`,
		`CREATE TABLE books (id integer PRIMARY KEY, author_id integer NOT NULL, title text NOT NULL, purchase_count integer NOT NULL, version bigint NOT NULL)`,
	}
}

// Prepare fills the database, in transactions of 1,000 rows. What a broken
// Prepare left half filled is gone on with. It must not run beside loads.
func (s *SQL) Prepare(ctx context.Context, f Filling) (Prepared, error) {
	if f.Size == (Size{}) {
		f.Size = DefaultSize()
	}
	if err := f.Size.Validate(); err != nil {
		return Prepared{}, err
	}
	if f.Progress == nil {
		f.Progress = func(int, int) {}
	}
	want := contents{f.Size, f.Seed}
	old, ok, err := s.label(ctx, s.loads)
	switch {
	case err != nil:
		return Prepared{}, err
	case ok && !f.Force && old.contents != want:
		return Prepared{}, fmt.Errorf("%s has %v of seed %d, not %v of seed %d: ask for the former, or refill it with `loadtest prepare --force`",
			s.name, old.size, old.seed, want.size, want.seed)
	case ok && !f.Force && old.complete:
		return s.already(ctx)
	}
	s.size.Store(nil)
	fresh := !ok || f.Force
	err = s.engine.fill(ctx, fresh, func(db *sql.DB) error { return s.write(ctx, db, want, fresh, f.Progress) })
	if err != nil {
		return Prepared{}, s.failed(ctx, err)
	}
	s.history.forget()
	return Prepared{Size: f.Size}, s.Check(ctx)
}

// already is the answer of a database that has what was asked for.
func (s *SQL) already(ctx context.Context) (Prepared, error) {
	if err := s.Check(ctx); err != nil {
		return Prepared{}, err
	}
	p := Prepared{Size: *s.size.Load(), Already: true}
	if err := s.loads.QueryRowContext(ctx, "SELECT CAST(sum(version - 1) AS bigint) FROM authors").Scan(&p.Writes); err != nil {
		return Prepared{}, s.failed(ctx, err)
	}
	return p, nil
}

// write brings the database from empty, or from where it was left, to full.
func (s *SQL) write(ctx context.Context, db *sql.DB, c contents, fresh bool, progress func(done, total int)) error {
	if fresh {
		if err := begin(ctx, db, c); err != nil {
			return err
		}
	}
	from, err := s.count(ctx, db)
	if err != nil {
		return err
	}
	for id := from.Authors; id < c.size.Authors; id += batch {
		end := min(id+batch, c.size.Authors)
		err := insert(ctx, db, "authors", id, end, func(id int) []any { return []any{id, c.author(id), 1} })
		if err != nil {
			return err
		}
	}
	progress(from.Books, c.size.Books)
	for id := from.Books; id < c.size.Books; id += batch {
		end := min(id+batch, c.size.Books)
		err := insert(ctx, db, "books", id, end, func(id int) []any {
			b := c.book(id)
			return []any{b.id, b.author, b.title, b.purchases, 1}
		})
		if err != nil {
			return err
		}
		progress(end, c.size.Books)
	}
	if _, err := db.ExecContext(ctx, "ANALYZE"); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "UPDATE herdlab SET complete = 1")
	return err
}

// begin makes the tables anew.
func begin(ctx context.Context, db *sql.DB, c contents) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, table := range []string{"herdlab", "authors", "books"} {
		if _, err := tx.ExecContext(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return err
		}
	}
	for _, statement := range schema() {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO herdlab VALUES ($1, $2, $3, 0)", int64(c.seed), c.size.Authors, c.size.Books)
	if err != nil {
		return err
	}
	return tx.Commit()
}
