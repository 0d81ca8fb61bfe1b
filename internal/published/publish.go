package published

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/herdlab/herdlab/strategies"
	"github.com/herdlab/herdlab/strategies/publish"
)

// PublishConfig configures a [publish.Publisher], or a [Publisher] if it is as published.
type PublishConfig struct {
	publish.Config `yaml:",inline"`

	AsPublished bool `yaml:"as_published" default:"false" doc:"do as the original did: every save is a job of its own, several jobs of one key run at once, and each stores what it computed without comparing versions"`
}

// Publisher is the publish model of "Where Django Caching Busts at the Seams" (DjangoCon
// US 2012) as a task queue runs it: every save of a key is a job of its own, whatever
// else there is of the key, and a job stores over whatever there is.
//
//	save 1 -> job 1 loads version 1, and takes long
//	save 2 -> job 2 loads version 2 and sets it
//	          job 1 sets version 1, and nothing will correct it but a save 3
//
// To the publisher of production each save is a key of its own.
type Publisher struct {
	*publish.Publisher
	saves atomic.Uint64
}

// NewPublisher makes a Publisher that stores into store. The error is a
// [*strategies.ConfigError].
func NewPublisher(store strategies.Store, loader strategies.Loader, cfg publish.Config) (*Publisher, error) {
	if cfg.OnMiss == publish.FailOnMiss {
		return nil, &strategies.ConfigError{Field: "on_miss", Msg: "is fail, and with as_published readers compute what they miss: leave one of the two out"}
	}
	load := strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		return loader.Load(ctx, withoutSave(key))
	})
	p, err := publish.NewPublisher(blindStore{store}, load, cfg)
	if err != nil {
		return nil, err
	}
	return &Publisher{Publisher: p}, nil
}

// Reader makes the strategy of one box, see [publish.Publisher.Reader].
func (p *Publisher) Reader(store strategies.Store, loader strategies.Loader) (*Reader, error) {
	r, err := p.Publisher.Reader(struct{ strategies.Store }{store}, loader) // which knows no versions
	if err != nil {
		return nil, err
	}
	return &Reader{r, p}, nil
}

// Reader reads what a [Publisher] stores.
type Reader struct {
	*publish.Reader
	publisher *Publisher
}

// Invalidate asks for one more publication of key, of whatever version there is then.
func (r *Reader) Invalidate(ctx context.Context, key string, _ uint64) error {
	return r.Reader.Invalidate(ctx, key+saveMark+strconv.FormatUint(r.publisher.saves.Add(1), 10), 0)
}

// saveMark stands between a key and the number of a save.
const saveMark = "\x00save "

// withoutSave is the key of a save's job.
func withoutSave(key string) string {
	if i := strings.LastIndex(key, saveMark); i >= 0 {
		return key[:i]
	}
	return key
}

// blindStore stores over whatever there is. It knows no versions, and does not look.
type blindStore struct{ strategies.Store }

// Get finds nothing, without a way to the cache.
func (blindStore) Get(context.Context, string) (strategies.Entry, bool, error) {
	return strategies.Entry{}, false, nil
}

// Set stores under the key that was saved.
func (s blindStore) Set(ctx context.Context, key string, e strategies.Entry, ttl time.Duration) error {
	return s.Store.Set(ctx, withoutSave(key), e, ttl)
}
