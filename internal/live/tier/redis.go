package tier

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	model "github.com/herdlab/herdlab/internal/world/tier"
	redisstore "github.com/herdlab/herdlab/strategies/stores/redis"
)

// userRedis is a Redis or a Redis Cluster that the user runs. Every box has a client
// of its own.
func userRedis(ctx context.Context, address string, cfg model.Config, workers int) (*Tier, error) {
	opt, err := redisOptions(address)
	if err != nil {
		return nil, err
	}
	opt.PoolSize = max(workers, 4)
	cfg.Nodes = 1
	t := &Tier{cfg: cfg, prefix: ownPrefix()}
	t.stand(model.Names(1))
	err = usable(ctx, opt, t.prefix)
	if redis.HasErrorPrefix(err, "MOVED") { // the one host given is a cluster's
		opt.IsClusterMode = true
		err = usable(ctx, opt, t.prefix)
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, unusable(opt, err)
	}
	t.open = func(_ int, prefix string) (nodeStore, error) {
		client := redis.NewUniversalClient(opt)
		t.onClose(func() { _ = client.Close() })
		return nodeStore{store: redisstore.New(client, redisstore.Config{Prefix: prefix}), most: leftover}, nil
	}
	return t, nil
}

// firstAnswer is how long a cache may take to show that it can be used.
const firstAnswer = 5 * time.Second

// usable asks for so many keys that every master of a cluster is asked.
func usable(ctx context.Context, opt *redis.UniversalOptions, prefix string) error {
	ctx, cancel := context.WithTimeout(ctx, firstAnswer)
	defer cancel()
	client := redis.NewUniversalClient(opt)
	defer client.Close()
	answers, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range 32 {
			p.Get(ctx, fmt.Sprint(prefix, i))
		}
		return nil
	})
	for _, a := range answers {
		if err := a.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	if errors.Is(err, redis.Nil) {
		return nil
	}
	return err
}

// redisOptions reads an address. Its errors do not repeat it: it may hold a
// password.
func redisOptions(address string) (*redis.UniversalOptions, error) {
	form := errors.New("the cache address is not of the form redis://user:password@host:port/db, with % for special characters in a password")
	u, hosts, err := splitHosts(address)
	if err != nil {
		return nil, form
	}
	for name := range u.Query() {
		if name != "db" && name != "skip_verify" {
			return nil, fmt.Errorf("the cache address has a parameter %q: there are db and skip_verify", name)
		}
	}
	var addrs []string
	var one *redis.Options
	for _, h := range hosts {
		u.Host = h
		if one, err = redis.ParseURL(u.String()); err != nil || h == "" {
			return nil, form
		}
		addrs = append(addrs, one.Addr)
	}
	if len(hosts) > 1 && one.DB != 0 {
		return nil, fmt.Errorf("a Redis Cluster has no database %d: leave it out", one.DB)
	}
	if one.TLSConfig != nil {
		one.TLSConfig.ServerName = "" // every host proves its own
		if one.TLSConfig.RootCAs, err = authorities(os.Getenv("REDIS_CA_CERT")); err != nil {
			return nil, err
		}
	}
	as := redisstore.Options(one.Addr)
	// The client of a cluster follows three redirections, and asks again as often after
	// an error: then at once.
	const noPause = -1
	return &redis.UniversalOptions{
		Addrs: addrs, IsClusterMode: len(addrs) > 1, DB: one.DB, TLSConfig: one.TLSConfig,
		Username: cmp.Or(one.Username, os.Getenv("REDIS_USERNAME")), Password: cmp.Or(one.Password, os.Getenv("REDIS_PASSWORD")),
		MaxRetries: as.MaxRetries, MinRetryBackoff: noPause, MaxRetryBackoff: noPause, DialerRetries: as.DialerRetries, ContextTimeoutEnabled: as.ContextTimeoutEnabled,
		DialTimeout: as.DialTimeout, ReadTimeout: as.ReadTimeout, WriteTimeout: as.WriteTimeout, PoolTimeout: as.PoolTimeout,
		DisableIdentity: as.DisableIdentity, MaintNotificationsConfig: as.MaintNotificationsConfig,
	}, nil
}

// authorities reads the certificates in a file; without one they are the system's.
func authorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("REDIS_CA_CERT: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("REDIS_CA_CERT: %s has no certificate in PEM", path)
	}
	return pool, nil
}

// unusable is what a user can do about a cache. What the server says about a login
// is not repeated: it may name the user.
func unusable(opt *redis.UniversalOptions, err error) error {
	at := strings.Join(opt.Addrs, ",")
	var certificate *tls.CertificateVerificationError
	switch {
	case redis.IsAuthError(err):
		return fmt.Errorf("the cache at %s refuses the login: give its user and password in REDIS_USERNAME and REDIS_PASSWORD", at)
	case redis.IsPermissionError(err):
		return fmt.Errorf("the cache at %s does not let this user read keys that begin with herdlab: permit it GET, SET, DEL, GETRANGE, STRLEN, PEXPIRE, PTTL, EVAL and EVALSHA on them", at)
	case errors.As(err, &certificate):
		return fmt.Errorf("the certificate of the cache at %s is not trusted (%s): give that of its authority in REDIS_CA_CERT", at, oneLine(certificate.Err))
	case redis.HasErrorPrefix(err, "This instance has cluster support disabled"):
		return fmt.Errorf("the caches at %s are no Redis Cluster: give one of them", at)
	}
	var answer redis.Error
	if errors.As(err, &answer) {
		return fmt.Errorf("the cache at %s cannot be used (%s): give another address", at, oneLine(answer))
	}
	other := "rediss:// if it speaks TLS"
	if opt.TLSConfig != nil {
		other = "redis:// if it speaks no TLS"
	}
	return fmt.Errorf("the cache at %s does not answer as Redis does (%s): start it, give another address, or %s", at, oneLine(err), other)
}

// Quiet keeps the Redis client from writing to standard error: what fails is in
// the report. It is for main, since the client's logger is the process's.
func Quiet() { redis.SetLogger(silence{}) }

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}
