package engagement

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/text"
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

	// ResendFrom is from when the customer can be asked again, as far as what was sent
	// for this engagement tells; zero: now, if that is among the actions, or not any more.
	// What a mailbox was sent for other engagements, and all that was sent in a day, may
	// delay it further.
	ResendFrom time.Time `json:"resend_from,omitzero"`
	Referral   string    `json:"referral,omitzero"` // the reference of the one that the partner recorded
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

// Todo returns what is to do and how long there is for it, in words, as the
// status column shows it.
func (r Row) Todo() string {
	days := fmt.Sprintf("%d days left", r.DaysLeft)
	if r.DaysLeft == 1 {
		days = "1 day left"
	}
	switch {
	case r.Tab == TabIneligible:
		return "Not eligible"
	case r.Participation == "" && slices.Contains(r.Actions, ClaimCustomer):
		return "Can be claimed"
	case r.Participation == "":
		return "Cannot be claimed now"
	case r.Type == NotStarted:
		return days + " to obtain consent"
	case r.Type != InProgress:
		return string(r.Status)
	case r.Deadline.IsZero():
		return string(r.Status) + ": nothing to do now"
	}
	switch r.Status {
	case PartnerActionRequired:
		return days + " to do what the reviewer asks for"
	case Rejected:
		return days + " to dispute the rejection"
	case Disputed:
		return days + " to submit the dispute"
	}
	return days + " to submit the claim"
}

// Rows returns what the partner's Customers page of the engagement shows of the
// place at now, with the actions that are allowed. The rows that left the page
// are among them, with TabOff.
func (pl Place) Rows(partner PartnerID, e Engagement, policy consent.Policy, now time.Time) []Row {
	rows := pl.rows(partner, now)
	pl.ClaimLimit = e.Limit() // what was stored may be under an older one
	full := len(pl.FullFor(partner, now)) > 0
	for i := range rows {
		r := &rows[i]
		p, _ := pl.Participation(partner, r.Participation)
		if !r.Deadline.IsZero() {
			r.DaysLeft = DaysLeft(r.Deadline, now, e.zoneOf(p.Terms))
		}
		s, _ := pl.Standing(partner)
		from, mayResend := s.resendFrom(p, policy, now)
		if r.Status == AwaitingConsentResponse && r.Tab == TabEligible {
			r.ResendFrom = from
		}
		r.Actions = r.actions(p, e, mayResend, full, now)
	}
	return rows
}

func (pl Place) rows(partner PartnerID, now time.Time) []Row {
	s, ok := pl.Standing(partner)
	if !ok {
		return nil
	}
	full := pl.FullFor(partner, now)
	var rows []Row
	open := false
	for _, p := range s.Participations {
		r := participationRow(p, now)
		if p.OpenAt(now) {
			open = true
			if !p.Consented() && len(full) > 0 {
				r.Tab, r.Reasons = TabIneligible, full
			}
		}
		rows = append(rows, r)
	}
	// A customer whose place this partner itself holds shows as that
	// participation only.
	heldHere := len(full) > 0 && pl.holders(partner, now).own > 0
	if s.Known && !open && !heldHere {
		rows = append(rows, knownRow(pl.Key, s, full))
	}
	return rows
}

func participationRow(p Participation, now time.Time) Row {
	r := Row{
		ID: RowID(p.ID), Engagement: p.Engagement, Customer: p.Customer, Identity: p.Identity, FriendlyName: p.FriendlyName,
		Participation: p.ID, ClaimNumber: p.ClaimNumber, Origin: p.Origin, Status: p.StatusAt(now),
		Locations: []LocationID{p.Location}, Since: p.StartedAt, Deadline: p.DeadlineAt(now),
		Owner: p.Owner, Labels: p.Labels, Referral: p.Referral.Reference,
	}
	r.Contacts, r.Unreached = p.Asked(), p.Unreached()
	r.Identity.Stated = r.Identity.Stated || p.Basis == tenant.Stated // older records have it there only
	if !r.Deadline.IsZero() {
		r.DeadlineTerms = p.Terms.Version
	}
	if p.Claim != nil {
		r.Amount = p.Claim.Amount()
	}
	switch {
	case p.OpenAt(now) && !p.Consented():
		r.Tab, r.Type = TabEligible, NotStarted
	case p.OpenAt(now):
		r.Tab, r.Type = TabEligible, InProgress // also while it is the program's turn: it can come back
	case p.Consented():
		r.Tab, r.Type = TabComplete, Done
	default:
		r.Tab, r.Type = TabOff, Done
	}
	return r
}

