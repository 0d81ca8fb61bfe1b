package tier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	model "github.com/herdlab/herdlab/internal/world/tier"
)

// userMemcached is a memcached that the user runs, a node at each address.
func userMemcached(ctx context.Context, address string, cfg model.Config, workers int) (*Tier, error) {
	addrs, err := memcachedHosts(address)
	if err != nil {
		return nil, err
	}
	cfg.Nodes = len(addrs)
	t := &Tier{cfg: cfg, workers: workers, prefix: ownPrefix()}
	for _, addr := range addrs {
		t.links = append(t.links, new(link))
		client := memcache.New(addr)
		client.Timeout = time.Second
		err := client.Ping()
		_ = client.Close()
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			return nil, fmt.Errorf("the cache at %s does not answer as memcached does (%s): start it, or give another address", addr, oneLine(err))
		}
	}
	t.stand(addrs)
	t.open = func(i int, prefix string) (nodeStore, error) {
		s := t.memcached(i, addrs[i], prefix)
		s.most = leftover
		return s, nil
	}
	return t, nil
}

// memcachedHosts are the hosts of an address, each with its port. The error does not
// repeat it: it may hold a password, which memcached has no use for.
func memcachedHosts(address string) (addrs []string, err error) {
	u, hosts, err := splitHosts(address)
	if err != nil || u.User != nil || slices.Contains(hosts, "") || strings.Trim(u.Path, "/")+u.RawQuery+u.Fragment != "" {
		return nil, errors.New("the cache address is not of the form memcached://host:port,host:port")
	}
	for _, h := range hosts {
		if _, _, err := net.SplitHostPort(h); err != nil {
			h = net.JoinHostPort(strings.Trim(h, "[]"), "11211")
		}
		if slices.Contains(addrs, h) {
			return nil, fmt.Errorf("the cache address names %s twice", h)
		}
		addrs = append(addrs, h)
	}
	return addrs, nil
}
