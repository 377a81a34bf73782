package workflow_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
)

// forger is a store whose histories somebody has changed.
type forger struct {
	storage.Store
	forge func([]engagement.Event) []engagement.Event // nil: honest
	fail  error
}

func (f *forger) History(ctx context.Context, q storage.HistoryQuery) ([]engagement.Event, error) {
	if f.fail != nil {
		return nil, f.fail
	}
	if f.forge == nil {
		return f.Store.History(ctx, q)
	}
	all, err := f.Store.History(ctx, storage.HistoryQuery{Customer: q.Customer, Limit: 1000})
	forged := slices.DeleteFunc(f.forge(slices.Clone(all)), func(e engagement.Event) bool { return !q.Has(e) })
	if q.Newest {
		slices.Reverse(forged)
	}
	return forged[:min(q.Limit, len(forged))], err
}

// The history of a customer tells everything from the add to the end, who did it,
// from what to what, and verifies.
func TestHistoryTellsAll(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	w.Advance(time.Hour)
	w.Requested(p, "ana@contoso.com")
	w.Advance(time.Hour)
	w.Accepted(p)
	granted := w.Now()
	w.SetNow(granted.AddDate(0, 0, 60))
	w.Swept()
	events, _ := history(t, w, "contoso.com")
	type line struct {
		kind     engagement.EventKind
		by       engagement.Party
		from, to string
	}
	var got []line
	for i, e := range events {
		equal(t, "the number", e.Seq, int64(i+1))
		equal(t, "whose it is", engagement.CustomerKey{Partner: e.Partner, Customer: e.Customer}, engagement.CustomerKey{Partner: "northwind", Customer: w.Customer("contoso.com")})
		got = append(got, line{e.Kind, e.By, string(e.From), string(e.To)})
	}
	equal(t, "the history", got, []line{
		{engagement.EventCustomerAdded, engagement.ByPartner, "", "Customer claimed"},
		{engagement.EventConsentRequested, engagement.ByPartner, "Customer claimed", "Awaiting customer consent response"},
		{engagement.EventConsentSent, engagement.ByClock, "Awaiting customer consent response", "Awaiting customer consent response"},
		{engagement.EventConsentGranted, engagement.ByCustomer, "Awaiting customer consent response", "Customer consent received"},
		{engagement.EventCustomerKnown, engagement.ByCustomer, "", ""},
		{engagement.EventDeadlinePassed, engagement.ByClock, "Customer consent received", "Not submitted expired"},
	})
	equal(t, "who added", events[0].Person.User, "ana")
	equal(t, "who answered", events[3].Person.Contacts[0].String(), "ana@contoso.com")
	equal(t, "when", events[3].At, granted)

	_, err := wholeHistory(background, w.Desk, w.Actor, w.Customer("adatum.com"))
	refused[*workflow.NotFoundError](t, err)
	_, err = wholeHistory(background, w.Desk, w.Actor, "")
	refused[*workflow.NotFoundError](t, err)
	_, err = wholeHistory(background, w.Desk, workflowtest.Fabrikam, w.Customer("contoso.com"))
	refused[*workflow.NotFoundError](t, err)
}

// What somebody has changed in storage shows, and what there is comes with the
// error.
func TestHistoryTamperedWith(t *testing.T) {
	f := &forger{}
	w, s := newWorld(t)
	f.Store, s.Store = s.Store, f
	w.Granted(migration, "ana@contoso.com")
	honest, _ := history(t, w, "contoso.com")
	for name, c := range map[string]struct {
		forge func([]engagement.Event) []engagement.Event
		seq   int64
	}{
		"a detail": {func(es []engagement.Event) []engagement.Event { es[1].Detail.Contacts++; return es }, 2},
		"a note":   {func(es []engagement.Event) []engagement.Event { es[1].Note = "x"; return es }, 2},
		"a status": {func(es []engagement.Event) []engagement.Event { es[3].To = "Canceled"; return es }, 4},
		"a time":   {func(es []engagement.Event) []engagement.Event { es[0].At = es[0].At.Add(-tick); return es }, 1},
		"a person": {func(es []engagement.Event) []engagement.Event {
			p := *es[0].Person
			p.User = "eve"
			es[0].Person = &p
			return es
		}, 1},
		"left out":     {func(es []engagement.Event) []engagement.Event { return slices.Delete(es, 1, 2) }, 2},
		"cut off":      {func(es []engagement.Event) []engagement.Event { return es[:max(len(es)-1, 0)] }, 4},
		"nothing left": {func([]engagement.Event) []engagement.Event { return nil }, 0},
		"swapped":      {func(es []engagement.Event) []engagement.Event { slices.Reverse(es); return es }, 1},
		"another's":    {func(es []engagement.Event) []engagement.Event { es[4].Partner = "fabrikam"; return es }, 5},
	} {
		t.Run(name, func(t *testing.T) {
			f.forge = c.forge
			events, err := wholeHistory(background, w.Desk, w.Actor, w.Customer("contoso.com"))
			e := refused[*engagement.HistoryError](t, err)
			equal(t, "where", e.Seq, c.seq)
			if c.seq > 0 && len(events) == 0 {
				t.Error("what there is did not come with the error")
			}
		})
	}
	f.forge = func(es []engagement.Event) []engagement.Event { es[0] = es[0].Erase(); return es }
	events, err := wholeHistory(background, w.Desk, w.Actor, w.Customer("contoso.com"))
	ok(t, err)
	equal(t, "an erased person is no damage", len(events), len(honest))

	f.forge, f.fail = nil, errBoom
	_, err = wholeHistory(background, w.Desk, w.Actor, w.Customer("contoso.com"))
	equal(t, "the source", refused[*workflow.UnavailableError](t, err).Source, "storage")
}

