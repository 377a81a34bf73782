package storagetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

func textCases() []Case {
	return []Case{
		{"odd texts", "A text with a NUL, or not in UTF-8, finds nothing or is ErrInvalid wherever it is asked for; it is no trouble of the storage.", checkOddTexts},
		{"odd keys", "Changes whose keys have a NUL, or are not in UTF-8, are made and found again, or are ErrInvalid.", checkOddKeys},
	}
}

// odd are texts that not every engine can keep.
var odd = []string{"\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80"}

// oddly calls do with values of which one text is odd, in turn each text that a
// value has, with where that is. Each call of fresh gives another value, with
// something in every list and behind every pointer: or a text that is added to a query
// could be forgotten here.
func oddly[V any](fresh func() V, do func(value V, where string) error) error {
	var errs []error
	for i := 0; ; i++ {
		for _, text := range odd {
			v, n, at := fresh(), 0, ""
			eachText(reflect.ValueOf(&v), "", func(path string, field reflect.Value) {
				if n == i {
					field.SetString(text)
					at = path
				}
				n++
			})
			if n <= i {
				return errors.Join(errs...)
			}
			if err := do(v, at); err != nil {
				errs = append(errs, fmt.Errorf("%q as %T%s: %w", text, v, at, err))
			}
		}
	}
}

// eachText goes over the texts in a value.
func eachText(v reflect.Value, path string, found func(path string, field reflect.Value)) {
	switch v.Kind() {
	case reflect.String:
		found(path, v)
	case reflect.Pointer:
		if v.IsNil() {
			panic("the kit gives nothing for " + path)
		}
		eachText(v.Elem(), path, found)
	case reflect.Slice:
		if v.Len() == 0 {
			panic("the kit gives nothing for " + path)
		}
		for i := range v.Len() {
			eachText(v.Index(i), path, found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				eachText(v.Field(i), path+"."+f.Name, found)
			}
		}
	}
}

func checkOddTexts(ctx context.Context, a, b storage.Store) error {
	if err := a.Apply(ctx, everything(1)); err != nil {
		return err
	}
	key := engagement.CustomerKey{Partner: northwind, Customer: customerOf(1)}
	wanted := func() storage.Want {
		return storage.Want{
			Command: storage.CommandKey{Partner: northwind, Key: "key-1"}, Records: []engagement.RecordKey{recordOf(northwind, migration, 1)},
			Shared: []engagement.CustomerEngagementKey{keyOf(migration, 1)}, Customers: []engagement.CustomerKey{key},
			Participation: storage.ParticipationKey{Partner: northwind, ID: added(northwind, migration, 1, start).ID},
			Sendings:      storage.SendingsQuery{Partner: northwind, Mailboxes: []engagement.Digest{box(1)}},
		}
	}
	errs := []error{oddly(wanted, func(want storage.Want, where string) error {
		loaded, err := b.Load(ctx, want)
		found := false
		switch {
		case strings.HasPrefix(where, ".Command."):
			found = loaded.Command != nil
		case strings.HasPrefix(where, ".Participation."):
			found = loaded.Participation != nil
		case strings.HasPrefix(where, ".Customers."):
			_, found = loaded.Customers[want.Customers[0]]
		case strings.HasPrefix(where, ".Records."):
			found = loaded.Records[want.Records[0]].Version != 0
		case strings.HasPrefix(where, ".Shared."):
			found = loaded.Shared[want.Shared[0]].Version != 0
		case strings.HasPrefix(where, ".Sendings."):
			found = loaded.Sent > 0
		default:
			return fmt.Errorf("the kit does not know what is found by %s", where)
		}
		return findsNothing(found, err)
	})}
	// Many keys at once go another way.
	many := func() storage.Want {
		w := wanted()
		for n := range 9 {
			w.Records = append(w.Records, recordOf(northwind, migration, n+2))
			w.Customers = append(w.Customers, engagement.CustomerKey{Partner: northwind, Customer: customerOf(n + 2)})
		}
		return w
	}
	errs = append(errs, oddly(many, func(want storage.Want, _ string) error {
		loaded, err := b.Load(ctx, want)
		if err == nil && len(loaded.Records) < 10 {
			return fmt.Errorf("of 10 records %d are there", len(loaded.Records))
		}
		return findsNothing(false, err)
	}))

	at := func() *storage.Position { return &storage.Position{Text: "a", Row: "r"} }
	filter := func() storage.Filter {
		return storage.Filter{
			Words: []engagement.Word{{Texts: []string{"nobody"}, Engagements: []engagement.ID{"elsewhere"}}}, Types: []engagement.RowType{engagement.AllRowTypes()[0]}, Statuses: []engagement.Status{engagement.StatusCustomerClaimed},
			Locations: []engagement.LocationID{"4711201"}, Participation: true, Engagements: []engagement.ID{migration}, Customer: customerOf(1), AmountFrom: "a", AmountBefore: "b",
		}
	}
	// What is asked for as a range, or as the place where a page begins, can have
	// something behind it.
	ranges := []string{".After.Text", ".After.Row", ".After", ".Filter.AmountFrom", ".Filter.AmountBefore"}
	pages := func() storage.ListQuery {
		q := pageOf(engagement.TabEligible, 5)
		q.After, q.Filter = at(), filter()
		return q
	}
	claims := func() storage.ListQuery {
		q := claimsOf(northwind, 5)
		q.Engagement, q.After, q.Filter = "", at(), filter()
		return q
	}
	for _, order := range storage.AllSorts() {
		for _, list := range []func() storage.ListQuery{pages, claims} {
			errs = append(errs, oddly(list, func(q storage.ListQuery, where string) error {
				if where != ".Sort" {
					q.Sort = order
				}
				page, err := b.List(ctx, q)
				return findsNothing(len(page.Rows) > 0 && !slices.Contains(ranges, where), err)
			}))
		}
	}
	errs = append(errs, oddly(func() storage.CustomersQuery {
		return storage.CustomersQuery{Partner: northwind, After: "a", Limit: 5, Naming: naming(1, 1)}
	},
		func(q storage.CustomersQuery, where string) error {
			list, err := b.Customers(ctx, q)
			return findsNothing(len(list) > 0 && where == ".Partner", err)
		}), oddly(func() storage.HistoryQuery {
		return storage.HistoryQuery{Customer: key, Participation: wanted().Participation.ID, Limit: 5}
	}, func(q storage.HistoryQuery, _ string) error {
		list, err := b.History(ctx, q)
		return findsNothing(len(list) > 0, err)
	}), oddly(func() storage.LeaseQuery {
		return storage.LeaseQuery{Now: start, Until: start.Add(time.Minute), Limit: 1}
	},
		func(q storage.LeaseQuery, _ string) error {
			_, err := b.Lease(ctx, q)
			return findsNothing(false, err)
		}))

	// And what is not odd is found as before.
	loaded, err := a.Load(ctx, wanted())
	return errors.Join(append(errs, err, same("whether the participation is found", loaded.Participation != nil, true))...)
}

