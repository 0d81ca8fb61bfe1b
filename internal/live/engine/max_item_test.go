package engine

import (
	"strconv"
	"strings"
	"testing"
)

// memcached refuses a value above its limit, 1 MiB unless it is told another, and
// gives up the old one with it.
func TestMemcachedLargestItem(t *testing.T) {
	set := func(n *Node, size int) string {
		line, err := tell(n.Addr, "set k 0 0 "+strconv.Itoa(size)+"\r\n"+strings.Repeat("v", size)+"\r\n", patience)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(line)
	}
	k := kinds()[2]
	usual := installed(t)(k.start(background, Config{}))
	k.put(t, usual)
	if got := set(usual, 1_200_000); !strings.HasPrefix(got, "SERVER_ERROR object too large") {
		t.Errorf("1.2 MB: %q", got)
	}
	k.holds(t, usual, false)
	larger := installed(t)(k.start(background, Config{MaxItem: 2 << 20}))
	if got := set(larger, 1_200_000); got != "STORED" {
		t.Errorf("1.2 MB where 2 MiB are allowed: %q", got)
	}
}
