package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/examples/internal/host"
	"github.com/partnerengage/partnerengage/tenant"
)

// Whom the story is about.
var (
	northwind = workflow.Actor{Partner: "northwind-consulting", User: "rita", Roles: []workflow.Role{workflow.RoleIncentivesAdmin}}
	fabrikam  = workflow.Actor{Partner: "fabrikam-services", User: "juan", Roles: []workflow.Role{workflow.RoleIncentivesUser}}
	vendor    = workflow.Actor{User: "program", Roles: []workflow.Role{workflow.RoleProgram}}
)

const (
	lisboa = engagement.LocationID("4711201")
	madrid = engagement.LocationID("5822301")

	endpoints = engagement.ID("endpoint-management")
	migration = engagement.ID("azure-migration-assessment")
)

type story struct {
	ctx      context.Context
	out      io.Writer
	program  *host.Data
	desk     *workflow.Service
	mail     outbox
	claim    engagement.ParticipationID // Lamna Healthcare's
	now      time.Time
	requests int
}

// tell goes through the story; the first step that goes wrong ends it.
func (s *story) tell() error {
	for _, step := range []func() error{
		s.whatItShows, s.theProgram, s.theCandidates, s.theOffer, s.theKnownCustomers, s.theAdds, s.theRequests, s.theAnswers,
		s.aMonthPasses, s.theClaim, s.theReview, s.thePayment, s.theEndings, s.theClaimsDesk, s.theHistory,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) whatItShows() error {
	s.say("A year in a vendor's incentive program, as Northwind Consulting sees it, one of its partners: which engagements")
	s.say("it can offer to whom, who agrees to one, and what it is paid for it. All of it happens here: mails (✉) go nowhere,")
	s.say("and the clock moves only where the story says so. What begins with ✗ is refused, and says why.")
	return nil
}

func (s *story) theProgram() error {
	s.title("What the program offers to Northwind Consulting")
	groups, err := s.desk.Engagements.List(s.ctx, northwind, workflow.EngagementsQuery{})
	if err != nil {
		return err
	}
	for _, g := range groups {
		s.say("%s", g.SolutionArea)
		for _, e := range g.Engagements {
			s.say("  %-42s %-14s %-9s %d of %d enrolled locations eligible", e.Name, e.Type, e.Availability, len(e.EligibleLocations), e.EnrolledLocations)
		}
	}
	s.say("")
	s.say("Who of its locations can take part in %s:", migration)
	outcomes, err := s.desk.Engagements.Locations(s.ctx, northwind, migration)
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		s.say("  %-8s may add %-4s earns %-4s payee profile: %s", o.Name, yes(o.Eligible), yes(o.Payable), o.Payee)
		for _, r := range o.Reasons() {
			s.explain("           - ", r.String())
		}
	}
	return nil
}

func (s *story) theCandidates() error {
	s.title("Who these candidates are")
	for _, c := range s.program.Candidates {
		offer, err := s.desk.Customers.Identify(s.ctx, northwind, workflow.Candidate{Location: lisboa, Email: c.Email, TenantID: c.TenantID, TPID: c.TPID})
		given := ""
		if c.TenantID+c.TPID != "" {
			given = " + " + short(c.TenantID+c.TPID)
		}
		s.explain(fmt.Sprintf("%-46s  ", fmt.Sprintf("%q%s", c.Email, given)), whoOrWhyNot(offer.Resolution, err))
	}
	return nil
}

func (s *story) theOffer() error {
	s.title("What Contoso can be added to, through Lisboa")
	offer, err := s.desk.Customers.Identify(s.ctx, northwind, workflow.Candidate{Location: lisboa, Email: "ana@contoso.com"})
	if err != nil {
		return err
	}
	for _, c := range offer.Eligible {
		s.say("yes  %s", c.Name)
	}
	for _, c := range offer.Ineligible {
		s.say("no   %s", c.Name)
		for _, r := range c.Refusals {
			for _, line := range refusalLines(r) {
				s.explain("       - ", line)
			}
		}
	}
	return nil
}

func (s *story) theKnownCustomers() error {
	s.title("Whom Northwind knows from before")
	known := s.program.Known("Lamna Healthcare", "Adventure Works", "Woodgrove Bank", "Adatum", "Relecloud")
	done, err := s.desk.Program.Import(s.ctx, vendor, northwind.Partner, slices.Values(known), nil)
	if err != nil {
		return err
	}
	s.say("The program says that %d customers have consented to Northwind before. They are on the page already:", done.Changed)
	return s.page(northwind, endpoints)
}

func (s *story) theAdds() error {
	s.title("Northwind adds and claims, and so does Fabrikam")
	for _, a := range []struct {
		actor    workflow.Actor
		location engagement.LocationID
		email    string
	}{
		{northwind, lisboa, "ana@contoso.com"},
		{northwind, lisboa, "it@proseware.com"},
		{northwind, lisboa, "Operations@cohowinery.com"},
		{northwind, lisboa, "it@lamnahealthcare.com"}, // known: to be claimed
		{fabrikam, madrid, "joao@contoso.com"},
	} {
		started, err := s.desk.Customers.Add(s.ctx, a.actor.Request(s.key()), workflow.AddCustomer{
			Candidate: workflow.Candidate{Location: a.location, Email: a.email}, Engagements: []engagement.ID{endpoints},
		})
		s.explain(fmt.Sprintf("%-20s adds   %-27s ", a.actor.Partner, a.email), consentByOrWhyNot(started, err))
	}
	for _, name := range []string{"Lamna Healthcare", "Adventure Works", "Adatum"} {
		started, err := s.desk.Customers.Claim(s.ctx, northwind.Request(s.key()), workflow.ClaimCustomer{
			Customer: s.program.Key(name), Location: lisboa, Engagements: []engagement.ID{endpoints},
		})
		s.explain(fmt.Sprintf("%-20s claims %-27s ", northwind.Partner, name), consentByOrWhyNot(started, err))
	}
	return nil
}

