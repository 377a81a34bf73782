package storage_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func TestNumbered(t *testing.T) {
	hash := engagement.Digest{0: 0xab, 7: 1, 8: 2}
	at := storage.Numbered(42, hash)
	require.Equal(t, storage.FeedPosition("42-ab00000000000001"), at)
	n, err := at.Number()
	require.NoError(t, err)
	require.Equal(t, int64(42), n)
	require.NoError(t, at.Of(42, hash))
	require.ErrorIs(t, at.Of(42, engagement.Digest{}), storage.ErrRewound)
	require.ErrorIs(t, at.Of(43, hash), storage.ErrRewound)

	n, err = storage.FeedPosition("").Number()
	require.NoError(t, err)
	require.Zero(t, n)
	for _, text := range []storage.FeedPosition{"42", "-1-ab00000000000001", "0-ab00000000000001", "42-ab", "42-zz00000000000001", "x-ab00000000000001", " 42-ab00000000000001"} {
		_, err := text.Number()
		require.ErrorIs(t, err, storage.ErrInvalid, text)
	}
}
