package workflowtest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/tenant"
)

const day = 24 * time.Hour

func TestNobodyAnswers(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Advance(31 * day)
	w.ExpectStatus(p, engagement.StatusConsentExpired)
}

func TestGrantedCustomerIsKnownEverywhere(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Granted("azure-migration", "ana@contoso.com")
	w.ExpectStatus(p, engagement.StatusConsentReceived)
	w.ExpectTab("azure-migration", engagement.TabEligible, "Contoso")
	w.ExpectTab("security-workshop", engagement.TabEligible, "Contoso")
	w.ExpectTab("security-workshop", engagement.TabIneligible)
	w.Advance(60 * day)
	w.ExpectTab("azure-migration", engagement.TabComplete, "Contoso")
	w.ExpectTab("azure-migration", engagement.TabEligible, "Contoso")
	w.Swept()
	w.ExpectTab("azure-migration", engagement.TabComplete, "Contoso")
	w.ExpectTab("azure-migration", engagement.TabEligible, "Contoso")
	q := w.Claimed("azure-migration", "contoso.com")
	w.Requested(q)
	w.As(workflowtest.Fabrikam).Granted("azure-migration", "x@contoso.com")
	w.ExpectTab("azure-migration", engagement.TabIneligible, "Contoso")
	w.ExpectActions(q, engagement.ActionCancel)
}

// Contoso's customers are what its comment says.
func TestContoso(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	for domain, want := range map[string]string{
		"contoso.com":       "azure-migration security-workshop data-pilot endpoint-workshop",
		"adatum.com":        "azure-migration security-workshop data-pilot endpoint-workshop",
		"fourthcoffee.com":  "data-pilot endpoint-workshop",
		"woodgrovebank.com": "security-workshop data-pilot endpoint-workshop",
	} {
		offer, err := w.Desk.Customers.Identify(context.Background(), w.Actor, workflow.Candidate{Location: "4711201", Domain: domain})
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, c := range offer.Eligible {
			ids = append(ids, string(c.Engagement))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s can be added to %q, want %q", domain, got, want)
		}
	}
	_, err := w.Desk.Customers.Identify(context.Background(), w.Actor, workflow.Candidate{Location: "4711201", Domain: "21vianet.com"})
	if !errors.As(err, new(*tenant.AmbiguousError)) {
		t.Errorf("21vianet.com is in two clouds, and the directory says %v", err)
	}
}

// message returns what a helper fails a test with, or "".
func message(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = r.(string)
		}
	}()
	f()
	return ""
}

