// Package cachewords reads what the caches between a user and an origin say of an answer in
// its headers, as those who make the caches mean it.
package cachewords

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/metrics"
)

// Said is what the headers of an answer come to.
type Said struct {
	// Outcome is FreshHit, StaleHit, Coalesced or Computed; the last of these also where
	// nothing is Known.
	Outcome metrics.Outcome
	Known   bool // some header told it

	Age time.Duration // of the value, in whole seconds (RFC 9111, section 5.1); -1 where none is said
}

// headers are those in which caches put a word of their own, one a cache: Cloudflare's, and
// those that others and people who configure nginx, Varnish or HAProxy are used to.
func headers() [4]string {
	return [...]string{"Cf-Cache-Status", "X-Cache-Status", "X-Cache", "X-Proxy-Cache"}
}

// Read reads the headers of an answer. The standard's goes before all others. A program
// that sends several means the same by them.
func Read(h http.Header) Said {
	s := Said{Outcome: metrics.Computed, Age: -1}
	if n, err := strconv.ParseUint(strings.TrimSpace(h.Get("Age")), 10, 31); err == nil {
		s.Age = time.Duration(n) * time.Second
	}
	s.Outcome, s.Known = judge(h, s.Age)
	if s.Outcome == metrics.FreshHit && pastLifetime(h, s.Age) {
		s.Outcome = metrics.StaleHit
	}
	return s
}

func judge(h http.Header, age time.Duration) (o metrics.Outcome, known bool) {
	if members := members(h.Values("Cache-Status")); len(members) > 0 {
		if o, known = nearest(members, standard); known {
			return o, true
		}
	}
	for _, name := range headers() {
		if o, known = nearest(members(h.Values(name)), word); known {
			return o, true
		}
	}
	// Varnish names the request, and behind it the one that stored the value, if it had one.
	if ids := strings.Fields(h.Get("X-Varnish")); len(ids) > 0 {
		if len(ids) > 1 {
			return metrics.FreshHit, true
		}
		return metrics.Computed, true
	}
	// An Age says that the answer was not made for this request (RFC 9111, section 5.1). A
	// whole second of it cannot be the time that the answer was on its way.
	if age > 0 {
		return metrics.FreshHit, true
	}
	return metrics.Computed, false
}

// nearest judges a list in which every cache has its member, the one nearest to the user the
// last. That one is about this request, and if it asked further the one before it is, too.
// The first that had not to ask decides: what stands before it was stored with the value and
// is about another request.
func nearest(members []string, read func(string) (metrics.Outcome, bool)) (o metrics.Outcome, known bool) {
	for i := len(members) - 1; i >= 0; i-- {
		said, ok := read(members[i])
		if !ok {
			continue
		}
		o, known = said, true
		if said != metrics.Computed {
			return said, true
		}
	}
	return o, known
}

// standard reads a member of Cache-Status (RFC 9211).
func standard(member string) (o metrics.Outcome, known bool) {
	parameters := split(member, ';')
	if len(parameters) < 2 {
		return 0, false // a cache that says nothing but its name
	}
	o = metrics.Computed
	hit, stale := false, false
	for _, p := range parameters[1:] {
		name, value, _ := strings.Cut(p, "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "hit":
			known, hit = true, value != "?0"
		case "fwd":
			known = true
		case "fwd-status":
			// The value was there, and the origin has said that it is still right.
			if value == "304" {
				o = metrics.FreshHit
			}
		case "collapsed":
			if value != "?0" {
				o = metrics.Coalesced
			}
		case "ttl": // what is left of its freshness
			n, err := strconv.ParseInt(value, 10, 64)
			stale = err == nil && n < 0
		}
	}
	switch {
	case hit && stale:
		return metrics.StaleHit, true
	case hit:
		return metrics.FreshHit, true
	}
	return o, known
}

