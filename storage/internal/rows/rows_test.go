package rows_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/internal/rows"
	"github.com/partnerengage/partnerengage/survey"
	"github.com/partnerengage/partnerengage/tenant"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 123456000, time.UTC)

var at = engagement.PlaceKey{Engagement: "azure-migration", Customer: "tpid:7"}

// participation is one that was asked for at noon.
func participation(partner engagement.PartnerID, id engagement.ParticipationID) engagement.Participation {
	return engagement.Participation{
		ID: id, Partner: partner, Engagement: at.Engagement, Customer: at.Customer, Identity: tenant.Identity{TPID: 7, Name: "Contoso"},
		Location: "4711201", Origin: engagement.Added, ClaimNumber: "C-1", StartedAt: noon, Consent: consent.Start(noon.AddDate(0, 0, 30)),
	}
}

// granted is what becomes of it when the customer accepts.
func granted(p engagement.Participation) engagement.Participation {
	p.Consent.Status = consent.Granted
	p.Consent.Answer = consent.Answer{Decision: consent.DecisionAccept, Link: "l1", At: noon}
	p.Claim = &claim.State{Status: claim.Draft, OpenedAt: noon, SubmitBy: noon.AddDate(0, 0, 60), ReviewBy: noon.AddDate(0, 0, 90)}
	return p
}

// place has two partners, one of them with two participations.
func place() engagement.Place {
	old := participation("fabrikam", "p-1")
	old.Consent.Status = consent.Declined
	pl := engagement.Place{Key: at, Version: 4, ClaimLimit: 2, Elsewhere: engagement.Elsewhere{Consented: 1, Participated: 2, AsOf: noon}}
	pl = pl.WithStanding(engagement.Standing{
		Partner: "northwind", Identity: tenant.Identity{TPID: 7, Name: "Contoso"}, FriendlyName: "Our Contoso", Known: true,
		Evaluation: engagement.Evaluation{
			RuleSet: "rules", Version: "1", At: noon, Outcome: eligibility.OutcomeEligible, Locations: []engagement.LocationID{"4711201"},
			Reasons: []engagement.Reason{{Kind: engagement.FactsMissing, Rule: "seats", Missing: []string{"seats"}}},
		},
	})
	return pl.WithParticipation(old).WithParticipation(participation("fabrikam", "p-2"))
}

