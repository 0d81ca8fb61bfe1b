package memcached

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/bradfitz/gomemcache/memcache"

	"github.com/herdlab/herdlab/strategies/stores"
	"github.com/herdlab/herdlab/strategies/stores/lifetime"
)

// What an item is, in front of its key. The kinds of hashed keys are others, so
// that no key is another's hash.
const (
	valueKind = 'v'
	lockKind  = 'l'
)

// maxKey is the longest key of the protocol
// (github.com/memcached/memcached doc/protocol.txt, "Keys").
const maxKey = 250

// name is the key at the server: the key itself where the protocol allows it,
// else its SHA-256. The envelope has the key in full.
func (s *Store) name(kind byte, key string) string {
	mark := s.formOf(kind).mark(kind)
	name := s.cfg.Prefix + mark + key
	if len(name) <= maxKey && legal(key) && (mark != "" || !marked(key)) {
		return name
	}
	sum := sha256.Sum256([]byte(key))
	return s.cfg.Prefix + string(kind) + "#:" + hex.EncodeToString(sum[:])
}

// marked reports whether a key without a mark looks like a name with one.
func marked(key string) bool {
	for _, kind := range []byte{valueKind, lockKind} {
		if strings.HasPrefix(key, string(kind)+":") || strings.HasPrefix(key, string(kind)+"#:") {
			return true
		}
	}
	return false
}

// legal reports whether a text protocol can carry key: no space, no control
// character.
func legal(key string) bool {
	for i := range len(key) {
		if key[i] <= ' ' || key[i] == 0x7f {
			return false
		}
	}
	return true
}

// expiration is the exptime of a ttl: rounded up to seconds, and one more since
// the server counts from its last tick, up to a second ago. An instant past the
// protocol's 2038 is for ever; the envelope knows better.
func expiration(now time.Time, ttl time.Duration) int32 {
	if ttl == 0 {
		return 0
	}
	return inRange(lifetime.Exptime(int64(lifetime.Seconds(ttl))+1, now))
}

// inRange is an exptime as the client can send it.
func inRange(exptime int64) int32 {
	if exptime > math.MaxInt32 {
		return 0
	}
	return int32(max(exptime, expired))
}

// fault names an error of the client. memcached's own errors are lines of text,
// which the client quotes.
func fault(err error) error {
	var late *memcache.ConnectTimeoutError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &late):
		return fmt.Errorf("%w: %w", stores.ErrNoAnswer, err)
	case errors.Is(err, memcache.ErrNoServers):
		return fmt.Errorf("%w: %w", stores.ErrRefused, err)
	case strings.Contains(err.Error(), "SERVER_ERROR object too large"):
		return fmt.Errorf("%w: %w", stores.ErrTooLarge, err)
	case strings.Contains(err.Error(), "SERVER_ERROR out of memory"):
		return fmt.Errorf("%w: %w", stores.ErrFull, err)
	}
	return stores.Fault(err)
}
