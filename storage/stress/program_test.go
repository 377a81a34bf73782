package stress_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// The engagements: one takes a customer once, the other twice, over all partners.
const (
	once  = engagement.ID("azure-migration")
	twice = engagement.ID("data-pilot")
)

var limits = map[engagement.ID]int{once: 1, twice: 2}

// partners compete for customers. There are three, because each can hold a customer
// once in an engagement, so that two never want more than two consents.
var partners = [3]struct {
	workflow.Actor
	location engagement.LocationID
}{{workflowtest.Northwind, "4711201"}, {workflowtest.Fabrikam, "5822301"}, {litware, "6933401"}}

var litware = workflow.Actor{Partner: "litware", User: "kim", Roles: []workflow.Role{workflow.RoleIncentivesUser}}

// start is when the clocks of the tests begin.
var start = workflowtest.Contoso().Start

// customers is a directory of as many organisations as anybody asks for: number 7
// has the domain c7.example.
type customers struct{}

func (customers) Lookup(_ context.Context, d tenant.Domain) ([]tenant.Entry, error) {
	var n int
	if _, err := fmt.Sscanf(d.String(), "c%d.example", &n); err != nil {
		return nil, err
	}
	id, err := tenant.ParseID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
	return []tenant.Entry{{Tenant: id, Name: d.String(), Cloud: tenant.CloudPublic}}, err
}

func domainOf(n int) string { return fmt.Sprintf("c%d.example", n) }

func keyOf(n int) tenant.Key {
	return tenant.Key(fmt.Sprintf("tenant:00000000-0000-4000-8000-%012d", n))
}

// desk is the workflow on a store, with the mail of the customers.
type desk struct {
	*workflow.Service
	*mailbox
}

// mailbox keeps the links that have gone out.
type mailbox struct {
	mu     sync.Mutex
	tokens map[engagement.ParticipationID]link.Token
	newest []engagement.ParticipationID
	sent   func(workflow.Delivery) // nil: nobody wants to know
}

func newMailbox() *mailbox {
	return &mailbox{tokens: map[engagement.ParticipationID]link.Token{}}
}

// Notify is the mailbox's workflow.Notifier.
func (m *mailbox) Notify(_ context.Context, d workflow.Delivery) error {
	if m.sent != nil {
		m.sent(d)
	}
	if d.Message.Kind != engagement.MessageConsentRequest {
		return nil
	}
	token, err := link.ParseToken(d.Link)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tokens[d.Message.Participation] = token
	m.newest = append(m.newest, d.Message.Participation)
	return err
}

func (m *mailbox) token(p engagement.ParticipationID) (link.Token, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	token, ok := m.tokens[p]
	return token, ok
}

// newDesk returns a desk at which every customer is eligible for both engagements,
// for a hundred years.
func newDesk(s storage.Store, mail *mailbox, now func() time.Time) (*desk, error) {
	sc := workflowtest.Contoso()
	closes, err := eligibility.ParseDate("2126-07-01")
	if err != nil {
		return nil, err
	}
	var offered []engagement.Engagement
	for _, e := range sc.Engagements {
		if limits[e.ID] > 0 {
			e.Closes = closes
			offered = append(offered, e)
		}
	}
	third := engagement.Location{ID: partners[2].location, Name: "Graz", Enrolled: true, Payee: engagement.PayeeValid}
	workflowtest.Enrolled.Set(&third.Facts, true)
	catalog, err := engagement.NewCatalog(offered, append(sc.Partners, engagement.Partner{
		ID: litware.Partner, Name: "Litware", Locations: []engagement.Location{third},
	}))
	if err != nil {
		return nil, err
	}
	facts := workflow.FactFunc(func(context.Context, engagement.PartnerID, tenant.Identity) (f eligibility.Facts, _ error) {
		workflowtest.Seats.Set(&f, 500)
		workflowtest.Segment.Set(&f, "enterprise")
		return f, nil
	})
	service, err := workflow.New(s, customers{}, catalog, facts, &workflow.Options{Notifier: mail, Now: now, Policy: link.Unlimited()})
	return &desk{service, mail}, err
}

func (d *desk) add(ctx context.Context, partner int, e engagement.ID, customer int, key string) (engagement.ParticipationID, error) {
	who := partners[partner]
	started, err := d.Customers.Add(ctx, who.Actor.Request(key), workflow.AddCustomer{
		Candidate: workflow.Candidate{Location: who.location, Domain: domainOf(customer)}, Engagements: []engagement.ID{e},
	})
	return idOf(started), err
}

func (d *desk) claim(ctx context.Context, partner int, e engagement.ID, customer int, key string) (engagement.ParticipationID, error) {
	who := partners[partner]
	started, err := d.Customers.Claim(ctx, who.Actor.Request(key), workflow.ClaimCustomer{
		Customer: keyOf(customer), Location: who.location, Engagements: []engagement.ID{e},
	})
	return idOf(started), err
}

func idOf(started []workflow.ParticipationView) engagement.ParticipationID {
	if len(started) == 0 {
		return ""
	}
	return started[0].ID
}

func (d *desk) request(ctx context.Context, partner int, p engagement.ParticipationID, key string) error {
	_, err := d.Consents.Request(ctx, partners[partner].Actor.Request(key), p, workflow.RequestConsent{
		Customer: workflow.ByEmail("contact@customer.example"), Partner: workflow.ByEmail("desk@partner.example"), Language: "en",
	})
	return err
}

func (d *desk) cancel(ctx context.Context, partner int, p engagement.ParticipationID, key string) error {
	_, err := d.Claims.Cancel(ctx, partners[partner].Actor.Request(key), p, workflow.Cancel{})
	return err
}

// list is what the partner's claims list says of a customer in an engagement: each
// participation with its status, in order of their IDs.
func (d *desk) list(ctx context.Context, partner int, e engagement.ID, customer int) ([]part, error) {
	page, err := d.Claims.List(ctx, partners[partner].Actor, workflow.ClaimsQuery{
		Customer: keyOf(customer), Engagements: []engagement.ID{e}, Limit: 1000,
	})
	var parts []part
	for _, r := range page.Rows {
		parts = append(parts, part{r.Participation, r.Status})
	}
	sortParts(parts)
	return parts, err
}

func textOf(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "%s %s; ", p.id, p.status)
	}
	return b.String()
}

// errOf is the error of a command whose result does not matter.
func errOf[V any](_ V, err error) error { return err }
