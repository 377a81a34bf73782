package record_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage/record"
)

// Persons are kept as they are written here, for good.
func TestPersons(t *testing.T) {
	for _, p := range []engagement.Persons{
		{},
		{Key: engagement.PersonDigest{1}},
		{Key: engagement.PersonDigest{1}, Digests: []engagement.PersonDigest{{2}, {3, 4}}},
	} {
		got, err := record.DecodePersons(record.EncodePersons(p))
		require.NoError(t, err)
		require.Equal(t, p, got)
	}
	require.Nil(t, record.EncodePersons(engagement.Persons{}), "nobody has looked")
	require.Equal(t, "01000000000000020300000000000000",
		hex.EncodeToString(record.EncodePersons(engagement.Persons{Key: engagement.PersonDigest{1, 7: 2}, Digests: []engagement.PersonDigest{{3}}})))
	_, err := record.DecodePersons(make([]byte, 9))
	require.Error(t, err)
}
