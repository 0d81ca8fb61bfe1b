package cachewords_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/live/cachewords"
	"github.com/herdlab/herdlab/internal/metrics"
)

// Values as the makers of the caches document them, or as their programs have sent them.
func TestRead(t *testing.T) {
	const (
		fresh    = metrics.FreshHit
		stale    = metrics.StaleHit
		computed = metrics.Computed
		shared   = metrics.Coalesced
	)
	for _, c := range []struct {
		who, headers string // one a line
		want         metrics.Outcome
	}{
		{"RFC 9211", "Cache-Status: ExampleCache; hit", fresh},
		{"RFC 9211", "Cache-Status: ExampleCache; hit; ttl=376", fresh},
		{"RFC 9211, stale by its ttl", "Cache-Status: ExampleCache; hit; ttl=-412", stale},
		{"RFC 9211", "Cache-Status: ExampleCache; fwd=uri-miss; stored", computed},
		{"RFC 9211, a detail is for people", `Cache-Status: c; fwd=uri-miss; detail="no hit, yet; stale"`, computed},
		{"RFC 9211, revalidated", "Cache-Status: ExampleCache; fwd=stale; fwd-status=304", fresh},
		{"RFC 9211, forwarded since it was stale", "Cache-Status: ExampleCache; fwd=stale", computed},
		{"RFC 9211", "Cache-Status: ExampleCache; fwd=uri-miss; collapsed", shared},
		{"RFC 9211", "Cache-Status: ExampleCache; fwd=bypass", computed},
		{"RFC 9211, the shield had it", "Cache-Status: OriginCache; hit; ttl=1100, \"CDN Company Here\"; fwd=uri-miss; stored", fresh},
		{"RFC 9211, of a stored answer", "Cache-Status: OriginCache; fwd=miss; stored, edge; hit; ttl=5", fresh},
		{"RFC 9211, in two headers", "Cache-Status: OriginCache; fwd=miss\nCache-Status: edge; hit", fresh},
		{"RFC 9211, a name with a sign", `Cache-Status: "a, b; hit"; fwd=miss`, computed},
		{"Squid 6", "Cache-Status: architect.example; fwd=miss; stored; detail=no-cache", computed},
		{"Netlify", `Cache-Status: "Netlify Edge"; hit`, fresh},
		{"the lab's own", "Cache-Status: herdlab; fwd=miss; collapsed", shared},
		{"the standard goes first", "Cache-Status: a; fwd=miss\nX-Cache: HIT", computed},
		{"a name alone", "Cache-Status: a\nX-Cache: HIT", fresh},

		{"Squid 5", "X-Cache: MISS from white.example.com\nX-Cache-Lookup: HIT from white.example.com:3128", computed},
		{"Squid 5", "X-Cache: HIT from white.example.com", fresh},
		{"Fastly, the shield had it", "X-Cache: HIT, MISS", fresh},
		{"Fastly, the edge had it", "X-Cache: MISS, HIT", fresh},
		{"Fastly", "X-Cache: MISS, MISS", computed},
		{"CloudFront", "X-Cache: Hit from cloudfront", fresh},
		{"CloudFront, a 304", "X-Cache: RefreshHit from cloudfront", fresh},
		{"CloudFront", "X-Cache: Miss from cloudfront", computed},
		{"CloudFront", "X-Cache: Error from cloudfront", computed},
		{"Akamai", "X-Cache: TCP_MEM_HIT from a69-174-50-208 (AkamaiGHost/5.7.2-5726413) (-)", fresh},
		{"Akamai, a 304", "X-Cache: TCP_REFRESH_HIT from a1 (AkamaiGHost/9.0)", fresh},
		{"Akamai, the origin is gone", "X-Cache: TCP_REFRESH_FAIL_HIT from a1 (AkamaiGHost/9.0)", stale},
		{"Akamai", "X-Cache: TCP_REFRESH_MISS from a1 (AkamaiGHost/9.0)", computed},
		{"Akamai", "X-Cache: TCP_MISS from hit.example (AkamaiGHost/9.0)", computed},

		{"Cloudflare", "CF-Cache-Status: HIT", fresh},
		{"Cloudflare", "CF-Cache-Status: MISS", computed},
		{"Cloudflare", "CF-Cache-Status: EXPIRED", computed},
		{"Cloudflare", "CF-Cache-Status: STALE", stale},
		{"Cloudflare", "CF-Cache-Status: UPDATING", stale},
		{"Cloudflare", "CF-Cache-Status: REVALIDATED", fresh},
		{"Cloudflare", "CF-Cache-Status: BYPASS", computed},
		{"Cloudflare", "CF-Cache-Status: DYNAMIC", computed},

		{"nginx", "X-Cache-Status: HIT", fresh},
		{"nginx", "X-Cache-Status: MISS", computed},
		{"nginx", "X-Cache-Status: EXPIRED", computed},
		{"nginx", "X-Cache-Status: UPDATING", stale},
		{"nginx", "X-Cache-Status: STALE", stale},
		{"nginx", "X-Cache-Status: REVALIDATED", fresh},
		{"nginx", "X-Proxy-Cache: BYPASS", computed},

		{"Varnish", "X-Varnish: 32770\nAge: 0", computed},
		{"Varnish", "X-Varnish: 32773 32771\nAge: 3", fresh},
		{"Varnish, in its grace", "X-Varnish: 32773 32771\nAge: 6\nCache-Control: max-age=5", stale},
		{"Varnish's documented VCL", "X-Cache: hit graced", stale},
		{"Varnish's documented VCL", "X-Cache: hit cached", fresh},
		{"Varnish's documented VCL", "X-Cache: miss uncacheable", computed},
		{"VCL", "X-Cache: HITMISS", computed},
		{"VCL", "X-Cache: hit-for-pass", computed},

		{"HAProxy", "Age: 4\nCache-Control: max-age=5", fresh},
		{"Varnish, just in its grace", "X-Varnish: 32773 32771\nAge: 5\nCache-Control: max-age=5", stale},
		{"s-maxage goes first", "X-Cache: HIT\nAge: 9\nCache-Control: max-age=5, s-maxage=60", fresh},
	} {
		got := cachewords.Read(header(c.headers))
		if got.Outcome != c.want || !got.Known {
			t.Errorf("%s, %q: %v, known %v; want %v", c.who, c.headers, got.Outcome, got.Known, c.want)
		}
	}
}

// What says nothing is not taken for a word, and an Age is read wherever there is one.
func TestReadOfNothing(t *testing.T) {
	for _, headers := range []string{"", "X-Cache:", "X-Cache: architect", "X-Cache-Status: -", "Age: 0", "Age: soon", "Cache-Status: architect", "Server: hit", `Cache-Status: ";;,=`} {
		if got := cachewords.Read(header(headers)); got.Known || got.Outcome != metrics.Computed {
			t.Errorf("%q: %v, known %v", headers, got.Outcome, got.Known)
		}
	}
	for headers, want := range map[string]time.Duration{"Age: 7": 7 * time.Second, "": -1, "Age: -3": -1, "X-Cache: MISS\nAge: 0": 0} {
		if got := cachewords.Read(header(headers)); got.Age != want {
			t.Errorf("%q: age %v, want %v", headers, got.Age, want)
		}
	}
}

func header(lines string) http.Header {
	h := make(http.Header)
	for line := range strings.Lines(lines) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		h.Add(name, strings.TrimSpace(value))
	}
	return h
}
