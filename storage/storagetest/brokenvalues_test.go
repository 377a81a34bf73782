package storagetest_test

import (
	"context"
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/partnerengage/partnerengage/storage"
)

// composed writes the names of customers in another normal form.
type composed struct{ storage.Store }

func (s *composed) Apply(ctx context.Context, c storage.Changes) error {
	c.Customers = slices.Clone(c.Customers)
	for i := range c.Customers {
		c.Customers[i].FriendlyName = norm.NFC.String(c.Customers[i].FriendlyName)
	}
	return s.Store.Apply(ctx, c)
}
