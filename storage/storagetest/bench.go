package storagetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/storage"
)

// B is what a benchmark needs of a *testing.B.
type B interface {
	Helper()
	Loop() bool
	Fatalf(format string, args ...any)
}

// Benchmark measures one thing that every adapter does.
type Benchmark struct {
	Name string
	Run  func(b B, s storage.Store) // on an empty store
}

// Benchmarks returns what a workflow writes most: an add of a customer (what is
// shared, a record, a customer, one event), a consent that another partner sees (the
// same, with one message), and the least that a guarded write is: one record, one
// event, one message.
func Benchmarks() []Benchmark {
	return []Benchmark{{"add", benchAdd}, {"grant", benchGrant}, {"guarded", benchGuarded}}
}

func benchAdd(b B, s storage.Store) {
	n := 0
	for b.Loop() {
		n++
		c := changed(start, of(added(northwind, migration, n, start)))
		c, _ = told(c, newCustomer(northwind, n), event(engagement.EventCustomerAdded))
		apply(b, s, c)
	}
}

func benchGrant(b B, s storage.Store) {
	n := 0
	for b.Loop() {
		n++
		c, customer := told(changed(start, of(added(northwind, migration, n, start), added(fabrikam, migration, n, start))), newCustomer(northwind, n), event(engagement.EventCustomerAdded))
		apply(b, s, c)
		was, err := load(context.Background(), s, keyOf(migration, n))
		if err != nil {
			b.Fatalf("load: %v", err)
		}
		c, _ = told(becoming(start, was, was.enter(granted(added(northwind, migration, n, start), start))), customer, event(engagement.EventConsentGranted))
		c.Messages = []engagement.Message{message(fmt.Sprint(n), northwind, n, start, "ana@contoso.com")}
		apply(b, s, c)
	}
}

func benchGuarded(b B, s storage.Store) {
	g := NewGuarded()
	for b.Loop() {
		apply(b, s, g.Next())
	}
}

func apply(b B, s storage.Store, c storage.Changes) {
	b.Helper()
	if err := s.Apply(context.Background(), c); err != nil {
		b.Fatalf("apply: %v", err)
	}
}

// Guarded makes the least changes that a guarded write has: the next version of
// one record with its participation, one event, and one message in place of the last one. An adapter's
// benchmark applies them beside a bare version of its own.
type Guarded struct {
	changes storage.Changes
	n       int
}

// NewGuarded returns changes that begin with an empty store.
func NewGuarded() *Guarded {
	c := changed(start, of(added(northwind, migration, 1, start)))
	c, _ = told(c, newCustomer(northwind, 1), event(engagement.EventConsentSent))
	c.Messages = []engagement.Message{message("m-0", northwind, 1, start, "ana@contoso.com")}
	return &Guarded{changes: c}
}

// Next returns the next changes. They are the ones returned before, brought up to
// date: apply them before asking again.
func (g *Guarded) Next() storage.Changes {
	if g.n > 0 {
		c := &g.changes
		c.Shared, c.Relied = nil, []storage.Relied{{Key: keyOf(migration, 1), Version: 1}}
		c.Records[0].Version = int64(g.n)
		e := &c.Events[0]
		e.Seq++
		e.Hash[0]++
		c.Customers[0].History = engagement.Head{Seq: e.Seq, Hash: e.Hash}
		c.Delivered = append(c.Delivered[:0], c.Messages[0].ID)
		c.Messages[0].ID = engagement.MessageID([]string{"m-0", "m-1"}[g.n%2])
	}
	g.n++
	return g.changes
}

// Pages are queries for pages of 50 rows of a filled store.
type Pages struct {
	First, Middle, Last storage.ListQuery
	Anywhere            []storage.ListQuery // at cursors spread over the whole tab, in no order
}

const pageRows = 50

// Pages returns queries for a tab of a store that holds the filling, by name. The
// tab must have at least 50 rows.
func (f Filling) Pages(ctx context.Context, s storage.Store, tab engagement.Tab) (Pages, error) {
	q := storage.ListQuery{Partner: benchPartner, Engagement: benchEngagement, Tab: tab, Sort: storage.SortByName, Limit: 1000, Now: epoch}
	var at []storage.Position
	for {
		page, err := s.List(ctx, q)
		if err != nil {
			return Pages{}, err
		}
		for _, r := range page.Rows {
			at = append(at, q.Sort.PositionOf(r.Entry, nil))
		}
		if !page.More {
			break
		}
		q.After = &at[len(at)-1]
	}
	if len(at) < pageRows {
		return Pages{}, fmt.Errorf("the tab has %d rows: a page needs %d", len(at), pageRows)
	}
	q.After, q.Limit = nil, pageRows
	after := func(i int) storage.ListQuery {
		p := q
		if i >= 0 {
			p.After = &at[i]
		}
		return p
	}
	pages := Pages{First: q, Middle: after((len(at) - pageRows) / 2), Last: after(len(at) - pageRows - 1)}
	const spread = 4096
	for i := range spread {
		pages.Anywhere = append(pages.Anywhere, after(i*2654435761%(len(at)-pageRows+1)-1)) // steps of the golden ratio
	}
	return pages, nil
}

// Time returns how long one query of these takes on the store, over n of them.
func Time(ctx context.Context, s storage.Store, n int, queries ...storage.ListQuery) (time.Duration, error) {
	began := time.Now()
	for i := range n {
		page, err := s.List(ctx, queries[i%len(queries)])
		if err != nil {
			return 0, err
		}
		if len(page.Rows) != pageRows {
			return 0, fmt.Errorf("a page has %d rows, not %d", len(page.Rows), pageRows)
		}
	}
	return time.Since(began) / time.Duration(n), nil
}

// Median returns the middle one of these.
func Median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
