package strategies

import "context"

// detached is ctx without its cancellation: for work that others rely on, and
// that is worth finishing when the caller who began it has left. The background
// is detached already, and costs nothing.
func detached(ctx context.Context) context.Context {
	if ctx == context.Background() {
		return ctx
	}
	return context.WithoutCancel(ctx)
}
