package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/memory"
	"github.com/partnerengage/partnerengage/tenant"
)

// A service on another store has desks of its own, all of them, and leaves the first
// one's alone.
func TestWith(t *testing.T) {
	w, spy := newWorld(t)
	other := w.Desk.With(memory.New())
	was, is := reflect.ValueOf(*w.Desk), reflect.ValueOf(*other)
	for i := range was.NumField() {
		if f := was.Type().Field(i); f.IsExported() && (is.Field(i).IsNil() || is.Field(i).Pointer() == was.Field(i).Pointer()) {
			t.Errorf("the desk %s is none of the other's own", f.Name)
		}
	}
	unchanged(t, spy, func() {
		_, err := other.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
		ok(t, err)
	})
	for desk, want := range map[*workflow.Service]int{w.Desk: 0, other: 1} {
		page, err := desk.Customers.List(background, w.Actor, workflow.CustomersQuery{Engagement: migration})
		ok(t, err)
		equal(t, "rows", len(page.Rows), want)
	}
}

// A host makes one for each transaction.
func TestWithIsCheap(t *testing.T) {
	w, _ := newWorld(t)
	store := memory.New()
	if n := testing.AllocsPerRun(100, func() { w.Desk.With(store) }); n > 2 {
		t.Errorf("With allocates %v times", n)
	}
}

// ownTransaction is a host's, in which a command is written.
type ownTransaction struct {
	store  storage.Store
	calls  int
	before func(n int) error // what the host does first
	after  func() error      // and last
}

func (o *ownTransaction) run(_ context.Context, apply func(storage.Store) error) error {
	o.calls++
	if o.before != nil {
		if err := o.before(o.calls); err != nil {
			return err
		}
	}
	if err := apply(o.store); err != nil {
		return fmt.Errorf("rolled back: %w", err)
	}
	if o.after != nil {
		return o.after()
	}
	return nil
}

// newTransaction returns a world, and its service with commands in a host's transaction.
func newTransaction(t *testing.T) (*workflowtest.World, *spy, *ownTransaction, *workflow.Service) {
	t.Helper()
	w, spy := newWorld(t)
	o := &ownTransaction{store: spy}
	return w, spy, o, w.Desk.WithTransaction(o.run)
}

// A host's transaction begins when the command is decided, and once for each that
// changes something: neither for one that is refused nor for one that is repeated.
func TestWithTransaction(t *testing.T) {
	w, spy, o, desk := newTransaction(t)
	var asked []string
	o.before = func(int) error { asked = append(asked, "transaction"); return nil }
	spy.onRead = func(int) error { asked = append(asked, "read"); return nil }
	req, cmd := w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration)
	first, err := desk.Customers.Add(background, req, cmd)
	ok(t, err)
	equal(t, "transactions", o.calls, 1)
	equal(t, "what came last", asked[len(asked)-1], "transaction")
	again, err := desk.Customers.Add(background, req, cmd)
	ok(t, err)
	equal(t, "the same command again", again[0].ID, first[0].ID)
	_, err = desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "bo@fourthcoffee.com", migration))
	refused[*workflow.NotEligibleError](t, err)
	_, err = desk.Program.Import(background, workflowtest.Vendor, w.Actor.Partner, slices.Values([]workflow.KnownCustomer{{Identity: tenant.Identity{TPID: 7}}}), nil)
	ok(t, err)
	equal(t, "transactions with an import", o.calls, 1)
	w.ExpectStatus(first[0].ID, engagement.StatusCustomerClaimed)
}

// What the host's part fails with is the command's error as it is, and a conflict has
// all of it done again.
func TestWithTransactionFails(t *testing.T) {
	own := errors.New("the portal wants a note")
	conflict := fmt.Errorf("%w: others held the row", storage.ErrConflict)
	for name, c := range map[string]struct {
		before func(n int) error
		apply  func(n int, apply func() error) error
		check  func(t *testing.T, o *ownTransaction, err error)
	}{
		"the host's statement": {
			before: func(int) error { return own },
			check: func(t *testing.T, o *ownTransaction, err error) {
				if err != own {
					t.Errorf("the command returns %v", err)
				}
				equal(t, "transactions", o.calls, 1)
			},
		},
		"the storage": {
			apply: func(int, func() error) error { return storage.ErrFull },
			check: func(t *testing.T, o *ownTransaction, err error) {
				equal(t, "the source", refused[*workflow.UnavailableError](t, err, storage.ErrFull).Source, "storage")
			},
		},
		"a conflict of the storage's": {
			apply: func(n int, apply func() error) error {
				if n <= 2 {
					return storage.ErrConflict
				}
				return apply()
			},
			check: func(t *testing.T, o *ownTransaction, err error) {
				ok(t, err)
				equal(t, "transactions", o.calls, 3)
			},
		},
		"a conflict of the host's": {
			before: func(n int) error {
				if n == 1 {
					return conflict
				}
				return nil
			},
			check: func(t *testing.T, o *ownTransaction, err error) {
				ok(t, err)
				equal(t, "transactions", o.calls, 2)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, spy, o, desk := newTransaction(t)
			o.before = c.before
			spy.reset(c.apply, nil)
			_, err := desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
			c.check(t, o, err)
		})
	}
}

// A transaction that could not be committed is the host's trouble, which it hears of as
// it is.
func TestWithTransactionNotCommitted(t *testing.T) {
	w, _, o, desk := newTransaction(t)
	o.store, o.after = memory.New(), func() error { return context.DeadlineExceeded }
	_, err := desk.Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
	if err != context.DeadlineExceeded {
		t.Errorf("the command returns %v", err)
	}
}

// A transaction in which nothing was applied, or whose failure the host passed over, is
// no success.
func TestWithTransactionForgets(t *testing.T) {
	w, spy, _, _ := newTransaction(t)
	command := func(transaction func(context.Context, func(storage.Store) error) error) error {
		_, err := w.Desk.WithTransaction(transaction).Customers.Add(background, w.Actor.Request(w.Key()), add(w, "ana@contoso.com", migration))
		return err
	}
	unchanged(t, spy, func() {
		err := command(func(context.Context, func(storage.Store) error) error { return nil })
		if e, internal := errors.AsType[*workflow.InternalError](err); !internal || e.Source != "host's transaction" {
			t.Errorf("a transaction without the command: %v", err)
		}
		spy.onApply = func(int, func() error) error { return storage.ErrFull }
		err = command(func(_ context.Context, apply func(storage.Store) error) error { _ = apply(spy); return nil })
		refused[*workflow.UnavailableError](t, err, storage.ErrFull)
	})
}

func BenchmarkWith(b *testing.B) {
	w, _ := newWorld(b)
	store := memory.New()
	for b.Loop() {
		w.Desk.With(store)
	}
}

func BenchmarkNew(b *testing.B) {
	store, catalog := memory.New(), &engagement.Catalog{}
	for b.Loop() {
		if _, err := workflow.New(store, directory{}, catalog, workflow.FactFunc(nil), nil); err != nil {
			b.Fatal(err)
		}
	}
}
