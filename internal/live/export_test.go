package live

import (
	"context"

	"github.com/herdlab/herdlab/internal/world"
)

// NewListening is [New], and says where the boxes listen.
func NewListening(ctx context.Context, cfg Config, sc world.Config, env world.Environment) (w *world.World, addresses []string, err error) {
	p, w, err := assemble(ctx, cfg, sc, env)
	if err != nil {
		return nil, nil, err
	}
	for _, b := range p.boxes {
		addresses = append(addresses, b.url.Host)
	}
	return w, addresses, nil
}
