package main

import (
	"context"
	"io"
	"testing"

	"github.com/partnerengage/partnerengage/examples/internal/host"
	"github.com/partnerengage/partnerengage/examples/internal/pgstore"
	"github.com/partnerengage/partnerengage/examples/internal/storytest"
)

// TestStory holds the story to what it told last: go run ./examples/quickstart
// > examples/quickstart/output.golden writes it anew.
func TestStory(t *testing.T) {
	storytest.Golden(t, func(ctx context.Context, out io.Writer, kind, in string) error {
		return runIn(ctx, out, host.Files, pgstore.Open, kind, in)
	})
}
