package workflow

import (
	"context"
	"iter"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
)

const customersBatch = 500

// someCustomers are customers of a partner that were read at once.
type someCustomers struct {
	list []engagement.Customer
	lost []*storage.UnreadableError // those among them that cannot be read
}

// later returns the one of two customers that a list of all partners has later.
func later(a, b engagement.CustomerKey) engagement.CustomerKey {
	if engine.CompareCustomers(a, b) < 0 {
		return b
	}
	return a
}

// customers yields a partner's customers in batches, or those of all partners.
func (s *Service) customers(ctx context.Context, q storage.CustomersQuery) iter.Seq2[someCustomers, error] {
	return func(yield func(someCustomers, error) bool) {
		for {
			batch, err := s.store.Customers(ctx, q)
			lost, err := storage.Unreadable(err)
			if err != nil {
				yield(someCustomers{}, unavailable("storage", err))
				return
			}
			last := engagement.CustomerKey{Partner: q.AfterPartner, Customer: q.After}
			for _, bad := range lost {
				s.log.ErrorContext(ctx, "a customer cannot be read", "error", bad)
				last = later(last, engagement.CustomerKey{Partner: bad.Partner, Customer: bad.Customer})
			}
			if len(batch)+len(lost) > 0 && !yield(someCustomers{batch, lost}, nil) || len(batch)+len(lost) < q.Limit {
				return
			}
			if len(batch) > 0 {
				last = later(last, batch[len(batch)-1].Key)
			}
			q.AfterPartner, q.After = last.Partner, last.Customer
		}
	}
}
