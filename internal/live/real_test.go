package live

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

// register is a backend that counts versions up, and an observer of loads.
type register struct {
	version      uint64
	began, ended int
}

func (l *register) Load(context.Context, string) (strategies.Value, error) {
	if l.version == 0 {
		return strategies.Value{}, errors.New("nothing written yet")
	}
	return strategies.Value{Version: l.version}, nil
}

func (l *register) Write(context.Context, string) (uint64, error) {
	if l.version == 100 {
		return 0, errors.New("full")
	}
	l.version++
	return l.version, nil
}

func (l *register) LoadStarted(string, time.Time) { l.began++ }
func (l *register) LoadEnded(string, time.Time)   { l.ended++ }

// oracle is a backend that knows by itself what was superseded.
type oracle struct {
	register
	at time.Time
}

func (o *oracle) Superseded(string, uint64) (time.Time, bool) { return o.at, true }

// onBackend is the origin of a run that is real.
func onBackend(b Backend, observer origin.Observer) *runOrigin {
	o := &runOrigin{ctx: context.Background()}
	o.useBackend(b, observer, origin.Config{}, nil)
	return o
}

func TestRealOriginIsObserved(t *testing.T) {
	l := &register{}
	o := onBackend(l, l)
	ctx := context.Background()
	if _, err := o.Load(ctx, "k"); err == nil {
		t.Error("a load that fails has no error")
	}
	if _, err := o.Put(ctx, "k"); err != nil {
		t.Fatal(err)
	}
	if v, err := o.Load(ctx, "k"); err != nil || v.Version != 1 {
		t.Errorf("loaded %+v, %v, want version 1", v, err)
	}
	if l.began != 2 || l.ended != 2 {
		t.Errorf("heard of %d loads begun and %d ended, want 2", l.began, l.ended)
	}
}

func TestRealOriginKnowsItsWrites(t *testing.T) {
	l := &register{}
	o := onBackend(l, l)
	before := time.Now()
	for range 101 {
		_, _ = o.Put(context.Background(), "k") // the last one fails
	}
	var last time.Time
	for version := range uint64(100) {
		at, ok := o.Superseded("k", version)
		if version == 0 { // a value of a server that tells no versions
			if ok {
				t.Error("version 0 is superseded")
			}
			continue
		}
		if !ok || at.Before(before) || at.Before(last) {
			t.Fatalf("version %d: superseded %v at %v, want a write after %v", version, ok, at, last)
		}
		last = at
	}
	if _, ok := o.Superseded("k", 100); ok {
		t.Error("the last version is superseded")
	}
	if _, ok := o.Superseded("other", 1); ok {
		t.Error("a key never written is superseded")
	}
}

func TestRealOriginAsksABackendThatKnows(t *testing.T) {
	b := &oracle{at: time.Unix(7, 0)}
	o := onBackend(b, &b.register)
	if at, ok := o.Superseded("k", 0); !ok || !at.Equal(b.at) {
		t.Errorf("superseded %v at %v, want what the backend says", ok, at)
	}
}
