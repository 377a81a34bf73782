package problems_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/internal/problems"
)

func TestJoin(t *testing.T) {
	require.NoError(t, problems.Join())
	require.NoError(t, problems.Join(nil, nil))
	require.EqualError(t, problems.Join(nil, fs.ErrExist), "file already exists")

	two := problems.Join(fs.ErrExist, nil, fs.ErrClosed)
	require.EqualError(t, two, "file already exists\nfile already closed")
	require.ErrorIs(t, two, fs.ErrClosed)

	both := fmt.Errorf("reading: %w: %w", fs.ErrExist, fs.ErrClosed)
	require.EqualError(t, problems.Join(both, fs.ErrExist), "reading: file already exists: file already closed\nfile already exists")

	var all []error
	for i := range 100_000 {
		all = append(all, errors.Join(fmt.Errorf("mistake %d", i), nil))
	}
	joined := problems.Join(problems.Join(all[:50_000]...), errors.Join(all[50_000:]...))
	require.Len(t, joined.(interface{ Unwrap() []error }).Unwrap(), 20)
	require.True(t, strings.HasSuffix(joined.Error(), "\nmistake 19\nand 99980 more"), joined.Error())

	long := problems.Join(errors.New(strings.Repeat("é", 100_000)), fs.ErrExist)
	require.Less(t, len(long.Error()), 1100)
	require.NotContains(t, long.Error(), "\ufffd")
	require.ErrorIs(t, long, fs.ErrExist)
}
