package live

import (
	"errors"

	"github.com/herdlab/herdlab/strategies"
)

// write commits a write. What was written is known of the modelled origin alone.
func (w *World) write(key string) (strategies.Value, error) {
	if w.model != nil {
		return w.model.Put(w.ctx, key)
	}
	version, err := w.origin.Write(w.ctx, key)
	return strategies.Value{Version: version}, err
}

// canWrite refuses a strategy that wants to be told values which nobody knows.
func (w *World) canWrite(s strategies.Strategy) error {
	if p, ok := s.(strategies.Putter); ok && p.WantsValues() && w.model == nil {
		return errors.New("on_write: store needs the value that was written, which only the modelled origin tells: give --origin modelled")
	}
	return nil
}
