package enum

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

type size string

var (
	sizes   = []size{"small", "large"}
	errJunk = errors.New("junk")
)

func refuse(field, value string, all []string) error {
	return errors.Join(errJunk, errors.New(field+" "+Problem(value, all)))
}

// What is spelled as documented goes through, and nothing else does, either way.
func TestValues(t *testing.T) {
	for _, all := range [][]size{sizes, OrZero(sizes)} {
		for _, v := range all {
			text, err := Marshal("size", v, all, refuse)
			require.NoError(t, err)
			require.Equal(t, string(v), string(text))
			read := size("before")
			require.NoError(t, Unmarshal("size", &read, text, all, refuse))
			require.Equal(t, v, read)
		}
		for _, bad := range []string{"Small", " small", "small ", "smal", "small\x00", "smalllarge"} {
			_, err := Marshal("size", size(bad), all, refuse)
			require.ErrorIs(t, err, errJunk)
			read := size("before")
			require.ErrorIs(t, Unmarshal("size", &read, []byte(bad), all, refuse), errJunk)
			require.Equal(t, size("before"), read, "junk changes nothing")
			_, err = Parse("size", bad, all, refuse)
			require.ErrorIs(t, err, errJunk)
			require.Contains(t, err.Error(), `is none of ["small" "large"]`, "the zero value is nothing to tell people of")
		}
	}
	_, err := Marshal("size", "", sizes, refuse)
	require.ErrorIs(t, err, errJunk)
	require.ErrorIs(t, Unmarshal("size", new(size), nil, sizes, refuse), errJunk)
	require.Len(t, sizes, 2)
}

// A list of values stays what it is.
func TestOrZeroSharesNothing(t *testing.T) {
	room := make([]size, 2, 8)
	copy(room, sizes)
	OrZero(room)
	require.Equal(t, []size{"small", "large", ""}, OrZero(room))
	require.Equal(t, make([]size, 6), room[2:8:8])
}

func TestProblemIsShort(t *testing.T) {
	require.Less(t, len(Problem(strings.Repeat("x", 1000), []string{"small"})), 80)
}
