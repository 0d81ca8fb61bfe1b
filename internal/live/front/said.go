package front

import (
	"strconv"
	"strings"
	"time"
)

// Header is what nginx says in an answer that has to do with the cache, four things
// in a row: what it heard from the cache and then from a box, as statuses; what its
// own cache of the boxes' answers did, or "hit" if it needed neither; how long the
// request took; and how long the cache and then the box.
const Header = "Herdlab-Front"

// Said is what nginx says of an answer.
type Said struct {
	Cache  int           // the status that the cache's answer came to: 200, 404, 502 or 504
	Hit    bool          // the page is the cache's, as it was stored there
	Own    string        // nginx's own cache: HIT, MISS, EXPIRED, STALE, UPDATING; "" without
	Waited time.Duration // in all
	Asked  time.Duration // for the cache's answer; both in steps of 1 ms
}

// Read reads the header; not ok where it is not there.
func Read(header string) (s Said, ok bool) {
	parts := strings.Split(header, "|")
	if len(parts) != 4 {
		return s, false
	}
	s.Cache, _ = strconv.Atoi(first(parts[0]))
	s.Waited, s.Asked = seconds(parts[2]), seconds(first(parts[3]))
	if s.Hit = parts[1] == "hit"; !s.Hit {
		s.Own = parts[1]
	}
	return s, true
}

// first is the first of a list of nginx's, such as "404 : 200" or "502, 502 : 200".
func first(list string) string {
	word, _, _ := strings.Cut(list, " ")
	return strings.TrimSuffix(word, ",")
}

func seconds(text string) time.Duration {
	n, _ := strconv.ParseFloat(text, 64) // of an answer that did not come it is a dash
	return time.Duration(n * float64(time.Second))
}
