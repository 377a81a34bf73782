package stress_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	claims "github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/storage/postgres"
	"github.com/partnerengage/partnerengage/storage/sqlite"
)

// This file only says how the stores in testdata/stores came to be. Those that are
// called 912a1f7 were written by the code of that commit, and cannot be written
// again: later code may store the same in another form.

func TestWriteStores(t *testing.T) {
	dir := *writeStores
	if dir == "" {
		t.Skip("there is no -write-stores")
	}
	file := func(ending string) string { return filepath.Join(dir, *storesName+ending) }
	write := func(ending string, content []byte, err error) {
		t.Helper()
		if err := errors.Join(err, os.WriteFile(file(ending), content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}

	path := filepath.Join(t.TempDir(), "kept.db")
	s, err := sqlite.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	asked := tellStory(t, s)
	if err := s.Close(); err != nil { // which works the log in
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		t.Fatal("the store has a log beside it")
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = z.Write(content)
		err = errors.Join(err, z.Close())
	}
	write(".sqlite.gz", packed.Bytes(), err)

	d := emptyDatabase(t)
	pool, err := pgxpool.NewWithConfig(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	p, err := postgres.New(t.Context(), pool, nil)
	if err == nil {
		err = p.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	same := tellStory(t, p)
	if is, was := must(json.Marshal(same)), must(json.Marshal(asked)); !bytes.Equal(is, was) {
		t.Fatalf("the two stores tell different stories: %s and %s", was, is)
	}
	write(".sql", dump(t, d), nil)
	text, err := json.MarshalIndent(asked, "", "\t")
	write(".json", append(text, '\n'), err)

	// What they say is read by the same code that wrote them.
	golden, found := readKept(t, openKept(t, "sqlite", file("")), asked)
	found.complete(t)
	write(".golden", []byte(golden), nil)
	other, _ := readKept(t, openKept(t, "postgres", file("")), asked)
	compareTexts(t, "the other store", golden, other)
}

// dump returns the tables and rows as SQL that says nothing of the machine.
func dump(t *testing.T, d *pgxpool.Config) []byte {
	t.Helper()
	c := d.ConnConfig
	cmd := exec.Command("pg_dump", "--schema=partnerengage", "--inserts", "--no-owner", "--no-privileges", "--no-toast-compression",
		"--host="+c.Host, fmt.Sprintf("--port=%d", c.Port), "--username="+c.User, c.Database)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+c.Password)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(string(out), "\n"), func(line string) bool {
		return strings.HasPrefix(line, `\`) || strings.HasPrefix(line, "-- Dumped ") // commands for psql, and versions
	})
	return []byte(strings.Join(lines, "\n"))
}

// tellStory writes into a store whatever a store can hold, and returns what one has
// to know to ask for all of it. At the end every status is there, some of them by a
// deadline that passed and that nothing has recorded.
func tellStory(t *testing.T, s storage.Store) kept {
	t.Helper()
	_, k := storyOf(t, s)
	return k
}

// storyOf tells the story, and returns who goes on with it.
func storyOf(t *testing.T, s storage.Store) (*teller, kept) {
	t.Helper()
	w := workflowtest.New(t, func() workflowtest.Scenario {
		return workflowtest.Scenario{Start: keptStart, Actor: workflowtest.Northwind, Engagements: keptEngagements(1), Partners: keptPartners(), Customers: keptCustomers(), Store: s,
			Options: workflow.Options{Derive: keptDerive}}
	})
	st := &teller{w, t, context.Background()}
	fabrikam, graz := &teller{w.As(workflowtest.Fabrikam), t, st.ctx}, &teller{w.As(litware), t, st.ctx}
	st.held()
	st.known(fabrikam, graz)
	st.earlyEndings()
	st.cafe()
	st.sharing(fabrikam, graz)
	st.otherIDs()

	for _, n := range []int{20, 31, 50, 62} {
		st.day(n)
	}
	st.Withdrawn(st.find("withdrawn-late")) // which had expired
	st.day(65)
	st.inReview("late-action")
	st.AskedForAction(st.find("late-action"), "Please add the signature of José.")
	st.day(82)
	st.day(91)
	st.day(95)
	st.granted("late-draft")
	st.day(97)
	for _, e := range keptEngagements(2) {
		st.ok(w.Catalog.PutEngagement(e))
	}
	st.Reevaluated()
	graz.Reevaluated()
	fabrikam.Reevaluated()
	st.Claimed(migration, "again.example") // for the second time; the first one has expired
	st.day(120)
	st.erase()
	st.day(125)
	st.asked("late-silent")
	st.Added(migration, "late-unasked.example")
	st.rejected("late-undisputed")
	st.rejected("late-dispute")
	st.Disputed(st.find("late-dispute"), "Ainda não concordamos.")
	st.day(139)
	st.live(fabrikam)
	st.day(150)
	return st, st.waiting()
}

// teller tells the story for one partner.
type teller struct {
	*workflowtest.World
	t   *testing.T
	ctx context.Context
}

func (st *teller) ok(err error) {
	st.t.Helper()
	if err != nil {
		st.t.Fatal(err)
	}
}

// day lets time pass until a day of the story.
func (st *teller) day(n int) {
	st.t.Helper()
	st.SetNow(keptStart.AddDate(0, 0, n))
	st.Swept()
	st.Relayed()
}

// find returns the newest participation of a customer in migration.
func (st *teller) find(who string) engagement.ParticipationID {
	st.t.Helper()
	page, err := st.Desk.Claims.List(st.ctx, st.Actor, workflow.ClaimsQuery{
		Customer: st.Customer(who + ".example"), Engagements: []engagement.ID{migration}, Sort: workflow.SortBySince, Descending: true,
	})
	st.ok(err)
	return page.Rows[0].Participation
}

func (st *teller) asked(who string) engagement.ParticipationID {
	st.t.Helper()
	st.Advance(time.Minute)
	p := st.Added(migration, who+".example")
	st.Requested(p, "it@"+who+".example")
	return p
}

func (st *teller) granted(who string) engagement.ParticipationID {
	st.t.Helper()
	p := st.asked(who)
	st.Accepted(p)
	return p
}

func (st *teller) submitted(who string) engagement.ParticipationID {
	st.t.Helper()
	p := st.granted(who)
	st.Submitted(p)
	return p
}

func (st *teller) inReview(who string) engagement.ParticipationID {
	st.t.Helper()
	p := st.submitted(who)
	st.Reviewed(p)
	return p
}

func (st *teller) rejected(who string) engagement.ParticipationID {
	st.t.Helper()
	p := st.inReview(who)
	st.Rejected(p, "A fatura é de outro projeto.")
	return p
}

// held is what other portals hold.
func (st *teller) held() {
	st.Held(migration, "elsewhere.example", engagement.ExternalHoldings{Consented: 1, AsOf: keptStart.Add(-time.Hour)})
	st.Held(migration, "delivered.example", engagement.ExternalHoldings{Participated: 1, AsOf: keptStart.Add(-time.Hour)})
	st.Held(pilot, "known.example", engagement.ExternalHoldings{Consented: 1, AsOf: keptStart.Add(-time.Hour)}) // of two
}

// known are customers who are merely known.
func (st *teller) known(others ...*teller) {
	st.t.Helper()
	customers := keptCustomers()
	var list []workflow.KnownCustomer
	for i, c := range keptNames {
		switch c.who {
		case "known", "small", "unknown", "elsewhere", "delivered", "parked", "returned", "claimed", "again":
			k := workflow.KnownCustomer{Since: keptStart.AddDate(-1, 0, i)}
			k.Identity.Tenant, k.Identity.Name, k.Identity.Cloud = customers[i].Entry.Tenant, customers[i].Entry.Name, customers[i].Entry.Cloud
			if c.who == "known" {
				k.FriendlyName = "A pastelaria 🥐"
			}
			list = append(list, k)
		}
	}
	_, err := st.Desk.Program.Import(st.ctx, workflowtest.Vendor, st.Actor.Partner, slices.Values(list), nil)
	st.ok(err)
	for _, o := range others {
		for _, who := range []string{"known", "cafe", "shared", "pair"} {
			o.Known(who + ".example")
		}
	}
	parked, returned := st.Customer("parked.example"), st.Customer("returned.example")
	st.ok(st.Desk.Customers.Disassociate(st.ctx, st.Actor.Request(st.Key()), parked, workflow.Disassociate{Reason: "Já não é cliente."}))
	st.ok(st.Desk.Customers.Disassociate(st.ctx, st.Actor.Request(st.Key()), returned, workflow.Disassociate{Reason: "By mistake."}))
	st.ok(st.Desk.Customers.Associate(st.ctx, st.Actor.Request(st.Key()), returned, workflow.Associate{Reason: "It was a mistake."}))
}

// earlyEndings are participations whose every deadline is recorded later.
func (st *teller) earlyEndings() {
	st.t.Helper()
	declined := st.Added(migration, "müller.example")
	_, err := st.Desk.Consents.Request(st.ctx, st.Actor.Request(st.Key()), declined, workflow.RequestConsent{
		Customer: workflow.ByEmail("jürgen@müller.example", "it@müller.example"), Partner: workflow.ByEmail("ana@northwind.example", "rui@northwind.example"),
		Language: "pt-PT", PartnerLanguage: "en",
	})
	st.ok(err)
	st.Relayed()
	st.Declined(declined)
	st.Added(migration, "unasked.example")
	st.asked("silent")
	st.ok(errOf(st.Desk.Claims.Cancel(st.ctx, st.Actor.Request(st.Key()), st.asked("cancelled"), workflow.Cancel{Reason: "Não há tempo este ano."})))
	st.Cancelled(st.granted("cancelled-late"))
	st.Withdrawn(st.granted("withdrawn"))
	st.granted("never-submitted")
	st.granted("withdrawn-late")
	st.AskedForAction(st.inReview("no-action"), "Please sign the findings.")
	st.rejected("undisputed")
	st.Disputed(st.rejected("dispute-lost"), "We disagree.")
	final := st.rejected("final")
	st.Disputed(final, "We disagree, too.")
	st.Submitted(final)
	st.Reviewed(final)
	st.Rejected(final, "So do we.")
	st.Claimed(migration, "returned.example")
	st.SetFacts("again.example", keptFacts("known"))
	st.Claimed(migration, "again.example") // which later has fewer seats
	st.SetFacts("again.example", keptFacts("again"))
}

// cafe is a participation with which everything is done that there is.
func (st *teller) cafe() {
	st.t.Helper()
	st.Advance(time.Minute)
	started, err := st.Desk.Customers.Add(st.ctx, st.Actor.Request(st.Key()), workflow.AddCustomer{
		Engagements: []engagement.ID{migration, pilot}, DealSize: st.Money("12000.00 USD"),
		Candidate: workflow.Candidate{Location: "4711201", Email: "Conceição@cafe.example", TPID: "4711", TenantID: string(st.Customer("cafe.example")[len("tenant:"):]), FriendlyName: "O café da esquina ☕"},
	})
	st.ok(err)
	p := started[0].ID
	name, size := "Café da Praça ☕", st.Money("15000.00 EUR")
	st.ok(errOf(st.Desk.Claims.Update(st.ctx, st.Actor.Request(st.Key()), p, workflow.UpdateDetails{FriendlyName: &name, DealSize: &size})))
	requestKey, request := st.Key(), workflow.RequestConsent{Customer: workflow.ByEmail("conceição@cafe.example", "it@cafe.example"), Partner: workflow.ByEmail("ana@northwind.example"), Language: "pt-PT", PartnerLanguage: "en"}
	_, err = st.Desk.Consents.Request(st.ctx, st.Actor.Request(requestKey), p, request)
	st.ok(err)
	st.day(2)
	_, err = st.Desk.Consents.Resend(st.ctx, st.Actor.Request(st.Key()), p)
	st.ok(err)
	st.day(4)
	_, err = st.Desk.Consents.ChangeContacts(st.ctx, st.Actor.Request(st.Key()), p, workflow.ChangeContacts{Customer: []workflow.Contact{{Name: "Rui Pação", Email: "rui@cafe.example", Phone: "+351 21 000 00 00"}}})
	st.ok(err)
	st.Relayed()
	st.Accepted(p)
	otto := &teller{st.As(workflow.Actor{Partner: "northwind", User: "otto", Roles: []workflow.Role{workflow.RoleIncentivesUser}}), st.t, st.ctx}

	documentKey, document := st.Key(), workflow.AddEvidence{Kind: claims.ProofFindings, Name: "Conclusões de Rui Pação.pdf", MediaType: "application/pdf"}
	wrong, err := st.Desk.Documents.Add(st.ctx, st.Actor.Request(documentKey), p, document, strings.NewReader("wrong"))
	st.ok(err)
	st.ok(errOf(st.Desk.Documents.Remove(st.ctx, st.Actor.Request(st.Key()), p, workflow.RemoveEvidence{Evidence: wrong.ID})))
	documentKey = st.Key()
	_, err = st.Desk.Documents.Add(st.ctx, st.Actor.Request(documentKey), p, document, strings.NewReader("right"))
	st.ok(err)
	_, err = st.Desk.Documents.Record(st.ctx, st.Actor.Request(st.Key()), p, workflow.RecordEvidence{
		Kind: claims.ProofInvoice, Name: "invoice.png", MediaType: "image/png", Size: 12345, SHA256: strings.Repeat("0123456789abcdef", 4), Ref: "archive/17",
	})
	st.ok(err)
	for _, contact := range []string{"wrong@cafe.example", "rui@cafe.example"} {
		st.ok(errOf(st.Desk.Surveys.Send(st.ctx, st.Actor.Request(st.Key()), p, workflow.SendSurvey{Survey: claims.ProofCustomerSurvey, Contact: workflow.Contact{Email: contact}})))
		st.Relayed()
	}
	st.ok(errOf(st.Desk.Surveys.Resend(st.ctx, st.Actor.Request(st.Key()), p, workflow.ResendSurvey{Survey: claims.ProofCustomerSurvey})))
	st.Relayed()
	links := st.SurveyLinks(p)
	_, err = st.Desk.Links.AnswerSurvey(st.ctx, links[len(links)-1], map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5", "comments": "Obrigado! Rui Pação"})
	st.ok(err)
	for _, text := range []string{"Rui Pação <rui@cafe.example> has answered.", "That is all."} {
		st.ok(errOf(otto.Desk.Claims.Comment(st.ctx, otto.Actor.Request(st.Key()), p, workflow.Comment{Text: text})))
	}
	st.ok(errOf(st.Desk.Claims.Comment(st.ctx, st.Reviewer().Request(st.Key()), p, workflow.Comment{Text: "Thank you."})))
	st.Proved(p)
	st.ok(errOf(st.Desk.Claims.Submit(st.ctx, st.Actor.Request(st.Key()), p, workflow.SubmitClaim{Requested: st.Money("4800.00 USD")})))
	st.Reviewed(p)
	st.ok(errOf(st.Desk.Reviews.RequestAction(st.ctx, st.Reviewer().Request(st.Key()), p, workflow.RequestAction{Items: []claims.ActionItem{
		{Kind: claims.ProofInvoice, Text: "The invoice lacks its date."}, {Text: "Ask for more: the work was harder."},
	}})))
	st.Documented(p, claims.ProofInvoice)
	st.ok(errOf(st.Desk.Claims.Submit(st.ctx, st.Actor.Request(st.Key()), p, workflow.SubmitClaim{Requested: st.Money("5500.00 USD")})))
	st.Reviewed(p)
	st.ok(errOf(st.Desk.Reviews.Approve(st.ctx, st.Reviewer().Request(st.Key()), p, workflow.ApproveClaim{Amount: st.Money("5500.00 USD"), Override: "It was harder than planned.", Text: "Well done."})))
	for _, amount := range []string{"2000.00 USD", "3500.00 USD"} {
		st.ok(errOf(st.Desk.Reviews.RecordPayment(st.ctx, st.Reviewer().Request(st.Key()), p, workflow.RecordPayment{Amount: st.Money(amount), Reference: "SAP 4711/" + amount})))
	}
	// The pilot of the same customer, with a form and with documents of its own.
	q := started[1].ID
	st.Requested(q, "rui@cafe.example")
	st.Accepted(q)
	st.Submitted(q)
	st.Reviewed(q)
	st.Approved(q, "8999.99 EUR")
	st.Paid(q, "8999.99 EUR")
}

// sharing is what several partners have with the same customers.
func (st *teller) sharing(fabrikam, graz *teller) {
	st.t.Helper()
	p, q := fabrikam.Claimed(migration, "shared.example"), st.Added(migration, "shared.example")
	fabrikam.Requested(p, "it@shared.example")
	st.Requested(q, "it@shared.example")
	st.Accepted(q) // and Fabrikam's has no room any more
	st.Submitted(q)
	for _, o := range []*teller{fabrikam, graz} {
		o.Requested(o.Claimed(pilot, "pair.example"), "it@pair.example")
	}
	both := st.Granted(pilot, "pair.example")
	st.ok(errOf(st.Desk.Surveys.Send(st.ctx, st.Actor.Request(st.Key()), both, workflow.SendSurvey{Survey: "pilot-survey", Contact: workflow.Contact{Email: "it@pair.example"}, Language: "de"})))
	page, err := st.Desk.Claims.List(st.ctx, fabrikam.Actor, workflow.ClaimsQuery{Customer: st.Customer("pair.example")})
	st.ok(err)
	fabrikam.Accepted(page.Rows[0].Participation)
}

// otherIDs are customers who are named by other IDs than their domain.
func (st *teller) otherIDs() {
	st.t.Helper()
	add := func(e engagement.ID, c workflow.Candidate) engagement.ParticipationID {
		started, err := st.Desk.Customers.Add(st.ctx, st.Actor.Request(st.Key()), workflow.AddCustomer{Engagements: []engagement.ID{e}, Candidate: c})
		st.ok(err)
		st.Requested(started[0].ID)
		st.Accepted(started[0].ID)
		return started[0].ID
	}
	p := add(workshop, workflow.Candidate{Location: "4711202", Domain: "hours.example", OpportunityID: "7-3ABCD1234X", Hours: 40})
	st.Submitted(p)
	st.Reviewed(p)
	st.Approved(p, "4810.00 EUR")
	st.ok(errOf(st.Desk.Reviews.RecordPayment(st.ctx, st.Reviewer().Request(st.Key()), p, workflow.RecordPayment{Amount: st.Money("810.00 EUR"), Reason: "The bank details are on their way."})))
	add(workshop, workflow.Candidate{Location: "4711201", Domain: "many-hours.example", OpportunityID: "7-many", Hours: 500})
	add(pilot, workflow.Candidate{Location: "4711201", Domain: "subscribed.example", SubscriptionID: "11111111-2222-4333-8444-555555555555"})
	add(pilot, workflow.Candidate{Location: "4711201", Domain: "stated.example", TPID: "9999999", FriendlyName: "Stated", Reason: "It is in our contract.\nSigned by João."})
}

// erase takes two people out of what is there: a contact and a user.
func (st *teller) erase() {
	st.t.Helper()
	for _, p := range []workflow.Person{{Email: "rui@cafe.example", Name: "Rui Pação"}, {User: "otto"}} {
		erased, err := st.Desk.Program.ErasePerson(st.ctx, st.Actor, p, nil)
		st.ok(err)
		if erased.Events == 0 {
			st.t.Fatalf("nothing of %v was erased", p)
		}
	}
}

// live are participations whose every deadline is still to come.
func (st *teller) live(fabrikam *teller) {
	st.t.Helper()
	st.submitted("submitted")
	st.Withdrawn(st.submitted("withdrawing")) // too late: a flag for the reviewer
	st.inReview("reviewing")
	st.AskedForAction(st.inReview("acting"), "Please sign.")
	approved := st.inReview("approved")
	st.Approved(approved, "6000.00 USD")
	st.Paid(approved, "1000.00 USD")
	st.rejected("rejected")
	st.Disputed(st.rejected("disputed"), "Não.")
	granted := st.granted("granted")
	st.Documented(granted, claims.ProofInvoice)
	st.Surveyed(granted, claims.ProofPartnerSurvey)
	st.ok(errOf(st.Desk.Surveys.Send(st.ctx, st.Actor.Request(st.Key()), granted, workflow.SendSurvey{Survey: claims.ProofCustomerSurvey, Contact: workflow.Contact{Email: "cem@granted.example"}})))
	st.asked("asked")
	st.Claimed(migration, "claimed.example")
	fabrikam.asked("rivals") // which has no room any more
	st.granted("rivals")
	unevaluated := st.asked("unevaluated")
	st.Fail(workflowtest.Facts, errors.New("no answer"))
	st.Accepted(unevaluated)
	st.Fail(workflowtest.Facts, nil)
}

// waiting are messages that have not gone out: tried in vain, with somebody who
// sends it, and never tried. Then the story ends, ten days before it is read.
func (st *teller) waiting() kept {
	st.t.Helper()
	ask := func(who string) {
		_, err := st.Desk.Consents.Request(st.ctx, st.Actor.Request(st.Key()), st.Added(migration, who+".example"), workflow.RequestConsent{Customer: workflow.ByEmail("it@" + who + ".example"), Language: "en"})
		st.ok(err)
		st.Advance(time.Second)
	}
	ask("failed")
	st.Fail(workflowtest.Mail, errors.New("the mail server is down"))
	if _, err := st.Desk.Jobs.Relay(st.ctx); err == nil {
		st.t.Fatal("the message went out")
	}
	st.Fail(workflowtest.Mail, nil)
	read := keptStart.AddDate(0, 0, 160)
	ask("held")
	held, err := st.Store.Lease(st.ctx, storage.LeaseQuery{Now: st.Now(), Until: read.Add(time.Hour), Limit: 1})
	if err != nil || len(held) != 1 {
		st.t.Fatal(held, err)
	}
	ask("waiting")
	st.Paid(st.find("approved"), "500.00 USD")
	page, err := st.Desk.Claims.List(st.ctx, st.Actor, workflow.ClaimsQuery{Customer: st.Customer("pair.example")})
	st.ok(err)
	st.ok(errOf(st.Desk.Surveys.Send(st.ctx, st.Actor.Request(st.Key()), page.Rows[0].Participation, workflow.SendSurvey{Survey: "pilot-survey", Contact: workflow.Contact{Email: "chef@pair.example"}})))
	st.SetNow(keptStart.AddDate(0, 0, 154).Add(2 * time.Hour))
	st.Swept() // reminders, which nobody needs any more when they are read
	k := kept{Now: read, Repeat: keptComment{Participation: st.find("submitted"), Key: st.Key(), Text: "Há novidades?"}}
	st.ok(errOf(st.Desk.Claims.Comment(st.ctx, st.Actor.Request(k.Repeat.Key), k.Repeat.Participation, workflow.Comment{Text: k.Repeat.Text})))
	if _, err := fmt.Sscanf(st.Key(), "key-%d", &k.Keys); err != nil {
		st.t.Fatal(err)
	}
	for _, m := range st.Messages() {
		if m.Link == "" {
			continue
		}
		secret := m.Link[strings.LastIndexByte(m.Link, '/')+1:]
		if _, err := link.ParseToken(secret); err != nil {
			st.t.Fatal(err)
		}
		k.Links = append(k.Links, keptLink{Kind: m.Message.Kind, Participation: m.Message.Participation, Token: secret})
	}
	return k
}
