package origin

import "time"

// Spoil changes the database behind the back of everybody.
func (s *SQL) Spoil(statement string) error {
	_, err := s.writes.Exec(statement)
	return err
}

// History is what is remembered of commits.
type History struct{ h history }

// Add notes a commit.
func (h *History) Add(author int, version uint64, at time.Time) { h.h.add(author, commit{version, at}) }

// Superseded is when a newer version was committed.
func (h *History) Superseded(author int, version uint64) (time.Time, bool) {
	return h.h.superseded(author, version)
}

// Row is a book as it is when the database is new.
type Row struct {
	ID, Author int
	Title      string
	Purchases  int
}

// Rows is every book, in the order of ids.
func Rows(size Size, seed uint64) []Row {
	all := make([]Row, size.Books)
	for id := range all {
		b := contents{size, seed}.book(id)
		all[id] = Row{b.id, b.author, b.title, b.purchases}
	}
	return all
}
