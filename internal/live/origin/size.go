package origin

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

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