// findsNothing expects that nothing was found, or that the call is invalid.
func findsNothing(found bool, err error) error {
	switch {
	case err != nil && !errors.Is(err, storage.ErrInvalid):
		return fmt.Errorf("the call fails: %w", err)
	case found:
		return errors.New("something is found")
	}
	return nil
}

func checkOddKeys(ctx context.Context, a, b storage.Store) error {
	var errs []error
	// accepted reports whether changes were made.
	accepted := func(c storage.Changes) (bool, error) {
		err := a.Apply(ctx, c)
		return err == nil, findsNothing(false, err)
	}
	n := 0
	errs = append(errs, oddly(func() storage.CommandKey { return storage.CommandKey{Partner: northwind, Key: "k"} }, func(key storage.CommandKey, _ string) error {
		made, err := accepted(storage.Changes{Command: &storage.CommandRecord{Key: key, Result: []byte("{}"), At: start}})
		if err != nil || !made {
			return err
		}
		loaded, err := b.Load(ctx, storage.Want{Command: key})
		if err == nil && loaded.Command == nil {
			err = errors.New("the command is not found again")
		}
		return err
	}), oddly(func() engagement.RecordKey { return recordOf(northwind, migration, 1) }, func(key engagement.RecordKey, _ string) error {
		is := scene{shared: engagement.CustomerEngagement{Key: key.Shared()}}.with(engagement.PartnerRecord{Key: key})
		made, err := accepted(changed(start, is))
		if err != nil || !made {
			return err
		}
		after, err := load(ctx, b, key.Shared(), key.Partner)
		if err == nil && len(after.records) != 1 {
			err = errors.New("the record is not found again")
		}
		return err
	}), oddly(func() engagement.CustomerKey {
		n++
		return engagement.CustomerKey{Partner: engagement.PartnerID(fmt.Sprint("p", n)), Customer: customerOf(n)}
	}, func(key engagement.CustomerKey, _ string) error {
		c, customer := told(storage.Changes{}, engagement.Customer{Key: key}, event(engagement.EventCustomerAdded))
		made, err := accepted(c)
		if err != nil || !made {
			return err
		}
		loaded, err := b.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}})
		return errors.Join(err, same("the history of the customer", loaded.Customers[key].History, customer.History))
	}), oddly(func() storage.Sending {
		n++
		return sending(northwind, fmt.Sprint("s", n), 1, start)
	}, func(s storage.Sending, _ string) error {
		_, err := accepted(storage.Changes{Sendings: []storage.Sending{s}, SendingsFrom: start.Add(-time.Hour)})
		_, also := accepted(storage.Changes{Forgotten: []storage.Mailbox{{Partner: s.Partner, Mailbox: s.Mailbox}}})
		return errors.Join(err, also)
	}), oddly(func() engagement.MessageID { return "m" }, func(id engagement.MessageID, _ string) error {
		_, err := accepted(storage.Changes{Delivered: []engagement.MessageID{id}})
		_, also := accepted(storage.Changes{Postponed: map[engagement.MessageID]time.Time{id: start}})
		return errors.Join(err, also)
	}), oddly(func() storage.Recipient {
		return storage.Recipient{Partner: northwind, To: message("m", northwind, 1, start, "ana@contoso.com").To}
	},
		func(to storage.Recipient, _ string) error {
			_, err := accepted(storage.Changes{Unsent: []storage.Recipient{to}})
			return err
		}))
	return errors.Join(errs...)
}
