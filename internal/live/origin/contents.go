package origin

import (
	"fmt"
	"math/rand/v2"
)

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
	first, second := firstWords(), secondWords()
	return book{
		id: id, author: id % c.size.Authors,
		title:     fmt.Sprintf("The %s %s, volume %d", first[rng.IntN(len(first))], second[rng.IntN(len(second))], id),
		purchases: rng.IntN(mostPurchases + 1),
	}
}

// author is an author's name. It is the same under every seed.
func (c contents) author(id int) string { return fmt.Sprintf("Author %d", id) }

func firstWords() []string {
	return []string{"Burning", "Cold", "Distant", "Empty", "Fresh", "Hidden", "Idle", "Late", "Lost", "Quiet", "Restless", "Stale", "Thundering", "Warm"}
}

func secondWords() []string {
	return []string{"Burst", "Cache", "Clock", "Copy", "Flight", "Herd", "Key", "Lease", "Lock", "Miss", "Origin", "Queue", "Ring", "Store", "Tail"}
}