func plan(t *testing.T, c storage.Changes) rows.Plan {
	t.Helper()
	p, err := rows.NewPlan(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// text is a value as JSON: a decision is only alike in what it says.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPlaceComesBack(t *testing.T) {
	pl := place()
	r := plan(t, storage.Changes{Places: []engagement.Place{pl}}).Places[0]
	if r.Place.Version != 5 || r.Place.Due != rows.Micros(noon.AddDate(0, 0, 30)) || r.Place.Wake != r.Place.Due {
		t.Errorf("the place's row is %+v", r.Place)
	}
	got, err := rows.Assemble(r.Place, r.Standings, r.Participations)
	if pl.Version = 5; err != nil || text(t, got) != text(t, pl) {
		t.Errorf("what comes back is\n%s\nnot\n%s\n%v", text(t, got), text(t, pl), err)
	}
	empty := engagement.Place{Key: at}
	r = plan(t, storage.Changes{Places: []engagement.Place{empty}}).Places[0]
	got, err = rows.Assemble(r.Place, nil, nil)
	if empty.Version = 1; err != nil || !reflect.DeepEqual(got, empty) || r.Place.Due != rows.Never || r.Place.Wake != rows.Never {
		t.Errorf("an empty place comes back as %+v: %v", got, err)
	}
}

func TestAReminderWakesAPlace(t *testing.T) {
	p := participation("northwind", "p-1")
	p.RemindAt = noon.AddDate(0, 0, 20)
	r := plan(t, storage.Changes{Places: []engagement.Place{engagement.Place{Key: at}.WithParticipation(p)}}).Places[0]
	if r.Place.Wake != rows.Micros(p.RemindAt) || r.Place.Due != rows.Micros(p.Consent.Deadline) {
		t.Errorf("the place's row is %+v", r.Place)
	}
}

func TestParticipationColumns(t *testing.T) {
	asked, yes := participation("northwind", "p-1"), granted(participation("northwind", "p-1"))
	missed := yes
	missed.Claim = &claim.State{Status: claim.NotSubmittedExpired, OpenedAt: noon, SubmitBy: noon.AddDate(0, 0, 1)}
	declined := asked
	declined.Consent.Status = consent.Declined
	for _, try := range []struct {
		what          string
		p             engagement.Participation
		status        engagement.Status
		open, holding bool
	}{
		{"asked", asked, engagement.CustomerClaimed, true, false},
		{"granted", yes, engagement.CustomerConsentReceived, true, true},
		{"not submitted in time", missed, engagement.NotSubmittedExpired, false, false},
		{"declined", declined, engagement.CustomerConsentDeclined, false, false},
	} {
		r := plan(t, storage.Changes{Places: []engagement.Place{engagement.Place{Key: at}.WithParticipation(try.p)}}).Places[0].Participations[0]
		if r.Status != string(try.status) || r.Open != try.open || r.Holding != try.holding {
			t.Errorf("%s: the row has status %q, open %t, holding %t", try.what, r.Status, r.Open, r.Holding)
		}
	}
}

func TestAssembleTellsRowsThatDoNotFit(t *testing.T) {
	r := plan(t, storage.Changes{Places: []engagement.Place{place()}}).Places[0]
	broken := slices.Clone(r.Standings)
	broken[0].Body = "{"
	pl, err := rows.Assemble(r.Place, broken, r.Participations)
	if err != nil || len(pl.Unreadable) != 1 || pl.Unreadable[0].Participation != "" || len(pl.Standings) != len(broken)-1 {
		t.Errorf("a broken standing is assembled as %+v, %v", pl.Unreadable, err)
	}
	parts := slices.Clone(r.Participations)
	parts[0].Body = "[]"
	pl, err = rows.Assemble(r.Place, r.Standings, parts)
	if err != nil || len(pl.Unreadable) != 1 || string(pl.Unreadable[0].Participation) != parts[0].ID || !errors.Is(pl.Unreadable[0].Err, storage.ErrUnreadable) {
		t.Errorf("a broken participation is assembled as %+v, %v", pl.Unreadable, err)
	}
	if _, err := rows.NewPlan(storage.Changes{Places: []engagement.Place{pl}}); !errors.Is(err, storage.ErrUnreadable) {
		t.Errorf("a place is changed whose unreadable rows would be lost: %v", err)
	}
	rows.KeepEntries(pl, r.Entries)
	kept := plan(t, storage.Changes{Places: []engagement.Place{pl}}).Places[0]
	if !slices.ContainsFunc(kept.Participations, parts[0].Same) {
		t.Errorf("the broken participation does not stay as it is: %+v", kept.Participations)
	}
	if _, err := rows.Assemble(r.Place, r.Standings[1:], r.Participations); err == nil {
		t.Error("participations without their standing are assembled")
	}
}

func TestEntriesComeBack(t *testing.T) {
	pl := place()
	entries := pl.Entries(noon)
	entries[0].Amount = "EUR 0412"
	r := plan(t, storage.Changes{Places: []engagement.Place{pl}, Entries: entries}).Places[0]
	if len(r.Entries) != len(entries) || len(entries) < 3 {
		t.Fatalf("%d entries become %d rows", len(entries), len(r.Entries))
	}
	for i, e := range entries {
		got, err := r.Entries[i].Value()
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("what comes back is\n%+v\nnot\n%+v\n%v", got, e, err)
		}
		if r.Entries[i].Due != r.Place.Due {
			t.Errorf("an entry of a place that is due at %d has %d", r.Place.Due, r.Entries[i].Due)
		}
	}
	broken := r.Entries[0]
	broken.Locations = "x"
	if _, err := broken.Value(); err == nil {
		t.Error("broken locations are read")
	}
}