// A helper that is refused, or that finds something else than it expects, fails
// the test and says what is wrong.
func TestHelpersFailTheTest(t *testing.T) {
	w := workflowtest.New(workflowtest.Panic{}, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	nobody := engagement.ParticipationID("p-0")
	stranger := w.As(workflow.Actor{Partner: "northwind"})
	lonely := w.As(workflow.Actor{Partner: "nobody", User: "ana", Roles: workflow.AllRoles()})
	var few eligibility.Facts
	for name, c := range map[string]struct {
		do   func()
		want string
	}{
		"New":            {func() { workflowtest.New(workflowtest.Panic{}, noName) }, "the scenario's catalog: engagement \"\": id is empty"},
		"PutCustomer":    {func() { w.PutCustomer(workflowtest.Customer{Domain: "nodot"}) }, "the customer's domain"},
		"Customer":       {func() { w.Customer("21vianet.com") }, `does not know exactly one customer by "21vianet.com"`},
		"Customer junk":  {func() { w.Customer("nodot") }, `by "nodot"`},
		"SetFacts":       {func() { w.SetFacts("unknown.example", few) }, `by "unknown.example"`},
		"Held":           {func() { w.Held("azure-migration", "unknown.example", engagement.ExternalHoldings{}) }, `by "unknown.example"`},
		"Known":          {func() { w.Known("unknown.example") }, `by "unknown.example"`},
		"Known nobody's": {func() { lonely.Known("contoso.com") }, `import contoso.com: there is no partner "nobody"`},
		"Location":       {func() { w.Location("nothing") }, `eligibility page of nothing: there is no engagement "nothing"`},
		"Added":          {func() { w.Added("azure-migration", "ana@contoso.com") }, "add ana@contoso.com to azure-migration: the customer already has the open participation"},
		"Added role":     {func() { stranger.Added("azure-migration", "contoso.com") }, "the actor may not view engagements"},
		"Claimed":        {func() { w.Claimed("azure-migration", "adatum.com") }, "claim adatum.com for azure-migration"},
		"Requested":      {func() { w.Requested(p, "no address") }, "request consent for"},
		"Accepted":       {func() { w.Accepted(p) }, "no link of"},
		"Cancelled":      {func() { w.Cancelled(nobody) }, `cancel p-0: there is no participation "p-0"`},
		"Reevaluated":    {func() { lonely.Reevaluated() }, "re-evaluate: there is no partner"},
		"ExpectStatus":   {func() { w.ExpectStatus(p, engagement.StatusPaid) }, `is "Customer claimed", want "Paid"`},
		"ExpectStatus 0": {func() { w.ExpectStatus(nobody, engagement.StatusPaid) }, "status of p-0"},
		"ExpectTab":      {func() { w.ExpectTab("azure-migration", engagement.TabEligible, "Adatum") }, `shows ["Contoso"], want ["Adatum"]`},
		"ExpectTab none": {func() { w.ExpectTab("azure-migration", engagement.TabEligible) }, `shows ["Contoso"], want []`},
		"ExpectTab junk": {func() { w.ExpectTab("nothing", engagement.TabEligible) }, "tab of nothing"},
		"ExpectActions":  {func() { w.ExpectActions(p, engagement.ActionCancel) }, `allows ["request consent" "cancel"], want ["cancel"]`},
		"Row":            {func() { w.Row(nobody) }, "participation p-0"},
		"New reminders":  {func() { workflowtest.New(workflowtest.Panic{}, never) }, "the scenario's desk: "},
		"Proved":         {func() { w.Proved(nobody) }, `claim of p-0: there is no participation "p-0"`},
		"Documented":     {func() { w.Documented(p, claim.ProofInvoice) }, "add invoice to " + string(p) + ": add evidence is not possible"},
		"Surveyed":       {func() { w.Surveyed(p, claim.ProofCustomerSurvey) }, "send customer-survey of " + string(p)},
		"Submitted":      {func() { w.Submitted(p) }, "submit " + string(p) + ": submit claim is not possible"},
		"Reviewed":       {func() { w.Reviewed(p) }, "review " + string(p)},
		"AskedForAction": {func() { w.AskedForAction(p, "Sign it.") }, "ask for action on " + string(p)},
		"Approved":       {func() { w.Approved(p, "1.00 USD") }, "approve " + string(p)},
		"Rejected":       {func() { w.Rejected(p, "No.") }, "reject " + string(p)},
		"Disputed":       {func() { w.Disputed(p, "Yes.") }, "dispute " + string(p)},
		"Paid":           {func() { w.Paid(p, "1.00 USD") }, "pay " + string(p)},
		"Money":          {func() { w.Money("1 dollar") }, "dollar"},
	} {
		if got := message(c.do); !strings.Contains(got, c.want) {
			t.Errorf("%s fails with %q, want %q in it", name, got, c.want)
		}
	}
	w.Requested(p, "ana@contoso.com")
	w.Accepted(p)
	if got := message(func() { w.Declined(p) }); !strings.Contains(got, "decline "+string(p)) {
		t.Errorf("a second answer fails with %q", got)
	}
	w.Fail(workflowtest.Mail, errors.New("no mail today"))
	w.Withdrawn(p)
	if got := message(w.Relayed); !strings.Contains(got, "no mail today") {
		t.Errorf("a failing mail fails with %q", got)
	}
}

func noName() workflowtest.Scenario {
	return workflowtest.Scenario{Engagements: []engagement.Engagement{{}}}
}

func never() workflowtest.Scenario {
	return workflowtest.Scenario{Options: workflow.Options{Reminders: &engagement.Reminders{Consent: []int{0}}}}
}

// A claim goes from consent to payment in a few lines, whatever it has to prove.
func TestClaimToPayment(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	all, err := w.Catalog.Engagements(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	e := all[0]
	e.Proof = append(claim.DefaultProof(), claim.ProofItem{Kind: "photos", Title: "Photos", Required: true, AtLeast: 3})
	if err := w.Catalog.PutEngagement(e); err != nil {
		t.Fatal(err)
	}
	p := w.Granted(e.ID, "ana@contoso.com")
	w.Surveyed(p, claim.ProofCustomerSurvey)
	if first, second := w.Documented(p, "photos"), w.Documented(p, "photos"); first.ID == second.ID {
		t.Errorf("both documents are %s", first.ID)
	}
	w.Submitted(p)
	w.Reviewed(p)
	w.AskedForAction(p, "Sign the findings.")
	w.ExpectStatus(p, engagement.StatusPartnerActionRequired)
	w.Submitted(p)
	w.Reviewed(p)
	w.Rejected(p, "Not delivered.")
	w.Disputed(p, "It was.")
	w.Submitted(p)
	w.Reviewed(p)
	w.Approved(p, "5000.00 USD")
	w.Paid(p, "4999.99 USD")
	w.ExpectStatus(p, engagement.StatusApproved)
	w.Paid(p, "0.01 USD")
	w.ExpectStatus(p, engagement.StatusPaid)
	if n := len(w.SurveyLinks(p)); n != 2 || len(w.Links(p)) != 1 {
		t.Errorf("%d links of surveys and %d of consent went out", n, len(w.Links(p)))
	}
	if who := w.Reviewer(); who.Partner != w.Actor.Partner || w.As(workflowtest.Fabrikam).Reviewer().Partner != "fabrikam" {
		t.Errorf("the reviewer is %v", who)
	}
	view, err := w.Desk.Claims.Get(context.Background(), w.Actor, p)
	if err != nil {
		t.Fatal(err)
	}
	photos := 0
	for _, v := range view.Claim.Evidence {
		if v.Kind == "photos" {
			photos++
		}
	}
	if photos != 3 || len(view.Claim.Evidence) != 5 {
		t.Errorf("%d photos of %d documents", photos, len(view.Claim.Evidence))
	}
}

// A scenario's own Notifier gets everything, too: a host tests what it sends.
func TestOwnNotifier(t *testing.T) {
	var own []workflow.Delivery
	w := workflowtest.New(t, func() workflowtest.Scenario {
		sc := workflowtest.Contoso()
		sc.Options.Notifier = notify(func(d workflow.Delivery) { own = append(own, d) })
		return sc
	})
	w.Granted("azure-migration", "ana@contoso.com")
	w.Relayed()
	if len(own) == 0 || len(own) != len(w.Messages()) {
		t.Errorf("the host's Notifier got %d messages and the world %d", len(own), len(w.Messages()))
	}
}

type notify func(workflow.Delivery)

func (n notify) Notify(_ context.Context, d workflow.Delivery) error {
	n(d)
	return nil
}

// A source that a test lets fail fails until it is mended.
func TestFail(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	boom := errors.New("boom")
	ask := func() error {
		_, err := w.Desk.Customers.Identify(context.Background(), w.Actor, workflow.Candidate{Location: "4711201", Domain: "contoso.com"})
		return err
	}
	for _, source := range []workflowtest.Source{workflowtest.Directory, workflowtest.Facts, workflowtest.External} {
		w.Fail(source, boom)
		if err := ask(); !errors.Is(err, boom) {
			t.Errorf("while the %s fails: %v", source, err)
		}
		w.Fail(source, nil)
		if err := ask(); err != nil {
			t.Errorf("once the %s is mended: %v", source, err)
		}
	}
}

// What a test sets of facts and of other portals is what the desk is told.
func TestFactsAndOthers(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	w.Known("contoso.com")
	w.Held("azure-migration", "contoso.com", engagement.ExternalHoldings{Consented: 1})
	w.Reevaluated()
	w.ExpectTab("azure-migration", engagement.TabIneligible, "Contoso")
	w.Held("azure-migration", "contoso.com", engagement.ExternalHoldings{})
	w.SetFacts("contoso.com", eligibility.Facts{})
	w.Reevaluated()
	if r := w.Rows("azure-migration", engagement.TabIneligible)[0]; r.Reasons[0].Kind != engagement.ReasonFactsMissing {
		t.Errorf("the reasons are %v", r.Reasons)
	}
	var f eligibility.Facts
	workflowtest.Seats.Set(&f, 1)
	workflowtest.Segment.Set(&f, "smb")
	id, _ := tenant.ParseID("00000000-0000-4000-8000-0000000000aa")
	w.PutCustomer(workflowtest.Customer{Domain: "new.example", Entry: tenant.Entry{Tenant: id, Name: "New"}, Facts: f})
	w.Added("data-pilot", "new.example")
	w.ExpectTab("data-pilot", engagement.TabEligible, "New")
}

// A world goes the same way each time: the same IDs, keys and links.
func TestAWorldIsTheSameEachTime(t *testing.T) {
	run := func() string {
		w := workflowtest.New(t, workflowtest.Contoso)
		p := w.Added("azure-migration", "ana@contoso.com")
		w.Requested(p)
		return fmt.Sprint(p, w.Row(p).ClaimNumber, w.Key(), w.Links(p)[0].Secret(), w.Messages()[0].Message.ID)
	}
	if first, second := run(), run(); first != second {
		t.Errorf("%s and then %s", first, second)
	}
}

// All actors of a world share it, and act at once.
func TestActorsShareAWorld(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	var wg sync.WaitGroup
	for _, actor := range []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam} {
		wg.Go(func() {
			w := w.As(actor)
			p := w.Added("data-pilot", "x@contoso.com")
			w.Requested(p)
			w.Accepted(p)
		})
	}
	wg.Wait()
	w.ExpectTab("data-pilot", engagement.TabEligible, "Contoso")
	w.As(workflowtest.Fabrikam).ExpectTab("data-pilot", engagement.TabEligible, "Contoso")
	asked := slices.DeleteFunc(w.Messages(), func(d workflow.Delivery) bool { return d.Message.Kind != engagement.MessageConsentRequest })
	if len(asked) != 2 || w.As(workflowtest.Fabrikam).Now() != w.Now() {
		t.Errorf("%d requests went out", len(asked))
	}
}

// Answer tells what the customer is told, as an error.
func TestAnswer(t *testing.T) {
	w := workflowtest.New(t, workflowtest.Contoso)
	p := w.Added("azure-migration", "ana@contoso.com")
	w.Requested(p, "ana@contoso.com", "bruno@contoso.com")
	if n := len(w.Links(p)); n != 2 {
		t.Errorf("%d links went out", n)
	}
	w.SetNow(w.Row(p).Deadline)
	if err := w.Answer(p, consent.DecisionAccept); !errors.As(err, new(*consent.ExpiredError)) {
		t.Errorf("an answer at the deadline: %v", err)
	}
}
