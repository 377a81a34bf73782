package engagement_test

import (
	"fmt"
	"testing"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/tenant"
	"github.com/stretchr/testify/require"
)

func person(t *testing.T, address string) []link.Contact {
	t.Helper()
	e, err := tenant.ParseEmail(address)
	require.NoError(t, err)
	return []link.Contact{{Email: e}}
}

// Of each location those who were named last are kept, of so many locations, and the
// customer as it was is left alone.
func TestNaming(t *testing.T) {
	ana, eva, joe := person(t, "ana@contoso.com"), person(t, "eva@contoso.com"), person(t, "joe@northwind.example")
	all := func(engagement.LocationID) bool { return true }
	first := engagement.Customer{}.Naming("1", ana, joe)
	second := first.Naming("2", eva, nil)
	third := second.Naming("1", eva, nil)
	require.Equal(t, first, first.Naming("1", nil, nil))
	require.Equal(t, []engagement.NamedContacts{{Location: "1", Customer: ana, Partner: joe}}, first.Named)
	require.Equal(t, []engagement.NamedContacts{{Location: "1", Customer: ana, Partner: joe}, {Location: "2", Customer: eva}}, second.Named)
	require.Equal(t, []engagement.NamedContacts{{Location: "2", Customer: eva}, {Location: "1", Customer: eva, Partner: joe}}, third.Named)

	for _, test := range []struct {
		at                engagement.LocationID
		within            func(engagement.LocationID) bool
		customer, partner []link.Contact
	}{
		{"1", all, ana, joe},
		{"2", all, eva, joe},
		{"3", all, eva, joe},
		{"2", func(l engagement.LocationID) bool { return l == "2" }, eva, nil},
		{"2", func(l engagement.LocationID) bool { return l == "3" }, nil, nil},
	} {
		customer, partner := second.LastNamed(test.at, test.within)
		require.Equal(t, test.customer, customer)
		require.Equal(t, test.partner, partner)
	}

	many := third
	for n := range engagement.MaxNamed {
		many = many.Naming(engagement.LocationID(fmt.Sprint("l-", n)), ana, nil)
	}
	require.Len(t, many.Named, engagement.MaxNamed)
	require.Equal(t, engagement.LocationID("l-0"), many.Named[0].Location)
}