func email(t *testing.T, text string) tenant.Email {
	t.Helper()
	e, err := tenant.ParseEmail(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// story is a customer with two events, of which the second names a person.
func story(t *testing.T) (engagement.Customer, []engagement.Event) {
	c := engagement.Customer{
		Key: engagement.CustomerKey{Partner: "northwind", Customer: at.Customer}, Identity: tenant.Identity{TPID: 7}, FriendlyName: "Ours", KnownSince: noon,
	}
	events, head := engagement.Chain(engagement.Head{Seq: 3, Hash: engagement.Digest{1}},
		engagement.Event{Partner: "northwind", Customer: at.Customer, At: noon, Kind: engagement.ConsentSent, By: engagement.ByClock},
		engagement.Event{
			Partner: "northwind", Customer: at.Customer, At: noon, Kind: engagement.CustomerAdded, By: engagement.ByPartner, Engagement: at.Engagement,
			Participation: "p-1", From: "a", To: "b", Detail: engagement.Detail{Location: "4711201", OverCap: true}, State: engagement.Digest{2},
			Person: &engagement.Person{Salt: "s", User: "ana", Contacts: []tenant.Email{email(t, "ana@contoso.com")}, Why: "w"},
		})
	c.History = head
	return c, events
}

func TestHistoryComesBack(t *testing.T) {
	c, events := story(t)
	r := plan(t, storage.Changes{Customers: []engagement.Customer{c}, Events: events}).Customers[0]
	if r.Before() != 3 {
		t.Errorf("the events follow event %d, not 3", r.Before())
	}
	customer, err := r.Customer.Value()
	if err != nil || !reflect.DeepEqual(customer, c) {
		t.Errorf("what comes back is\n%+v\nnot\n%+v\n%v", customer, c, err)
	}
	for i, e := range events {
		got, err := r.Events[i].Value()
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("what comes back is\n%+v\nnot\n%+v\n%v", got, e, err)
		}
	}
	for _, detail := range []string{`{"locaton":"4711201"}`, `{`, `"4711201"`} {
		junk := r.Events[1]
		junk.Detail = detail
		if e, err := junk.Value(); err == nil {
			t.Errorf("%s is read as %+v", detail, e.Detail)
		}
	}
	old := r.Events[0]
	old.Format, old.Note = engagement.FormatNote, "link 1"
	if e, err := old.Value(); err != nil || e.Format != engagement.FormatNote || e.Note != "link 1" {
		t.Errorf("an event of the first format is read as %+v, %v", e, err)
	}
	r.Customer.Hash = r.Customer.Hash[:31]
	if _, err := r.Customer.Value(); err == nil {
		t.Error("a hash that was cut is read")
	}
	r.Customer.Body = "x"
	if _, err := r.Customer.Value(); err == nil {
		t.Error("a broken customer is read")
	}
	bad := "{"
	r.Events[1].Person = &bad
	if _, err := r.Events[1].Value(); err == nil {
		t.Error("a broken person is read")
	}
	r.Events[0].PersonDigest = []byte{1}
	if _, err := r.Events[0].Value(); err == nil {
		t.Error("a digest that was cut is read")
	}
	nobody, err := rows.Customer{Body: "{}"}.Value()
	if err != nil || !reflect.DeepEqual(nobody, engagement.Customer{}) {
		t.Errorf("a customer without anything is %+v: %v", nobody, err)
	}
}

func message(t *testing.T, id engagement.MessageID) engagement.Message {
	return engagement.Message{
		ID: id, Kind: engagement.AskForConsent, Partner: "northwind", Place: at, Participation: "p-1", To: email(t, "ana@contoso.com"),
		Language: "en", Link: "l1", CreatedAt: noon, Attempts: 2,
	}
}

func TestOutboxComesBack(t *testing.T) {
	m, n := message(t, "m-1"), message(t, "m-2")
	n.Deadline = noon.AddDate(0, 0, 1)
	token := storage.Token{Hash: consent.Hash{1, 2}, Participation: storage.ParticipationKey{Partner: "northwind", ID: "p-1"}, Place: at}
	record := storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind", Key: "k"}, Body: engagement.Digest{3}, Result: []byte(`[]`), At: noon}
	p := plan(t, storage.Changes{
		Messages: []engagement.Message{m, n}, Tokens: []storage.Token{token}, Command: &record,
		Delivered: []engagement.MessageID{"z", "a"}, Postponed: map[engagement.MessageID]time.Time{"q": noon, "b": noon},
		Unsent: []storage.Recipient{{Partner: "northwind", To: m.To}},
	})
	for i, want := range []engagement.Message{m, n} {
		got, err := p.Messages[i].Value()
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("what comes back is\n%+v\nnot\n%+v\n%v", got, want, err)
		}
	}
	got, err := p.Command.Value()
	if err != nil || !reflect.DeepEqual(got, record) {
		t.Errorf("what comes back is\n%+v\nnot\n%+v\n%v", got, record, err)
	}
	if want := (rows.Token{Hash: token.Hash[:], Partner: "northwind", Participation: "p-1", Engagement: "azure-migration", Customer: "tpid:7"}); !reflect.DeepEqual(p.Tokens[0], want) {
		t.Errorf("the token's row is %+v", p.Tokens[0])
	}
	if !slices.Equal(p.Delivered, []string{"a", "z"}) || p.Postponed[0].Message != "b" || p.Postponed[1].Until != rows.Micros(noon) ||
		p.Unsent[0] != (rows.Recipient{Partner: "northwind", Receiver: "ana@contoso.com"}) {
		t.Errorf("what became of messages is %v, %v, %v", p.Delivered, p.Postponed, p.Unsent)
	}
	p.Messages[0].Body = "{"
	if _, err := p.Messages[0].Value(); err == nil {
		t.Error("a broken message is read")
	}
}

