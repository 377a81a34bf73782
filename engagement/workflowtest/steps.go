package workflowtest

import (
	"context"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
)

// Location returns the first location of the actor's partner that may add
// customers to the engagement.
func (w *World) Location(e engagement.ID) engagement.LocationID {
	w.t.Helper()
	outcomes, err := w.Desk.Engagements.Locations(context.Background(), w.Actor, e)
	if err != nil {
		w.t.Fatalf("eligibility page of %s: %v", e, err)
	}
	i := slices.IndexFunc(outcomes, func(o engagement.LocationOutcome) bool { return o.Eligible })
	if i < 0 {
		w.t.Fatalf("%s has no location that may add customers to %s", w.Actor.Partner, e)
	}
	return outcomes[i].Location
}

// Added adds the customer with that e-mail address or domain.
func (w *World) Added(e engagement.ID, who string) engagement.ParticipationID {
	w.t.Helper()
	c := workflow.Candidate{Location: w.Location(e), Domain: who}
	if strings.Contains(who, "@") {
		c.Domain, c.Email = "", who
	}
	started, err := w.Desk.Customers.Add(context.Background(), w.Actor.Request(w.Key()), workflow.AddCustomer{Candidate: c, Engagements: []engagement.ID{e}})
	if err != nil {
		w.t.Fatalf("add %s to %s: %v", who, e, err)
	}
	return started[0].ID
}

// Claimed claims the known customer with that domain.
func (w *World) Claimed(e engagement.ID, domain string) engagement.ParticipationID {
	w.t.Helper()
	started, err := w.Desk.Customers.Claim(context.Background(), w.Actor.Request(w.Key()), workflow.ClaimCustomer{
		Customer: w.Customer(domain), Location: w.Location(e), Engagements: []engagement.ID{e},
	})
	if err != nil {
		w.t.Fatalf("claim %s for %s: %v", domain, e, err)
	}
	return started[0].ID
}

// Requested asks these contacts for consent, or contact@customer.example when
// there are none, and lets the messages go out.
func (w *World) Requested(p engagement.ParticipationID, contacts ...string) {
	w.t.Helper()
	if len(contacts) == 0 {
		contacts = []string{"contact@customer.example"}
	}
	_, err := w.Desk.Consents.Request(context.Background(), w.Actor.Request(w.Key()), p, workflow.RequestConsent{
		Customer: workflow.ByEmail(contacts...), Partner: workflow.ByEmail("partner@partner.example"), Language: "en",
	})
	if err != nil {
		w.t.Fatalf("request consent for %s: %v", p, err)
	}
	w.Relayed()
}

// Relayed lets every waiting message go out.
func (w *World) Relayed() {
	w.t.Helper()
	if _, err := w.Desk.Jobs.Relay(context.Background()); err != nil {
		w.t.Fatalf("relay: %v", err)
	}
}

// Swept records every deadline that has passed.
func (w *World) Swept() {
	w.t.Helper()
	if _, err := w.Desk.Jobs.Sweep(context.Background()); err != nil {
		w.t.Fatalf("sweep: %v", err)
	}
}

// Links returns the tokens of every consent link of a participation that went
// out, the oldest first.
func (w *World) Links(p engagement.ParticipationID) []link.Token {
	w.t.Helper()
	return w.links(p, engagement.MessageConsentRequest)
}

// SurveyLinks returns the tokens of every survey link of a participation that
// went out, the oldest first.
func (w *World) SurveyLinks(p engagement.ParticipationID) []link.Token {
	w.t.Helper()
	return w.links(p, engagement.MessageSurveyRequest)
}

func (w *World) links(p engagement.ParticipationID, kind engagement.MessageKind) []link.Token {
	w.t.Helper()
	var tokens []link.Token
	for _, m := range w.Messages() {
		if m.Message.Participation != p || m.Message.Kind != kind {
			continue
		}
		t, err := token(m.Link)
		if err != nil {
			w.t.Fatalf("link of %s: %v", p, err)
		}
		tokens = append(tokens, t)
	}
	return tokens
}

// Accepted answers yes through the newest link.
func (w *World) Accepted(p engagement.ParticipationID) {
	w.t.Helper()
	w.answered(p, consent.DecisionAccept)
}

// Declined answers no through the newest link.
func (w *World) Declined(p engagement.ParticipationID) {
	w.t.Helper()
	w.answered(p, consent.DecisionDecline)
}

// Withdrawn takes the consent back through the newest link.
func (w *World) Withdrawn(p engagement.ParticipationID) {
	w.t.Helper()
	w.answered(p, consent.DecisionWithdraw)
}

func (w *World) answered(p engagement.ParticipationID, d consent.Decision) {
	w.t.Helper()
	if err := w.Answer(p, d); err != nil {
		w.t.Fatalf("%s %s: %v", d, p, err)
	}
}

// Answer decides through the newest link, and returns what the customer is told.
func (w *World) Answer(p engagement.ParticipationID, d consent.Decision) error {
	w.t.Helper()
	links := w.Links(p)
	if len(links) == 0 {
		w.t.Fatalf("no link of %s has gone out", p)
	}
	_, err := w.Desk.Links.AnswerConsent(context.Background(), links[len(links)-1], d)
	return err
}

// Granted adds the customer, asks for consent and gets it.
func (w *World) Granted(e engagement.ID, who string) engagement.ParticipationID {
	w.t.Helper()
	p := w.Added(e, who)
	w.Requested(p)
	w.Accepted(p)
	return p
}

// Cancelled cancels a participation.
func (w *World) Cancelled(p engagement.ParticipationID) {
	w.t.Helper()
	if _, err := w.Desk.Claims.Cancel(context.Background(), w.Actor.Request(w.Key()), p, workflow.Cancel{}); err != nil {
		w.t.Fatalf("cancel %s: %v", p, err)
	}
}

// Known makes the customer with that domain known to the actor's partner.
func (w *World) Known(domain string) {
	w.t.Helper()
	w.Customer(domain) // there is exactly one
	w.state.mu.Lock()
	d, _ := tenantDomain(domain)
	entry := w.state.directory[d][0]
	w.state.mu.Unlock()
	known := workflow.KnownCustomer{Identity: identity(d, entry)}
	if _, err := w.Desk.Program.Import(context.Background(), Vendor, w.Actor.Partner, slices.Values([]workflow.KnownCustomer{known}), nil); err != nil {
		w.t.Fatalf("import %s: %v", domain, err)
	}
}

// Reevaluated asks the rules again about everything of the actor's partner.
func (w *World) Reevaluated() {
	w.t.Helper()
	if _, err := w.Desk.Program.Reevaluate(context.Background(), Vendor, workflow.Reevaluation{Partner: w.Actor.Partner}, nil); err != nil {
		w.t.Fatalf("re-evaluate: %v", err)
	}
}
