package workflow

import (
	"context"
	"encoding/base64"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// KnownQuery asks for a page of the customers that have consented to the partner.
type KnownQuery struct {
	Limit  int    // 1 to 1000; 0: 50
	Cursor string // Page.Next of the page before; "" begins at the first
}

// KnownCustomerView is a customer that has consented to the partner.
type KnownCustomerView struct {
	Customer        tenant.Key                 `json:"customer"`
	Identity        tenant.Identity            `json:"identity"`
	Name            string                     `json:"name"` // by which people know it: the friendly name, else the directory's, else domain or ID
	FriendlyName    string                     `json:"friendly_name,omitempty"`
	KnownSince      time.Time                  `json:"known_since"`
	DisassociatedAt time.Time                  `json:"disassociated_at,omitzero"` // off the Customers pages until it is associated again
	Named           []engagement.NamedContacts `json:"named"`                     // its contacts, through which location
}

// KnownPage is a page of known customers. It is read forwards only: people look for a
// customer by its name, on a Customers page.
type KnownPage struct {
	Page[KnownCustomerView]
	Unreadable []tenant.Key `json:"unreadable"` // customers that storage cannot read: the host is told why in its log
}

// Known returns customers that have consented to the partner, in order of their keys.
// They belong to all of its locations; the contacts who were named for them belong to
// the locations through which they were named.
//
// It returns an *[InputError] or an *[InvalidCursorError].
func (d *CustomersDesk) Known(ctx context.Context, actor Actor, query KnownQuery) (KnownPage, error) {
	scope, err := d.s.authorize(ctx, actor, MayViewCustomers)
	if err != nil {
		return KnownPage{}, err
	}
	if err := (CustomersQuery{Limit: query.Limit}).check(); err != nil {
		return KnownPage{}, err
	}
	q := storage.CustomersQuery{Partner: actor.Partner, Known: true, Limit: limitOf(query.Limit)}
	if query.Cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(query.Cursor)
		key, bad := tenant.ParseKey(string(raw))
		if err != nil || bad != nil || string(key) != string(raw) {
			return KnownPage{}, &InvalidCursorError{Problem: "is not one of ours"}
		}
		q.After = key
	}
	q.Limit++ // one more tells whether there are more
	page := KnownPage{Page: Page[KnownCustomerView]{Rows: []KnownCustomerView{}}, Unreadable: []tenant.Key{}}
	for batch, err := range d.s.customers(storage.Shown(ctx), q) {
		if err != nil {
			return KnownPage{}, err
		}
		var keys []tenant.Key
		for _, c := range batch.list {
			keys = append(keys, c.Key.Customer)
		}
		for _, bad := range batch.lost {
			keys = append(keys, bad.Customer)
		}
		slices.Sort(keys)
		beyond := tenant.Key("")
		if len(keys) == q.Limit {
			beyond = keys[q.Limit-1]
			page.Next = base64.RawURLEncoding.EncodeToString([]byte(keys[q.Limit-2]))
		}
		for _, c := range batch.list {
			if c.Key.Customer != beyond {
				page.Rows = append(page.Rows, knownView(c, scope))
			}
		}
		for _, bad := range batch.lost {
			if bad.Customer != beyond {
				page.Unreadable = append(page.Unreadable, bad.Customer)
			}
		}
		break
	}
	return page, nil
}

// AllKnown yields every customer that [CustomersDesk.Known] would return. Last comes an
// error that joins the *[storage.UnreadableError] of each customer that cannot be read.
func (d *CustomersDesk) AllKnown(ctx context.Context, actor Actor) iter.Seq2[KnownCustomerView, error] {
	s := d.s
	return func(yield func(KnownCustomerView, error) bool) {
		scope, err := s.authorize(ctx, actor, MayViewCustomers)
		if err != nil {
			yield(KnownCustomerView{}, err)
			return
		}
		var lost []error
		for batch, err := range s.customers(storage.Shown(ctx), storage.CustomersQuery{Partner: actor.Partner, Known: true, Limit: customersBatch}) {
			if err != nil {
				yield(KnownCustomerView{}, err)
				return
			}
			for _, c := range batch.list {
				if !yield(knownView(c, scope), nil) {
					return
				}
			}
			lost = batch.keep(lost)
		}
		if len(lost) > 0 {
			yield(KnownCustomerView{}, errors.Join(lost...))
		}
	}
}

// knownView is a known customer as a scope shows it.
func knownView(c engagement.Customer, scope Scope) KnownCustomerView {
	named := slices.DeleteFunc(slices.Clone(c.Named), func(n engagement.NamedContacts) bool { return !scope.Has(n.Location) })
	row := engagement.Row{Identity: c.Identity, FriendlyName: c.FriendlyName}
	return KnownCustomerView{
		Customer: c.Key.Customer, Identity: c.Identity, Name: row.Name(), FriendlyName: c.FriendlyName,
		KnownSince: c.KnownSince, DisassociatedAt: c.DisassociatedAt, Named: listOf(named),
	}
}