func TestPlanRefusesContradictions(t *testing.T) {
	pl := place()
	c, events := story(t)
	unlike := c
	unlike.History.Hash = engagement.Digest{9}
	gap := slices.Clone(events)
	gap[1].Seq = 9
	entry := pl.Entries(noon)[0]
	foreign, wrongTab, wrongType, wrongStatus, wrongRow := entry, entry, entry, entry, entry
	foreign.Place.Engagement = "another"
	wrongTab.Tab, wrongType.Type, wrongStatus.Status, wrongRow.Participation = "x", "x", "x", "x"
	twice := pl.WithParticipation(participation("northwind", "p-1"))
	twice.Standings[1].Participations = append(twice.Standings[1].Participations, twice.Standings[1].Participations[0])
	unordered := place()
	slices.Reverse(unordered.Standings)
	for what, changes := range map[string]storage.Changes{
		"a place without a key":           {Places: []engagement.Place{{}}},
		"a place twice":                   {Places: []engagement.Place{pl, pl.WithStanding(engagement.Standing{Partner: "x"})}},
		"a standing without a partner":    {Places: []engagement.Place{{Key: at, Standings: make([]engagement.Standing, 1)}}},
		"standings out of order":          {Places: []engagement.Place{unordered}},
		"a participation twice":           {Places: []engagement.Place{twice}},
		"an entry of no place":            {Places: []engagement.Place{pl}, Entries: []engagement.Entry{foreign}},
		"an entry twice":                  {Places: []engagement.Place{pl}, Entries: []engagement.Entry{entry, entry}},
		"an entry's tab":                  {Places: []engagement.Place{pl}, Entries: []engagement.Entry{wrongTab}},
		"an entry's type":                 {Places: []engagement.Place{pl}, Entries: []engagement.Entry{wrongType}},
		"an entry's status":               {Places: []engagement.Place{pl}, Entries: []engagement.Entry{wrongStatus}},
		"an entry of two names":           {Places: []engagement.Place{pl}, Entries: []engagement.Entry{wrongRow}},
		"a customer without a key":        {Customers: []engagement.Customer{{}}},
		"a customer twice":                {Customers: []engagement.Customer{c, c}},
		"an event without its customer":   {Events: events},
		"a gap":                           {Customers: []engagement.Customer{c}, Events: gap},
		"another end":                     {Customers: []engagement.Customer{unlike}, Events: events},
		"a person that is not erased":     {Erased: events},
		"a token twice":                   {Tokens: make([]storage.Token, 2)},
		"a message twice":                 {Messages: []engagement.Message{message(t, "m"), message(t, "m")}},
		"a command without a key":         {Command: &storage.CommandRecord{Key: storage.CommandKey{Partner: "northwind"}}},
		"a link that JSON has no way for": {Places: []engagement.Place{withLink(pl, "not a link")}},
	} {
		if _, err := rows.NewPlan(changes); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if p := plan(t, storage.Changes{Erased: []engagement.Event{events[1].Erase()}}); p.Erased[0].Person != nil || p.Erased[0].PersonDigest == nil {
		t.Errorf("an erased event is %+v", p.Erased[0])
	}
}

func withLink(pl engagement.Place, id consent.LinkID) engagement.Place {
	p := participation("northwind", "p-9")
	p.Consent.Links = []consent.Link{{ID: id}}
	return pl.WithParticipation(p)
}

func TestDiff(t *testing.T) {
	row := func(partner, body string) rows.Standing { return rows.Standing{Partner: partner, Body: body} }
	d := rows.NewDiff([]rows.Standing{row("a", "1"), row("b", "1"), row("c", "1")}, []rows.Standing{row("a", "1"), row("b", "2"), row("d", "1")})
	want := rows.Diff[rows.Standing]{New: []rows.Standing{row("d", "1")}, Changed: []rows.Standing{row("b", "2")}, Was: []rows.Standing{row("b", "1")}, Gone: []rows.Standing{row("c", "1")}}
	if !reflect.DeepEqual(d, want) {
		t.Errorf("the difference is %+v", d)
	}
	p := rows.NewDiff([]rows.Participation{{ID: "1", Open: true}}, []rows.Participation{{ID: "1"}, {ID: "1", Partner: "x"}})
	if len(p.New) != 1 || len(p.Changed) != 1 || len(p.Gone) != 0 {
		t.Errorf("the difference of participations is %+v", p)
	}
}

func TestTally(t *testing.T) {
	known := rows.Entry{Partner: "p", Engagement: "e", Row: "1", Tab: "eligible"}
	claimed := rows.Entry{Partner: "p", Engagement: "e", Row: "2", Participation: true, Tab: "eligible", Status: "Customer claimed"}
	done := claimed
	done.Tab, done.Status = "complete", "Canceled"
	other := done
	other.Partner = "o"
	var tally rows.Tally
	if tally.Tabs() != nil || tally.Statuses() != nil {
		t.Error("nothing counts something")
	}
	tally.Replace([]rows.Entry{known, claimed}, []rows.Entry{known, done})
	tally.Replace(nil, []rows.Entry{other})
	wantTabs := []rows.TabDelta{{rows.TabKey{"o", "e", "complete"}, 1}, {rows.TabKey{"p", "e", "complete"}, 1}, {rows.TabKey{"p", "e", "eligible"}, -1}}
	wantStatuses := []rows.StatusDelta{{rows.StatusKey{"o", "Canceled"}, 1}, {rows.StatusKey{"p", "Canceled"}, 1}, {rows.StatusKey{"p", "Customer claimed"}, -1}}
	if !slices.Equal(tally.Tabs(), wantTabs) || !slices.Equal(tally.Statuses(), wantStatuses) {
		t.Errorf("the counts change by %v and %v", tally.Tabs(), tally.Statuses())
	}
}

// TestColumns: every row has a field for each column, and Values follows.
func TestColumns(t *testing.T) {
	c, events := story(t)
	p := plan(t, storage.Changes{
		Places: []engagement.Place{place()}, Entries: place().Entries(noon), Customers: []engagement.Customer{c}, Events: events,
		Messages: []engagement.Message{message(t, "m")}, Tokens: make([]storage.Token, 1),
		Command: &storage.CommandRecord{Key: storage.CommandKey{Partner: "p", Key: "k"}},
	})
	for what, try := range map[string]struct {
		columns []string
		fields  []any
	}{
		"place":         {rows.PlaceColumns(), p.Places[0].Place.Fields()},
		"standing":      {rows.StandingColumns(), p.Places[0].Standings[0].Fields()},
		"participation": {rows.ParticipationColumns(), p.Places[0].Participations[0].Fields()},
		"entry":         {rows.EntryColumns(), p.Places[0].Entries[0].Fields()},
		"customer":      {rows.CustomerColumns(), p.Customers[0].Customer.Fields()},
		"event":         {rows.EventColumns(), p.Customers[0].Events[1].Fields()},
		"message":       {rows.MessageColumns(), p.Messages[0].Fields()},
		"token":         {rows.TokenColumns(), p.Tokens[0].Fields()},
		"command":       {rows.CommandColumns(), p.Command.Fields()},
	} {
		if len(try.columns) != len(try.fields) {
			t.Errorf("%s: %d columns and %d fields", what, len(try.columns), len(try.fields))
		}
		if sorted := slices.Sorted(slices.Values(try.columns)); len(slices.Compact(sorted)) != len(try.columns) {
			t.Errorf("%s: a column twice in %v", what, try.columns)
		}
		for i, v := range rows.Values(try.fields) {
			field := reflect.ValueOf(try.fields[i]).Elem()
			if field.Kind() == reflect.Pointer && !field.IsNil() {
				field = field.Elem()
			}
			if v == nil && field.IsNil() || v != nil && reflect.DeepEqual(v, field.Interface()) {
				continue
			}
			t.Errorf("%s: the value of column %s is %v, and its field %v", what, try.columns[i], v, field)
		}
	}
	if v := rows.Values(p.Customers[0].Events[0].Fields()); v[13] != nil || v[14] != nil || v[15] != nil {
		t.Errorf("nobody is %v with digest %v, and no state %v", v[14], v[15], v[13])
	}
}

// TestTexts: a text that not every engine can keep is refused, wherever it is in the
// changes, and told by its column.
func TestTexts(t *testing.T) {
	c, events := story(t)
	fresh := func() storage.Changes {
		e := slices.Clone(events)
		return storage.Changes{
			Places: []engagement.Place{place()}, Entries: place().Entries(noon), Customers: []engagement.Customer{c}, Events: e,
			Messages: []engagement.Message{message(t, "m")}, Delivered: []engagement.MessageID{"d"}, Postponed: map[engagement.MessageID]time.Time{"p": noon},
			Unsent: []storage.Recipient{{Partner: "p", To: message(t, "m").To}}, Tokens: make([]storage.Token, 1),
			Command: &storage.CommandRecord{Key: storage.CommandKey{Partner: "p", Key: "k"}},
		}
	}
	if _, err := rows.NewPlan(fresh()); err != nil {
		t.Fatal(err)
	}
	for where, spoil := range map[string]func(c *storage.Changes, text string){
		"place.":        func(c *storage.Changes, text string) { c.Places[0].Key.Customer, c.Entries = tenant.Key(text), nil },
		"entry.name":    func(c *storage.Changes, text string) { c.Entries[0].Name = text },
		"entry.search":  func(c *storage.Changes, text string) { c.Entries[0].Search = text },
		"event.kind":    func(c *storage.Changes, text string) { c.Events[0].Kind = engagement.EventKind(text) },
		"message.id":    func(c *storage.Changes, text string) { c.Messages[0].ID = engagement.MessageID(text) },
		"token.partner": func(c *storage.Changes, text string) { c.Tokens[0].Participation.Partner = engagement.PartnerID(text) },
		"command.key":   func(c *storage.Changes, text string) { c.Command.Key.Key = text },
		"delivered":     func(c *storage.Changes, text string) { c.Delivered[0] = engagement.MessageID(text) },
	} {
		for _, text := range []string{"a\x00", "\xff"} {
			c := fresh()
			spoil(&c, text)
			if _, err := rows.NewPlan(c); !errors.Is(err, storage.ErrInvalid) || !strings.Contains(err.Error(), where) || strings.Contains(err.Error(), text) {
				t.Errorf("%s is %q: %v", where, text, err)
			}
		}
	}
}

// sample are entries that are equal and unequal in every order.
func sample() []engagement.Entry {
	var out []engagement.Entry
	for i, name := range []string{"", "a", "a", "ab", "b", "z"} {
		e := engagement.Entry{
			Partner: "p", Place: at, Row: engagement.RowID(strings.Repeat("r", i+1)), Tab: engagement.TabEligible, Type: append(engagement.AllRowTypes(), "")[i%4],
			Status: []engagement.Status{"", engagement.Rejected, engagement.RejectedFinal}[i%3], Name: name, Search: name + " x",
			Since: noon.Add(time.Duration(i/2) * time.Hour), Amount: []string{"", "EUR 0210", "EUR 039"}[i%3],
		}
		if i%2 == 0 {
			e.Participation, e.Deadline = engagement.ParticipationID(e.Row), noon.Add(-time.Duration(i/4)*time.Hour)
		}
		if i%3 == 0 {
			e.Locations = []engagement.LocationID{"1", "2"}
		}
		out = append(out, e)
	}
	return out
}

// TestOrders: the columns of an order put entries where their positions do.
func TestOrders(t *testing.T) {
	entries := sample()
	r := plan(t, storage.Changes{Places: []engagement.Place{{Key: at}}, Entries: entries}).Places[0].Entries
	names := storage.Names{}
	for _, s := range storage.AllSorts() {
		order, ok := rows.OrderOf(s)
		if !ok {
			t.Fatalf("there is no order %s", s)
		}
		for i := range entries {
			for j := range entries {
				got := compare(columns(&r[i], order.Columns), order.Values(s.PositionOf(entries[j], names)))
				if want := s.PositionOf(entries[i], names).Compare(s.PositionOf(entries[j], names)); got != want {
					t.Errorf("%s: entry %d is at %d of the position of %d, and should be at %d", s, i, got, j, want)
				}
			}
		}
		if n := len(order.Values(storage.Position{})); n != len(order.Columns) {
			t.Errorf("%s: a position without anything has %d values for %d columns", s, n, len(order.Columns))
		}
	}
	if _, ok := rows.OrderOf("weather"); ok {
		t.Error("entries can be sorted by the weather")
	}
}

func columns(r *rows.Entry, names []string) []any {
	values := rows.Values(r.Fields())
	out := make([]any, len(names))
	for i, n := range names {
		if n == rows.EngagementKey { // which an adapter works out
			out[i] = storage.Names{}.Key(engagement.ID(r.Engagement))
			continue
		}
		out[i] = values[slices.Index(rows.EntryColumns(), n)]
	}
	return out
}

func compare(a, b []any) int {
	for i := range a {
		var c int
		if n, ok := a[i].(int64); ok {
			c = cmp.Compare(n, b[i].(int64))
		} else {
			c = cmp.Compare(a[i].(string), b[i].(string))
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// TestConditions: what a filter demands of columns is what it matches.
func TestConditions(t *testing.T) {
	for what, f := range map[string]storage.Filter{
		"nothing":       {},
		"text":          {Words: []engagement.Word{{Texts: []string{"nothing", "b x"}}}},
		"types":         {Types: []engagement.RowType{engagement.Done}},
		"statuses":      {Statuses: []engagement.Status{engagement.Rejected, engagement.Paid}},
		"locations":     {Locations: []engagement.LocationID{"2", "3"}},
		"dates":         {SinceFrom: noon.Add(time.Hour), SinceBefore: noon.Add(2 * time.Hour)},
		"participation": {Participation: true},
		"engagements":   {Engagements: []engagement.ID{"x", at.Engagement}},
		"others":        {Engagements: []engagement.ID{"x"}},
		"none":          {Engagements: []engagement.ID{}},
		"customer":      {Customer: at.Customer},
		"another":       {Customer: "tpid:8"},
		"amounts":       {AmountFrom: "EUR 02", AmountBefore: "EUR 03"},
		"several":       {Participation: true, Words: []engagement.Word{{Texts: []string{"a"}}, {Texts: []string{"zzz"}, Engagements: []engagement.ID{at.Engagement}}}},
	} {
		conditions, possible := rows.Conditions(f)
		for _, e := range sample() {
			r := plan(t, storage.Changes{Places: []engagement.Place{{Key: at}}, Entries: []engagement.Entry{e}}).Places[0].Entries[0]
			got := possible
			for _, c := range conditions {
				got = got && holds(t, c, &r)
			}
			if got != f.Match(e) {
				t.Errorf("%s: %v of %+v, and the filter matches: %t", what, got, e, f.Match(e))
			}
		}
	}
}

func holds(t *testing.T, c rows.Condition, r *rows.Entry) bool {
	v := columns(r, []string{c.Column})[0]
	limit := any(c.Micros)
	if len(c.Texts) > 0 {
		limit = c.Texts[0]
	}
	switch c.Op {
	case rows.Finds:
		return slices.ContainsFunc(c.Texts, func(s string) bool { return strings.Contains(v.(string), s) }) || slices.Contains(c.Engagements, r.Engagement)
	case rows.OneOf:
		return slices.Contains(c.Texts, v.(string))
	case rows.Overlaps:
		return slices.ContainsFunc(c.Texts, func(s string) bool { return strings.Contains(v.(string), `"`+s+`"`) })
	case rows.AtLeast:
		return compare([]any{v}, []any{limit}) >= 0
	case rows.Below:
		return compare([]any{v}, []any{limit}) < 0
	case rows.IsTrue:
		return v.(bool)
	}
	t.Fatalf("operator %d is unknown", c.Op)
	return false
}

func TestCheckQueries(t *testing.T) {
	good := storage.PageQuery{Tab: engagement.TabOff, Sort: storage.ByName, Limit: 1}
	if _, err := rows.CheckPage(good); err != nil {
		t.Error(err)
	}
	tab, order, limit := good, good, good
	tab.Tab, order.Sort, limit.Limit = "x", "x", 0
	for _, q := range []storage.PageQuery{tab, order, limit} {
		if _, err := rows.CheckPage(q); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := rows.CheckClaims(storage.ClaimsQuery{Sort: storage.ByAmount}); !errors.Is(err, storage.ErrInvalid) {
		t.Errorf("claims without a limit: %v", err)
	}
	one := storage.Want{Link: consent.Hash{1}}
	two := one
	two.Participation.ID = "p"
	if rows.CheckWant(one) != nil || !errors.Is(rows.CheckWant(two), storage.ErrInvalid) {
		t.Error("a want of one participation is refused, or one of two is not")
	}
	if a, b := at, at; rows.ComparePlaces(a, b) != 0 || rows.ComparePlaces(engagement.PlaceKey{Engagement: "a"}, a) >= 0 {
		t.Error("places are not in order of their keys")
	}
}

// TestEveryFieldHasAColumn: values that are stored column by column have no field
// that would be lost.
func TestEveryFieldHasAColumn(t *testing.T) {
	for what, n := range map[reflect.Type]int{
		reflect.TypeFor[engagement.Place]():      6, // one of which is of what stays as it is stored
		reflect.TypeFor[engagement.Elsewhere]():  3,
		reflect.TypeFor[engagement.Entry]():      13,
		reflect.TypeFor[engagement.Event]():      17,
		reflect.TypeFor[engagement.Head]():       2,
		reflect.TypeFor[storage.Token]():         3,
		reflect.TypeFor[storage.CommandRecord](): 4,
		reflect.TypeFor[storage.Changes]():       14,
		reflect.TypeFor[storage.Sending]():       5,
		reflect.TypeFor[storage.Filter]():        11,
	} {
		if what.NumField() != n {
			t.Errorf("%v has %d fields, and %d are stored", what, what.NumField(), n)
		}
	}
}

// TestForms checks that a body has no form which the library can give back, that
// any other one is kept whole, and that none is made up.
func TestForms(t *testing.T) {
	own := survey.CustomerForm()
	own.Titles["en"] = "How was it for you?"
	p := granted(participation("northwind", "p-1"))
	p.Terms.Proof = claim.DefaultProof()
	p.Claim.Surveys = []claim.Survey{
		{Kind: claim.PartnerSurvey, State: survey.State{Form: survey.PartnerForm(), Status: survey.NotSent}},
		{Kind: claim.CustomerSurvey, State: survey.State{Form: own, Status: survey.NotSent}},
	}
	pl := engagement.Place{Key: at}.WithParticipation(p)
	of := plan(t, storage.Changes{Places: []engagement.Place{pl}}).Places[0]
	body := of.Participations[0].Body
	for text, want := range map[string]bool{
		survey.PartnerForm().Titles["en"]: false, survey.CustomerForm().Titles["en"]: false, own.Titles["en"]: true,
	} {
		if strings.Contains(body, text) != want {
			t.Errorf("that %q is in the body is %v", text, !want)
		}
	}
	if len(p.Claim.Surveys[0].Form.Questions) == 0 {
		t.Error("what was given has changed")
	}
	back, err := rows.Assemble(of.Place, of.Standings, of.Participations)
	if q := back.Standings[0].Participations[0]; err != nil || !reflect.DeepEqual(p.Claim, q.Claim) || !reflect.DeepEqual(p.Terms, q.Terms) {
		t.Errorf("%v: it comes back as %+v and %+v", err, q.Claim, q.Terms)
	}

	of.Participations[0].Body = strings.ReplaceAll(body, survey.PartnerForm().Version, "2099-01")
	later, err := rows.Assemble(of.Place, of.Standings, of.Participations)
	if err != nil || len(later.Unreadable) != 1 || !strings.Contains(storage.UnreadableIn(later.Unreadable[0].Err)[0].Detail(), `"2099-01"`) {
		t.Errorf("a form of a later library: %+v, %v", later.Unreadable, err)
	}
	p.Claim.Surveys[0].Form.Questions = nil
	if _, err = rows.NewPlan(storage.Changes{Places: []engagement.Place{pl.WithParticipation(p)}}); !errors.Is(err, storage.ErrInvalid) {
		t.Errorf("a form without questions: %v", err)
	}
}
