package evidence

import (
	"context"
	"io"
)

// Store keeps contents by key. It may be used by many goroutines at once, and
// by many processes if it says so. Every method refuses a key that [CheckKey]
// refuses, with its error, and a context that has ended, with an error that
// matches the context's. Keys are only names: each is its own, "a", "A" and
// "a/b" may all be there.
type Store interface {
	// Put reads content to its end and keeps it under the key, instead of what
	// is there. When it returns nil, the content is durable and everybody opens
	// it. Nobody ever sees a part of it, and of Puts at once one wins.
	//
	// If content fails, or ctx ends before content does, the error matches
	// theirs and the key has what it had before. If the storage fails, the key
	// has the old or the new content, and another Put may help. Put does not
	// close content.
	Put(ctx context.Context, key string, content io.Reader) error

	// Open returns what is kept under the key, for the caller to close, or an
	// error that matches [fs.ErrNotExist]. The reader gives one whole content,
	// or fails: a later Put or Delete never shows through. It may fail once ctx
	// has ended.
	Open(ctx context.Context, key string) (io.ReadCloser, error)

	// Delete removes what is kept under the key, durably. It is no error if
	// nothing is.
	Delete(ctx context.Context, key string) error
}
