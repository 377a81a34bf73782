package evidencetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/partnerengage/partnerengage/engagement/evidence"
)

func failureCases() []Case {
	return []Case{
		{"failing content", "When content fails, Put returns an error that matches its error, and the key has what it had before.", checkFailingContent},
		{"ended context", "A call whose context has ended returns an error that matches the context's, and changes nothing.", checkEndedContext},
		{"context ends", "When a context ends before the content does, Put returns an error that matches the context's, and the key has what it had before.", checkContextEnds},
	}
}

// lengths are so different that one fits every buffer and one fits none.
var lengths = []int{0, 1, 100, 1 << 20}

func checkFailingContent(ctx context.Context, a, b evidence.Store) error {
	return unchanged(ctx, a, b, func(key string, n int) error {
		torn := errors.New("the content's own error")
		err := a.Put(ctx, key, io.MultiReader(bytes.NewReader(noise(n)), &failing{torn}))
		return matches(fmt.Sprintf("Put of a content that fails after %d bytes", n), err, torn)
	})
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func checkEndedContext(ctx context.Context, a, b evidence.Store) error {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	return unchanged(ctx, a, b, func(key string, n int) error {
		_, opened := a.Open(ended, key)
		return errors.Join(
			matches("Put", a.Put(ended, key, bytes.NewReader(noise(n))), context.Canceled),
			matches("Open", opened, context.Canceled),
			matches("Delete", a.Delete(ended, key), context.Canceled))
	})
}

func checkContextEnds(ctx context.Context, a, b evidence.Store) error {
	return unchanged(ctx, a, b, func(key string, n int) error {
		ending, cancel := context.WithCancel(ctx)
		defer cancel()
		err := a.Put(ending, key, io.MultiReader(bytes.NewReader(noise(n)), &calling{cancel}, bytes.NewReader(noise(100))))
		return matches(fmt.Sprintf("Put whose context ends after %d bytes", n), err, context.Canceled)
	})
}

// calling is an empty content that calls something when it is read.
type calling struct{ f func() }

func (c *calling) Read([]byte) (int, error) {
	c.f()
	return 0, io.EOF
}

// unchanged checks that attempt, for contents of all lengths, does nothing to a
// key that has a content and to one that has none.
func unchanged(ctx context.Context, a, b evidence.Store, attempt func(key string, n int) error) error {
	if err := put(ctx, a, key, "old"); err != nil {
		return err
	}
	for _, n := range lengths {
		for _, k := range []string{key, "northwind/claim-2/report.pdf"} {
			if err := attempt(k, n); err != nil {
				return err
			}
		}
		if err := errors.Join(holds(ctx, b, key, "old"), missing(ctx, b, "northwind/claim-2/report.pdf")); err != nil {
			return err
		}
	}
	return nil
}
