package front

import (
	"strconv"
	"strings"
	"time"
)

// Header is what nginx says in an answer that has to do with the cache, three
// things in a row: what it heard from the cache and then from a box, as statuses;
// what its own cache of the boxes' answers did, or "hit" if it needed neither; and
// how long it took.
const Header = "Herdlab-Front"

// Said is what nginx says of an answer.
type Said struct {
	Cache  int           // the status that the cache's answer came to: 200, 404, 502 or 504
	Hit    bool          // the page is the cache's, as it was stored there
	Own    string        // nginx's own cache: HIT, MISS, EXPIRED, STALE, UPDATING; "" without
	Waited time.Duration // in all
}

// Read reads the header; not ok where it is not there.
func Read(header string) (s Said, ok bool) {
	parts := strings.Split(header, "|")
	if len(parts) != 3 {
		return s, false
	}
	first, _, _ := strings.Cut(parts[0], " ") // "404 : 200", also "502, 502 : 200"
	s.Cache, _ = strconv.Atoi(strings.TrimSuffix(first, ","))
	seconds, _ := strconv.ParseFloat(parts[2], 64)
	s.Waited = time.Duration(seconds * float64(time.Second))
	if s.Hit = parts[1] == "hit"; !s.Hit {
		s.Own = parts[1]
	}
	return s, true
}
