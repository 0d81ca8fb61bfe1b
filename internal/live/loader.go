package live

import (
	"context"
	"time"

	"github.com/herdlab/herdlab/internal/world/origin"
	"github.com/herdlab/herdlab/strategies"
)

func (w *World) makeOrigin() error {
	if w.cfg.Origin == nil {
		w.model = origin.New(w.parts.Clock, w.sc.Fleet.Origin, w.parts.Rand("origin"), w.parts.Size, w.parts.Observer)
		w.origin = w.model
		return nil
	}
	o, err := w.cfg.Origin(w.parts.Observer)
	w.origin = o
	return err
}

// Loader is the way to the origin.
func (w *World) Loader() strategies.Loader { return w.rendered(w.rows()) }

func (w *World) rows() strategies.Loader {
	return origin.Patient(w.parts.Clock, w.timed(), w.sc.Fleet.Origin.Timeout)
}

// timed is a loader that tells how long its loads take.
func (w *World) timed() strategies.Loader {
	if w.cfg.Took == nil {
		return strategies.LoaderFunc(w.load)
	}
	return strategies.LoaderFunc(func(ctx context.Context, key string) (strategies.Value, error) {
		asked := time.Now()
		v, err := w.load(ctx, key)
		if w.begun.Load() { // not in the warm-up
			w.cfg.Took(time.Since(asked))
		}
		return v, err
	})
}
