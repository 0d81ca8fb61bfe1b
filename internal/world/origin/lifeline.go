package origin

import (
	"context"
	"sync/atomic"

	"github.com/herdlab/herdlab/strategies"
)

// Lifeline is the way to the origin of one program of a box, until the box
// crashes. A query that is under way then goes on at the origin, as one does
// whose asker is gone, and nobody hears of its end.
type Lifeline struct {
	loader strategies.Loader
	write  Writer
	cut    atomic.Bool
}

var (
	_ strategies.Loader = (*Lifeline)(nil)
	_ Writer            = (*Lifeline)(nil).Write
)

// NewLifeline returns a way to the origin that loader and write are.
func NewLifeline(loader strategies.Loader, write Writer) *Lifeline {
	return &Lifeline{loader: loader, write: write}
}

// Cut refuses all that the program still wants of the origin. It cannot be undone: a
// program that comes after has a line of its own.
func (l *Lifeline) Cut() { l.cut.Store(true) }

// Load computes the value of key. It looks twice: what is asked after the cut is not
// begun, and what ends after it reaches nobody.
func (l *Lifeline) Load(ctx context.Context, key string) (strategies.Value, error) {
	if l.cut.Load() {
		return strategies.Value{}, ErrCut
	}
	v, err := l.loader.Load(ctx, key)
	if l.cut.Load() {
		return strategies.Value{}, ErrCut
	}
	return v, err
}

// Write commits a new version of key. One that was under way when the line was cut is
// committed all the same, and its strategy is never told.
func (l *Lifeline) Write(key string) (strategies.Value, error) {
	if l.cut.Load() {
		return strategies.Value{}, ErrCut
	}
	v, err := l.write(key)
	if l.cut.Load() {
		return strategies.Value{}, ErrCut
	}
	return v, err
}