func (s *story) theRequests() error {
	s.title("The customers are asked")
	for _, r := range []struct {
		actor    workflow.Actor
		customer string
		contacts []string
		language string
	}{
		{northwind, "Contoso", []string{"ana@contoso.com", "joao@contoso.com"}, "en"},
		{northwind, "Proseware", []string{"it@proseware.com"}, "en"},
		{northwind, "Lamna Healthcare", []string{"it@lamnahealthcare.com"}, "pt-PT"},
		{northwind, "Adventure Works", []string{"it@adventure-works.com"}, "en"},
		{fabrikam, "Contoso", []string{"joao@contoso.com"}, "en"},
	} {
		id, err := s.participation(r.actor, r.customer)
		if err != nil {
			return err
		}
		if _, err := s.desk.Consents.Request(s.ctx, r.actor.Request(s.key()), id, workflow.RequestConsent{
			Customer: workflow.ByEmail(r.contacts...), Partner: workflow.ByEmail(r.actor.User + "@" + string(r.actor.Partner) + ".example"), Language: r.language, PartnerLanguage: "en",
		}); err != nil {
			return err
		}
	}
	if err := s.deliver(); err != nil {
		return err
	}
	return s.page(northwind, endpoints)
}

func (s *story) theAnswers() error {
	s.title("The customers answer")
	s.pass(3 * 24 * time.Hour)
	for _, a := range []struct {
		actor    workflow.Actor
		customer string
		decision consent.Decision
	}{
		{northwind, "Lamna Healthcare", consent.DecisionAccept},
		{northwind, "Proseware", consent.DecisionDecline},
		{fabrikam, "Contoso", consent.DecisionAccept},
		{northwind, "Contoso", consent.DecisionAccept}, // too late: the place is Fabrikam's
	} {
		id, err := s.participation(a.actor, a.customer)
		if err != nil {
			return err
		}
		view, err := s.desk.Links.AnswerConsent(s.ctx, s.mail.link(id), a.decision)
		told := fmt.Sprintf("the page now says %q", view.Status)
		if err != nil {
			told = "is told: " + err.Error()
		}
		s.say("%s to %s: %s; %s", a.customer, a.actor.Partner, a.decision, told)
	}
	if err := s.deliver(); err != nil {
		return err
	}
	return s.page(northwind, endpoints)
}

func (s *story) aMonthPasses() error {
	s.title("A month passes, and nobody else answers")
	s.pass(28 * 24 * time.Hour)
	s.say("Coho Winery was never asked and leaves the page. Adventure Works was claimed, so it can be claimed again:")
	if err := s.page(northwind, endpoints); err != nil {
		return err
	}
	n, err := s.desk.Jobs.Sweep(s.ctx)
	if err != nil {
		return err
	}
	s.say("A sweep records %d passed deadlines and tells those who wait; the page stays as it is.", n)
	return s.deliver()
}

func (s *story) theHistory() error {
	s.title("Everything that happened between Northwind and Lamna Healthcare")
	customer := s.program.Key("Lamna Healthcare")
	_, err := s.desk.Histories.Verify(s.ctx, northwind, customer)
	if broken := (*engagement.HistoryError)(nil); errors.As(err, &broken) {
		return fmt.Errorf("the history does not hold together: %w", err)
	}
	if err != nil {
		return err
	}
	n := 0
	for e, err := range s.desk.Histories.All(s.ctx, northwind, workflow.HistoryQuery{Customer: customer}) {
		if err != nil {
			return err
		}
		n++
		s.explain(fmt.Sprintf("%2d  %s  %-9s ", e.Seq, e.At.Format("2006-01-02 15:04"), e.By), change(e))
	}
	s.say("")
	s.say("The chain of %d events holds: none was changed, left out, put in or cut off, and what is stored is what they led to.", n)
	return nil
}

// participation returns the open participation of a customer in the story's
// engagement.
func (s *story) participation(actor workflow.Actor, customer string) (engagement.ParticipationID, error) {
	for _, tab := range []engagement.Tab{engagement.TabEligible, engagement.TabIneligible} {
		for row, err := range s.desk.Customers.All(s.ctx, actor, workflow.CustomersQuery{Engagement: endpoints, Tab: tab, Search: customer}) {
			if err != nil {
				return "", err
			}
			if row.Participation != "" {
				return row.Participation, nil
			}
		}
	}
	return "", fmt.Errorf("%s has no open participation of %s", actor.Partner, customer)
}

// clock is the story's: a millisecond passes whenever somebody looks at it.
func (s *story) clock() time.Time {
	s.now = s.now.Add(time.Millisecond)
	return s.now
}

func (s *story) pass(d time.Duration) {
	s.now = s.now.Add(d)
	s.say("It is %s.", s.now.Format("Monday, 2 January 2006"))
}

// key returns an idempotency key, as a host makes one for each request.
func (s *story) key() string {
	s.requests++
	return fmt.Sprintf("request-%d", s.requests)
}

func whoOrWhyNot(r tenant.Resolution, err error) string {
	if err != nil {
		return "✗ " + err.Error()
	}
	return fmt.Sprintf("✓ %s, %s", r.Identity.Name, r.Basis)
}
