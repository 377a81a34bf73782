package engagement

import (
	"log/slog"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/tenant"
)

// RowID names a row of a Customers page: the participation that it shows, or
// else the known customer.
type RowID string

// Row is one line of the Customers page of a partner and an engagement.
type Row struct {
	ID            RowID             `json:"id"`
	Tab           Tab               `json:"tab"`
	Type          RowType           `json:"type"`
	Engagement    ID                `json:"engagement"`
	Customer      tenant.Key        `json:"customer"`
	Identity      tenant.Identity   `json:"identity"`
	FriendlyName  string            `json:"friendly_name,omitzero"`
	Participation ParticipationID   `json:"participation,omitzero"` // none for a customer who is only known
	ClaimNumber   string            `json:"claim_number,omitzero"`
	Origin        Origin            `json:"origin,omitzero"`
	Status        Status            `json:"status,omitzero"` // of the participation
	Locations     []LocationID      `json:"locations,omitzero"`
	Since         time.Time         `json:"since,omitzero"`          // when the participation started, or when the customer was last evaluated
	Deadline      time.Time         `json:"deadline,omitzero"`       // of what is to do now
	DeadlineTerms string            `json:"deadline_terms,omitzero"` // the version of the engagement under whose windows the deadline was made
	DaysLeft      int               `json:"days_left,omitzero"`      // until the deadline, rounded up
	Amount        eligibility.Money `json:"amount,omitzero"`         // of the claim: what was paid, else approved, else requested, else estimated
	Contacts      int               `json:"contacts,omitzero"`       // to how many of the customer's a link went out
	Unreached     []Unreached       `json:"unreached,omitzero"`      // those, and the partner's, that the last message did not reach
	Reasons       []Reason          `json:"reasons,omitzero"`        // why the customer is not eligible, all of them
	Actions       []Action          `json:"actions,omitzero"`        // what is allowed now
	Owner         string            `json:"owner,omitzero"`          // the partner's user who looks after the participation
	Labels        []string          `json:"labels,omitempty"`        // the partner's own

	// AskFrom is from when the customer can be asked for consent, for the first time or
	// again; zero: now, if that is among the actions, or not any more. Whom the first
	// request names it cannot know: each of them may delay it further.
	AskFrom  time.Time `json:"ask_from,omitzero"`
	Referral string    `json:"referral,omitzero"` // the reference of the one that the partner recorded
}

// LogValue keeps what people wrote out of logs: it says which row it is.
func (r Row) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", string(r.ID)), slog.String("engagement", string(r.Engagement)), slog.String("tab", string(r.Tab)),
		slog.String("status", string(r.Status)))
}

// Name returns the customer's name as people know it: the friendly name, else
// the directory's, else the domain, else the ID.
func (r Row) Name() string { return displayName(r.Identity, r.FriendlyName) }

func displayName(id tenant.Identity, friendly string) string {
	switch {
	case friendly != "":
		return friendly
	case id.Name != "":
		return id.Name
	case !id.Domain.IsZero():
		return id.Domain.Unicode()
	}
	return string(id.Key())
}

func participationRow(p Participation, now time.Time) Row {
	r := Row{
		ID: RowID(p.ID), Engagement: p.Engagement, Customer: p.Customer, Identity: p.Identity, FriendlyName: p.FriendlyName,
		Participation: p.ID, ClaimNumber: p.ClaimNumber, Origin: p.Origin, Status: p.StatusAt(now),
		Locations: []LocationID{p.Location}, Since: p.StartedAt, Deadline: p.DeadlineAt(now),
		Owner: p.Owner, Labels: p.Labels, Referral: p.Referral.Reference,
	}
	r.Contacts, r.Unreached = p.Asked(), p.Unreached()
	r.Identity.Stated = r.Identity.Stated || p.Basis == tenant.BasisStated // older records have it there only
	if !r.Deadline.IsZero() {
		r.DeadlineTerms = p.Terms.Version
	}
	if p.Claim != nil {
		r.Amount = p.Claim.Amount()
	}
	switch {
	case p.OpenAt(now) && !p.Consented():
		r.Tab, r.Type = TabEligible, RowNotStarted
	case p.OpenAt(now):
		r.Tab, r.Type = TabEligible, RowActive // also while it is the program's turn: it can come back
	case p.Consented():
		r.Tab, r.Type = TabComplete, RowComplete
	default:
		r.Tab, r.Type = TabOff, RowComplete
	}
	return r
}

// actions computes what a row, of that participation if it is of one, lets its
// partner do now; mayResend is what resendFrom says, and full that the claim limit
// leaves no room. What would be refused for a reason that is known here is not among
// them, whatever the engagement was like when the row was stored.
func (r Row) actions(p Participation, e Engagement, mayResend, full bool, now time.Time) []Action {
	if r.Participation == "" {
		_, notTaken := e.NotTaken(r.Identity)
		if r.Tab == TabEligible && len(r.Locations) > 0 && !full && !notTaken && e.ClaimableAt(now) {
			return []Action{ActionClaimCustomer}
		}
		return nil
	}
	switch {
	case r.Tab == TabIneligible, r.Type == RowNotStarted && full:
		return []Action{ActionCancel}
	case r.Status == StatusCustomerClaimed:
		return []Action{ActionRequestConsent, ActionCancel}
	case r.Status == StatusAwaitingConsentResponse:
		if mayResend {
			return []Action{ActionResendConsent, ActionCancel}
		}
		return []Action{ActionCancel}
	case r.Tab == TabOff:
		return nil
	case r.Tab == TabComplete:
		return []Action{ActionViewClaim}
	}
	p, _ = p.WithProofAt(e, now) // of a form that cannot be used the version before stays
	var out []Action
	if p.Claim.Allows(claim.KindAddEvidence, now) {
		out = append(out, ActionWorkOnClaim)
	}
	if p.Claim.Allows(claim.KindSubmit, now) && len(p.Claim.Missing()) == 0 {
		out = append(out, ActionSubmitClaim)
	}
	if p.Claim.Allows(claim.KindRecall, now) && len(p.Claim.Recalls) < claim.MaxRecalls {
		out = append(out, ActionRecallClaim)
	}
	if p.Claim.Allows(claim.KindOpenDispute, now) {
		out = append(out, ActionDispute)
	}
	out = append(out, ActionViewClaim)
	if p.Claim.Allows(claim.KindCancel, now) {
		out = append(out, ActionCancel)
	}
	return out
}
