package origin

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
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

// schema makes the tables anew, in both databases. Ids are primary keys; nothing else is indexed.
func schema() []string {
	return []string{
		`DROP TABLE IF EXISTS herdlab`, `DROP TABLE IF EXISTS authors`, `DROP TABLE IF EXISTS books`,
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
	s.commits.Forget()
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
	author := func(id int) []any { return []any{id, c.author(id), 1} }
	if err := insert(ctx, db, "authors", from.Authors, c.size.Authors, author, func(int, int) {}); err != nil {
		return err
	}
	book := func(id int) []any {
		b := c.book(id)
		return []any{b.id, b.author, b.title, b.purchases, 1}
	}
	if err := insert(ctx, db, "books", from.Books, c.size.Books, book, progress); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "ANALYZE"); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "UPDATE herdlab SET complete = 1")
	return err
}

// begin makes the tables anew.
func begin(ctx context.Context, db *sql.DB, c contents) error {
	return inTransaction(ctx, db, func(tx *sql.Tx) error {
		for _, statement := range schema() {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO herdlab VALUES ($1, $2, $3, 0)", int64(c.seed), c.size.Authors, c.size.Books)
		return err
	})
}

// Size is how much a database holds. Authors are numbered from 0, books too, and
// book i is by author i modulo Authors.
type Size struct {
	Authors int // at least 1
	Books   int // at least Authors, so that every author has one
}

// DefaultSize makes one query cost about 12 ms in SQLite on one core of a shared
// machine (docs/origins.md has the measurement). The seed application had as many
// authors and 5,000 books, which a database scans in well under a millisecond.
func DefaultSize() Size { return Size{Authors: 1_000, Books: 200_000} }

// maxBooks keeps ids within a 32-bit integer column.
const maxBooks = 1 << 30

// Validate says what is wrong with the size.
func (s Size) Validate() error {
	switch {
	case s.Authors < 1:
		return fmt.Errorf("a database needs authors: ask for at least 1, not %d", s.Authors)
	case s.Books < s.Authors:
		return fmt.Errorf("%d books are too few for %d authors: give every author at least one", s.Books, s.Authors)
	case s.Books > maxBooks:
		return fmt.Errorf("%d books are too many: ask for at most %d", s.Books, maxBooks)
	}
	return nil
}

// String is "1000 authors and 5000 books".
func (s Size) String() string { return fmt.Sprintf("%d authors and %d books", s.Authors, s.Books) }

// Author is the author that a key asks for: the number behind the last colon, or
// else the FNV-1a hash of the key, modulo the number of authors.
func (s Size) Author(key string) int {
	n, err := strconv.ParseUint(key[strings.LastIndexByte(key, ':')+1:], 10, 64)
	if err != nil {
		h := fnv.New64a()
		h.Write([]byte(key))
		n = h.Sum64()
	}
	return int(n % uint64(s.Authors))
}

// booksOf is how many books an author has.
func (s Size) booksOf(author int) int { return (s.Books-1-author)/s.Authors + 1 }

// bookOf is the id of an author's n-th book, n counting round and round.
func (s Size) bookOf(author int, n uint64) int {
	return author + int(n%uint64(s.booksOf(author)))*s.Authors
}

// mostPurchases is the highest purchase count of a new book, as in the seed
// application; the lowest is 0.
const mostPurchases = 100

// contents makes the rows of a database from a seed. Every row has a random stream
// of its own, so that filling can begin in the middle.
type contents struct {
	size Size
	seed uint64
}

// book is a row of books but for its version, which begins at 1.
type book struct {
	id, author int
	title      string
	purchases  int
}

func (c contents) book(id int) book {
	rng := rand.New(rand.NewPCG(c.seed, uint64(id)))
	first := []string{
		"Burning", "Cold", "Distant", "Empty", "Fresh", "Hidden", "Idle", "Late", "Lost", "Quiet", "Restless", "Stale", "Thundering", "Warm",
	}
	second := []string{
		"Burst", "Cache", "Clock", "Copy", "Flight", "Herd", "Key", "Lease", "Lock", "Miss", "Origin", "Queue", "Ring", "Store", "Tail",
	}
	return book{
		id: id, author: id % c.size.Authors,
		title:     fmt.Sprintf("The %s %s, volume %d", first[rng.IntN(len(first))], second[rng.IntN(len(second))], id),
		purchases: rng.IntN(mostPurchases + 1),
	}
}

// author is an author's name. It is the same under every seed.
func (c contents) author(id int) string { return fmt.Sprintf("Author %d", id) }

// insert adds the rows from id to before total, a batch at a time and each all or none,
// so that the number of rows says which comes next.
func insert(ctx context.Context, db *sql.DB, table string, id, total int, row func(id int) []any, progress func(done, total int)) error {
	progress(id, total)
	for id < total {
		err := inTransaction(ctx, db, func(tx *sql.Tx) error {
			for end := min(id+batch, total); id < end; {
				var args []any
				rows := min(rowsAtOnce, end-id)
				for range rows {
					args = append(args, row(id)...)
					id++
				}
				if _, err := tx.ExecContext(ctx, insertion(table, len(args)/rows, rows), args...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		progress(id, total)
	}
	return nil
}

// insertion is "INSERT INTO table VALUES ($1, $2), ($3, $4)".
func insertion(table string, columns, rows int) string {
	tuples := make([]string, rows)
	for r := range tuples {
		places := make([]string, columns)
		for i := range places {
			places[i] = fmt.Sprintf("$%d", r*columns+i+1)
		}
		tuples[r] = "(" + strings.Join(places, ", ") + ")"
	}
	return "INSERT INTO " + table + " VALUES " + strings.Join(tuples, ", ")
}