// word reads a member of another header: the first word of it counts, as in "MISS from
// white.example.com" (Squid), "Hit from cloudfront", or "TCP_HIT from a23 (AkamaiGHost/9)".
func word(member string) (o metrics.Outcome, known bool) {
	fields := strings.Fields(strings.ToUpper(member))
	if len(fields) == 0 {
		return 0, false
	}
	o, known = outcomeOf(strings.ReplaceAll(fields[0], "_", "-"))
	if o == metrics.FreshHit && len(fields) > 1 && fields[1] == "GRACED" { // as Varnish's makers write their VCL
		o = metrics.StaleHit
	}
	return o, known
}

// outcomeOf knows the words of nginx's $upstream_cache_status, Cloudflare, Fastly,
// CloudFront, Akamai, Azure, Squid, and of VCL that people write for Varnish.
//
// A value that the origin was asked about and that it has called right, as by a 304, is a
// hit: it was there, and nothing was computed. A value that has EXPIRED was loaded anew.
func outcomeOf(word string) (o metrics.Outcome, known bool) {
	switch word {
	case "HIT", "REVALIDATED", "REFRESHHIT", "ORIGINSHIELDHIT", "HIT-CLUSTER",
		"TCP-HIT", "TCP-MEM-HIT", "TCP-IMS-HIT", "TCP-INM-HIT", "TCP-NEGATIVE-HIT", "TCP-REMOTE-HIT",
		"TCP-REFRESH-HIT", "TCP-REFRESH-UNMODIFIED", "TCP-EXPIRED-HIT", "TCP-OFFLINE-HIT":
		return metrics.FreshHit, true
	case "STALE", "UPDATING", "HIT-STALE", "TCP-REFRESH-FAIL-HIT", "TCP-REFRESH-FAIL-OLD":
		return metrics.StaleHit, true
	case "MISS", "EXPIRED", "BYPASS", "DYNAMIC", "PASS", "NONE", "NONE/UNKNOWN", "ERROR",
		"HITMISS", "HITPASS", "HIT-FOR-MISS", "HIT-FOR-PASS", "HFM", "HFP", "PIPE", "SYNTH",
		"TCP-MISS", "TCP-REFRESH-MISS", "TCP-REFRESH-MODIFIED", "TCP-CLIENT-REFRESH-MISS", "TCP-EXPIRED-MISS",
		"TCP-SWAPFAIL-MISS", "CONFIG-NOCACHE", "PRIVATE-NOSTORE", "UNCACHEABLE",
		"LAMBDAGENERATEDRESPONSE", "FUNCTIONGENERATEDRESPONSE", "LIMITEXCEEDED", "CAPACITYEXCEEDED":
		return metrics.Computed, true
	case "COLLAPSED", "COALESCED":
		return metrics.Coalesced, true
	}
	return 0, false
}

// pastLifetime reports whether a value of some age is past what its Cache-Control allows a
// shared cache (RFC 9111, section 4.2): a cache that serves it in its grace says HIT.
func pastLifetime(h http.Header, age time.Duration) bool {
	lifetime, shared := int64(-1), false
	for _, directive := range members(h.Values("Cache-Control")) {
		name, value, _ := strings.Cut(strings.ToLower(directive), "=")
		n, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 64)
		switch {
		case err != nil || n < 0:
		case name == "s-maxage":
			lifetime, shared = n, true
		case name == "max-age" && !shared:
			lifetime = n
		}
	}
	return lifetime >= 0 && age >= 0 && int64(age/time.Second) >= lifetime
}

// members are those of a list, which may be in several headers.
func members(values []string) (list []string) {
	for _, value := range values {
		list = append(list, split(value, ',')...)
	}
	return list
}

// split parts a text at a sign that stands in no quoted string, without what is empty.
func split(text string, at byte) (parts []string) {
	begin, quoted := 0, false
	add := func(end int) {
		if part := strings.TrimSpace(text[begin:end]); part != "" {
			parts = append(parts, part)
		}
		begin = end + 1
	}
	for i := 0; i < len(text); i++ {
		switch {
		case quoted && text[i] == '\\':
			i++
		case text[i] == '"':
			quoted = !quoted
		case text[i] == at && !quoted:
			add(i)
		}
	}
	add(len(text))
	return parts
}