// knownRow is the row of a customer who is known and has nothing open here. While the
// engagement is not open for claims, an eligible one stays on TabEligible, and the
// row says that it cannot be claimed now: every known customer is on the page
// beforehand, none of the reasons on TabIneligible would be true of it, and rows and
// counts, which go by the tab, stay in step with what is stored when an engagement
// opens and closes. The action is what follows the engagement's dates, at once.
func knownRow(key PlaceKey, s Standing, full []Reason) Row {
	r := Row{
		ID: RowID(key.Customer), Tab: TabIneligible, Type: NotStarted, Engagement: key.Engagement, Customer: key.Customer,
		Identity: s.Identity, FriendlyName: s.FriendlyName, Locations: s.Evaluation.Locations, Since: s.Evaluation.At,
	}
	if s.Evaluation.Eligible() && len(full) == 0 {
		r.Tab = TabEligible
		return r
	}
	r.Reasons = append(slices.Clip(s.Evaluation.Reasons), full...)
	if len(r.Reasons) == 0 {
		r.Reasons = []Reason{{Kind: FactsMissing, Doc: "The customer has not been evaluated for this engagement yet."}}
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
			return []Action{ClaimCustomer}
		}
		return nil
	}
	switch {
	case r.Tab == TabIneligible, r.Type == NotStarted && full:
		return []Action{Cancel}
	case r.Status == CustomerClaimed:
		return []Action{RequestConsent, Cancel}
	case r.Status == AwaitingConsentResponse:
		if mayResend {
			return []Action{ResendConsent, Cancel}
		}
		return []Action{Cancel}
	case r.Tab == TabOff:
		return nil
	case r.Tab == TabComplete:
		return []Action{ViewClaim}
	}
	p, _ = p.WithProofAt(e, now) // of a form that cannot be used the version before stays
	var out []Action
	if p.Claim.Allows(claim.KindAddEvidence, now) {
		out = append(out, WorkOnClaim)
	}
	if p.Claim.Allows(claim.KindSubmit, now) && len(p.Claim.Missing()) == 0 {
		out = append(out, SubmitClaim)
	}
	if p.Claim.Allows(claim.KindRecall, now) && len(p.Claim.Recalls) < claim.MaxRecalls {
		out = append(out, RecallClaim)
	}
	if p.Claim.Allows(claim.KindDispute, now) {
		out = append(out, Dispute)
	}
	out = append(out, ViewClaim)
	if p.Claim.Allows(claim.KindCancel, now) {
		out = append(out, Cancel)
	}
	return out
}

// resendFrom returns whether the participation's contacts may be asked again now or,
// else, from when; the zero time if not at all. It knows what was sent in the place:
// what else the mailboxes were sent, and all of the day's, is not known here.
func (s Standing) resendFrom(p Participation, policy consent.Policy, now time.Time) (time.Time, bool) {
	var from time.Time
	if err := policy.MayResend(p.Consent, now); err != nil {
		soon := (*consent.TooSoonError)(nil)
		if !errors.As(err, &soon) {
			return time.Time{}, false
		}
		from = soon.NotBefore
	}
	for _, c := range p.Consent.Contacts() {
		many := (*consent.LimitError)(nil)
		if errors.As(policy.MayWriteTo(s.Asked(c.Email), true, now), &many) && many.NotBefore.After(from) {
			from = many.NotBefore
		}
	}
	if deadline, runs := p.Consent.NextDeadline(); runs && !from.Before(deadline) {
		return time.Time{}, false
	}
	return from, from.IsZero()
}

// Entry is what the Customers page sorts, filters and counts a row by. Storage
// keeps the entries of a place beside it and replaces them whenever the place
// changes, so that a page reads no more than it shows.
type Entry struct {
	Partner       PartnerID
	Place         PlaceKey
	Row           RowID
	Participation ParticipationID // none for a customer who is only known
	Tab           Tab
	Type          RowType
	Status        Status
	Locations     []LocationID
	Name          string    // the key by which names compare; at most 487 bytes
	Search        string    // what a Word is looked for in: words and IDs, see SearchWords
	Since         time.Time // see Row.Since
	Deadline      time.Time // see Row.Deadline
	Amount        string    // AmountText of Row.Amount
}

// AmountText writes an amount that is not negative so that, within a currency,
// texts compare like amounts: currency, number of digits, digits. The zero Money
// is "".
func AmountText(m eligibility.Money) string {
	if m.IsZero() {
		return ""
	}
	whole, fraction, _ := strings.Cut(m.Amount.String(), ".")
	whole = strings.TrimLeft(whole, "0")
	text := fmt.Sprintf("%s %02d%s", m.Currency, len(whole), whole)
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		text += "." + fraction
	}
	return text
}

// Entries returns the entries of every partner's rows in the place at now.
func (pl Place) Entries(now time.Time) []Entry {
	var out []Entry
	for _, s := range pl.Standings {
		for _, r := range pl.rows(s.Partner, now) {
			out = append(out, r.Entry(s.Partner))
		}
	}
	return out
}

// Entry returns what a row of that partner's is sorted, filtered and counted by.
func (r Row) Entry(partner PartnerID) Entry {
	e := Entry{
		Partner: partner, Place: PlaceKey{Engagement: r.Engagement, Customer: r.Customer}, Row: r.ID, Participation: r.Participation,
		Tab: r.Tab, Type: r.Type, Status: r.Status, Locations: r.Locations, Since: r.Since, Deadline: r.Deadline,
		Amount: AmountText(r.Amount),
	}
	e.Name, e.Search = r.keys()
	return e
}

// keys returns what a row is sorted by as its customer's name, and found by.
func (r Row) keys() (name, search string) {
	return text.SortKey(CleanName(r.Name())), searchText(r) // a name comes to stand in cursors, so it has to be short
}
