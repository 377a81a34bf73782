package rows

import (
	"errors"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// Readable turns rows into values. A row that cannot be read is left out, and its
// error is among the joined ones.
func Readable[R any, V any](list []R, value func(R) (V, error)) ([]V, error) {
	out := make([]V, 0, len(list))
	var errs []error
	for _, row := range list {
		v, err := value(row)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, v)
	}
	return out, errors.Join(errs...)
}

// Take adds a customer to what was loaded, or that it cannot be read.
func Take(out *storage.Loaded, row Customer) {
	c, err := row.Value()
	if err == nil {
		out.Customers[c.Key] = c
		return
	}
	if out.Unreadable == nil {
		out.Unreadable = map[engagement.CustomerKey]error{}
	}
	out.Unreadable[row.Key()] = err
}
