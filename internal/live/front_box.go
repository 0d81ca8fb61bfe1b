package live

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/herdlab/herdlab/internal/world"
)

// readVisitor makes a job of a request that came through a front: the address is
// the page's, and a cookie says who is signed in.
func readVisitor(r *http.Request) (*world.Job, error) {
	key, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
	if err != nil {
		return nil, fmt.Errorf("the key in the path: %w", err)
	}
	j := &world.Job{Key: key, Write: r.Method == http.MethodPost}
	if c, err := r.Cookie(world.SessionCookie); err == nil {
		if j.User, err = strconv.Atoi(c.Value); err != nil {
			return nil, fmt.Errorf("the session %q is nobody's", c.Value)
		}
	}
	if !j.Write {
		j.Key = world.PageOf(key, j.User)
	}
	if text := r.Header.Get(headerCost); text != "" {
		if j.Cost, err = time.ParseDuration(text); err != nil || j.Cost < 0 {
			return nil, fmt.Errorf("%s: %s is no duration such as 2ms", headerCost, text)
		}
	}
	return j, nil
}

// allowed tells nginx's cache of the boxes' answers for how long to serve this one,
// and for how long after that while it is renewed (RFC 5861); "" is not at all.
func allowed(cfg world.FallbackConfig) string {
	switch {
	case !cfg.Lock:
		return ""
	case cfg.Grace == 0:
		return fmt.Sprintf("max-age=%d", int(cfg.Keep.Seconds()))
	}
	return fmt.Sprintf("max-age=%d, stale-while-revalidate=%d", int(cfg.Keep.Seconds()), int(cfg.Grace.Seconds()))
}
