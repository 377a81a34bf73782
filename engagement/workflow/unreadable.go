package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// UnreadableRow is a row that there is, and that storage cannot read.
type UnreadableRow struct {
	Partner    engagement.PartnerID `json:"partner"`
	Engagement engagement.ID        `json:"engagement"`
	Customer   tenant.Key           `json:"customer"`
	Row        engagement.RowID     `json:"row"` // as Row.ID would be
}

// unreadableRow tells the host what is wrong, and the reader which row it is.
func (s *Service) unreadableRow(ctx context.Context, e engagement.Entry, err error) UnreadableRow {
	s.log.ErrorContext(ctx, "a row cannot be read", "partner", e.Record.Partner, "row", e.Row, "error", err)
	return UnreadableRow{Partner: e.Record.Partner, Engagement: e.Record.Engagement, Customer: e.Record.Customer, Row: e.Row}
}

// keep adds the errors of those that cannot be read to the first ones that are kept.
func (b someCustomers) keep(errs []error) []error {
	for _, bad := range b.lost {
		errs = engine.KeepErrors(errs, []error{ofCustomer(bad.Customer, bad)})
	}
	return errs
}

// ofCustomer names the customer of which something cannot be read.
func ofCustomer(key tenant.Key, err error) error { return fmt.Errorf("customer %s: %w", key, err) }

// tellUnreadable tells the host, in its log, which rows an error is about. Who called
// is told no more than what kind of row it is.
func (s *Service) tellUnreadable(ctx context.Context, err error) {
	for _, bad := range storage.UnreadableIn(err) {
		s.log.ErrorContext(ctx, "a stored row cannot be read", "error", bad)
	}
}

// toCustomer is what whoever opened a link is told of an error.
func (s *Service) toCustomer(ctx context.Context, err error) error {
	if !errors.Is(err, storage.ErrUnreadable) {
		return err
	}
	s.tellUnreadable(ctx, err)
	return link.ErrNotShown
}

// UnreadableRowsError says that rows were left out because storage cannot read them:
// the others are there. It matches storage.ErrUnreadable.
type UnreadableRowsError struct {
	Rows  []UnreadableRow // the first 20
	Count int             // of all
}

func (e *UnreadableRowsError) Error() string {
	names := make([]string, len(e.Rows))
	for i, r := range e.Rows {
		names[i] = fmt.Sprintf("customer %s in %s", r.Customer, r.Engagement)
	}
	if more := e.Count - len(e.Rows); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return "rows that cannot be read were left out: tell whoever runs this, whose log says why: " + strings.Join(names, ", ")
}

// Is makes errors.Is(err, storage.ErrUnreadable) true.
func (e *UnreadableRowsError) Is(target error) bool { return target == storage.ErrUnreadable }

// leftOut collects the rows that pages could not show, each once.
type leftOut struct {
	seen map[UnreadableRow]bool
	err  UnreadableRowsError
}

func (l *leftOut) add(rows []UnreadableRow) {
	for _, r := range rows {
		if l.seen[r] {
			continue
		}
		if l.seen == nil {
			l.seen = map[UnreadableRow]bool{}
		}
		l.seen[r] = true
		if l.err.Count++; len(l.err.Rows) < engine.MaxErrors {
			l.err.Rows = append(l.err.Rows, r)
		}
	}
}

// error is nil when no row was left out.
func (l *leftOut) error() error {
	if l.err.Count == 0 {
		return nil
	}
	return &l.err
}

// mayTell reports whether an actor may be told that there is a row which cannot be
// read: within a narrower scope, when a location of the scope has it, or when it is of
// a known customer, which all locations have.
func (s Scope) mayTell(e engagement.Entry) bool {
	return s.All() || e.Participation == "" || slices.ContainsFunc(e.Locations, s.Has)
}

// customerIn returns a customer that was asked for; else why it cannot be read, or a
// *NotFoundError.
func customerIn(loaded storage.Loaded, key engagement.CustomerKey) (engagement.Customer, error) {
	c, ok := loaded.Customers[key]
	switch bad := loaded.Unreadable[key]; {
	case bad != nil:
		return c, bad
	case !ok:
		return c, &NotFoundError{Kind: "customer", Value: string(key.Customer)}
	}
	return c, nil
}
