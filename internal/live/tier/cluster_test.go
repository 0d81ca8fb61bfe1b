package tier

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/herdlab/herdlab/internal/live/redistest"
	model "github.com/herdlab/herdlab/internal/world/tier"
	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/stores/storetest"
)

// account is a login with all that has to be written otherwise in a URL.
func account(tls bool) redistest.Config {
	return redistest.Config{User: "herd@lab", Password: "s3cret/with: %odd@signs", TLS: tls}
}

// login hands the login and the authority of a cache to what is tested, as a user
// does.
func login(t *testing.T, cfg redistest.Config, s *redistest.Servers) {
	t.Helper()
	t.Setenv("REDIS_USERNAME", cfg.User)
	t.Setenv("REDIS_PASSWORD", cfg.Password)
	t.Setenv("REDIS_CA_CERT", s.CA)
}

func open(t *testing.T, address string) *Tier {
	t.Helper()
	tier, err := Open(t.Context(), address, model.Config{Timeout: 5 * time.Second}, 8, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tier.Close)
	return tier
}

// A Redis Cluster with TLS and a login is a store as any other, through the client of
// a box. The account may do nothing but what the lab needs.
func TestClusterStore(t *testing.T) {
	cfg := account(true)
	all := redistest.Cluster(t, cfg)
	login(t, cfg, all)
	before := runtime.NumGoroutine()
	tier := open(t, "rediss://"+strings.Join(all.Addrs, ","))
	raw := client(t, "rediss://"+strings.Join(all.Addrs, ","))
	defer raw.Close()
	storetest.Run(t, storetest.Wall(func(t *testing.T) storetest.Subject {
		if err := tier.Reset(nil, nil); err != nil { // another prefix
			t.Fatal(err)
		}
		c, err := tier.client(-1, model.KeyPrefix(model.DefaultCache, 1))
		if err != nil {
			t.Fatal(err)
		}
		at := func(key string) string {
			return tier.wire(model.KeyPrefix(model.DefaultCache, 1)) + "value:" + key
		}
		return storetest.Subject{
			Store: c,
			Plant: func(key string, text []byte) error { return raw.Set(t.Context(), at(key), text, 0).Err() },
			PlantOther: func(key string) error {
				return errors.Join(raw.Del(t.Context(), at(key)).Err(), raw.LPush(t.Context(), at(key), "x").Err())
			},
		}
	}))

	oneHost(t, all, raw)
	tier.Close()
	_ = raw.Close()
	for begun := time.Now(); runtime.NumGoroutine() > before; time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("%d goroutines are left, there were %d", runtime.NumGoroutine(), before)
		}
	}
}

// oneHost of a cluster finds the others, and nothing stays there for ever.
func oneHost(t *testing.T, all *redistest.Servers, raw redis.UniversalClient) {
	t.Helper()
	one := open(t, "rediss://"+all.Addrs[1])
	defer one.Close()
	c, err := one.client(-1, model.KeyPrefix(model.DefaultCache, 1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		key := fmt.Sprint(i)
		err := c.Set(t.Context(), key, strategies.Entry{Value: strategies.Value{Data: []byte(key)}}, time.Minute)
		if e, ok, again := c.Get(t.Context(), key); err != nil || again != nil || !ok || string(e.Data) != key {
			t.Fatalf("set %v; get %q, %v, %v", err, e.Data, ok, again)
		}
	}
	forEver := strategies.Entry{Value: strategies.Value{Data: []byte("v"), Version: 1}}
	_, newer := c.SetNewer(t.Context(), "b", forEver, 0)
	if err := errors.Join(newer, c.Set(t.Context(), "a", forEver, 0)); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"a", "b"} {
		if d, err := raw.PTTL(t.Context(), one.wire(model.KeyPrefix(model.DefaultCache, 1))+"value:"+key).Result(); err != nil || d <= 0 || d > leftover {
			t.Errorf("%s is kept for %v, %v", key, d, err)
		}
	}
	for i := range all.Addrs {
		if n, err := all.Keys(i); n < 10 || err != nil {
			t.Errorf("%d keys at master %d, %v", n, i, err)
		}
	}
}

// client is go-redis at an address, without the lab.
func client(t *testing.T, address string) redis.UniversalClient {
	t.Helper()
	opt, err := redisOptions(address)
	if err != nil {
		t.Fatal(err)
	}
	return redis.NewUniversalClient(opt)
}
