package storage

import "context"

type currentKey struct{}

type shownKey struct{}

// Current returns a context with which a store that can also read from copies of itself,
// which lag behind, reads where it writes: it finds what has been committed by whichever
// process. Commands that decide on what they read do so; a host does it for the page that
// somebody sees just after a command that another process carried out. To other stores it
// means nothing. Shown within it is not looked at.
func Current(ctx context.Context) context.Context { return context.WithValue(ctx, currentKey{}, true) }

// IsCurrent reports whether a context is one of Current.
func IsCurrent(ctx context.Context) bool { return ctx.Value(currentKey{}) != nil }

// Shown returns a context with which such a store may answer Load and Customers from a
// copy, as it does List, Figures, History and Feed: for what is shown to somebody, and
// decides nothing.
func Shown(ctx context.Context) context.Context { return context.WithValue(ctx, shownKey{}, true) }

// IsShown reports whether a context is one of Shown, and not of Current.
func IsShown(ctx context.Context) bool { return ctx.Value(shownKey{}) != nil && !IsCurrent(ctx) }
