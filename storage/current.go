package storage

import "context"

type currentKey struct{}

// Current returns a context with which a store that can also read from copies of itself,
// which lag behind, reads where it writes: it finds what has been committed by whichever
// process. Commands that decide on what they read do so; a host does it for the page that
// somebody sees just after a command that another process carried out. To other stores it
// means nothing.
func Current(ctx context.Context) context.Context { return context.WithValue(ctx, currentKey{}, true) }

// IsCurrent reports whether a context is one of Current.
func IsCurrent(ctx context.Context) bool { return ctx.Value(currentKey{}) != nil }
