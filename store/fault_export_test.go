package store

import (
	"context"
	"time"
)

// OpenHasty opens with the limits of somebody who lives on bad links: what is silent
// for a moment counts as gone, and a wish is given up soon.
func OpenHasty(ctx context.Context, url string) (*DB, error) {
	l := quickLimits
	l.connect, l.silence, l.lock, l.repeat = time.Second, 400*time.Millisecond, 2*time.Second, 400*time.Millisecond
	return open(ctx, Config{URL: url, Client: "test"}, l)
}