// A history of any length is read whole, and verified, also with what is appended
// while it is read.
func TestLongHistory(t *testing.T) {
	f := &forger{}
	w, s := newWorld(t)
	f.Store, s.Store = s.Store, f
	for range 255 {
		w.Cancelled(w.Added(migration, "ana@contoso.com"))
	}
	events, _ := history(t, w, "contoso.com")
	equal(t, "how many events", len(events), 510)
	f.forge = func(es []engagement.Event) []engagement.Event {
		f.forge = nil
		w.Added(workshop, "x@contoso.com")
		return es
	}
	events, _ = history(t, w, "contoso.com")
	equal(t, "how many there are", len(events), 511)
	events, _ = history(t, w, "contoso.com")
	equal(t, "how many are there", len(events), 511)
}

// A participation, its status, its evidence and its receipt, for whoever may see
// them; with a refusal comes nothing.
func TestParticipation(t *testing.T) {
	w, _ := newWorld(t)
	p := w.Added(migration, "ana@contoso.com")
	evidence, err := w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)
	equal(t, "the evidence of nothing", len(evidence), 0)
	_, err = w.Desk.Consents.Receipt(background, w.Actor, p, consent.ReceiptDetails{})
	if err == nil {
		t.Error("there is a receipt of a consent that nobody was asked for")
	}
	w.Requested(p, "ana@contoso.com", "bruno@contoso.com")
	w.Accepted(p)
	equal(t, "the status", part(t, w, p).StatusAt(w.Now()), engagement.StatusConsentReceived)
	evidence, err = w.Desk.Consents.Evidence(background, w.Actor, p)
	ok(t, err)
	equal(t, "two were sent, one was answered", len(evidence), 3)
	equal(t, "they are joined by the link", evidence[2].Link, evidence[1].Link)
	equal(t, "the decision", evidence[2].Decision, consent.DecisionAccept)

	details := consent.ReceiptDetails{StorageLocations: []string{"EU"}, RetentionPeriod: "P7Y", Jurisdiction: []string{"PT"}, Parties: []consent.RecordParty{
		{ID: "northwind", Address: "Lisboa", Contact: "dpo", Email: "dpo@northwind.example", URL: "https://northwind.example"},
		{ID: "program", Address: "Redmond", Contact: "dpo", Email: "dpo@program.example", URL: "https://program.example"},
	}}
	receipt, err := w.Desk.Consents.Receipt(background, w.Actor, p, details)
	ok(t, err)
	equal(t, "the record", receipt.Record.RecordID, string(p))
	equal(t, "the moment", receipt.IssuedAt, w.Now())
	if receipt.ReceiptID == "" {
		t.Error("the receipt has no ID")
	}
	details.ReceiptID, details.RecordID, details.IssuedAt = "r-1", "rec-1", w.Now().Add(time.Minute)
	receipt, err = w.Desk.Consents.Receipt(background, w.Actor, p, details)
	ok(t, err)
	equal(t, "what the host gave", []any{receipt.ReceiptID, receipt.Record.RecordID, receipt.IssuedAt}, []any{"r-1", "rec-1", w.Now().Add(time.Minute)})
	_, err = w.Desk.Consents.Receipt(background, w.Actor, p, consent.ReceiptDetails{})
	if !errors.As(err, new(*link.InvalidError)) {
		t.Errorf("a receipt without its mandatory details: %v", err)
	}
}
