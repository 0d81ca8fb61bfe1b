package origin

import "time"

// Limit has a load take no longer, and have no more bytes.
func (h *HTTP) Limit(load time.Duration, body int64) *HTTP {
	h.client.Timeout, h.maxBody = load, body
	return h
}

// Spoil changes the database behind the back of everybody.
func (s *SQL) Spoil(statement string) error {
	_, err := s.writes.Exec(statement)
	return err
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
