package strategies

import (
	"context"
	"time"
)

// addLoose takes a job in for a write, whatever else there is of its key, or
// drops it. This is how a task queue runs what every save sends it:
//
//	save 1 -> job 1 loads version 1, and takes long
//	save 2 -> job 2 loads version 2 and sets it
//	          job 1 sets version 1, and nothing will correct it but a save 3
func (q *jobs) addLoose(key string, version uint64, now time.Time) bool {
	if q.pending >= q.bound {
		q.stats.Dropped++
		return false
	}
	j := &job{key: key, version: version, since: now}
	q.loose[j] = struct{}{}
	q.enter(j)
	q.pending++
	q.stats.Jobs++
	return true
}

// storeAny stores e over whatever there is.
func (p *Publisher) storeAny(ctx context.Context, key string, e Entry) error {
	if err := p.aside.store.Set(ctx, key, e, p.aside.kept); err != nil {
		return p.aside.storeFailed(ctx, "set", key, err)
	}
	return nil
}
