package workflow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow/internal/engine"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/storage"
	"github.com/partnerengage/partnerengage/tenant"
)

// Candidate is a customer that a partner wants to add, as a person typed it. The
// e-mail address only tells whose organisation it is; nobody is written to there.
type Candidate struct {
	Location     engagement.LocationID `json:"location"`
	Email        string                `json:"email,omitzero"`  // this or Domain
	Domain       string                `json:"domain,omitzero"` // this or Email, or neither beside one ID
	TenantID     string                `json:"tenant_id,omitzero"`
	TPID         string                `json:"tpid,omitzero"`
	Reason       string                `json:"reason,omitzero"`        // why an ID is right that the directory does not confirm
	FriendlyName string                `json:"friendly_name,omitzero"` // needed where the directory has no name for an ID that is given alone or stated

	// At most one of these, and then neither TenantID nor TPID.
	SubscriptionID string `json:"subscription_id,omitzero"`
	OpportunityID  string `json:"opportunity_id,omitzero"`
	// Hours are planned for an engagement with variable pay, which needs them.
	// They are given once: the offer shows the payout for them.
	Hours int `json:"hours,omitzero"`
}

// LogValue shows what names the organisation and hides the person and what the
// person wrote.
func (c Candidate) LogValue() slog.Value {
	return slog.GroupValue(slog.String("location", string(c.Location)), slog.Any("customer", c.raw()))
}

// raw is the part of the candidate that says who the customer is.
func (c Candidate) raw() tenant.Candidate {
	return tenant.Candidate{
		Email: c.Email, Domain: c.Domain, TenantID: c.TenantID, TPID: c.TPID, Reason: c.Reason,
		SubscriptionID: c.SubscriptionID, OpportunityID: c.OpportunityID,
	}
}

// Offer is what a customer can be added to, or claimed for, through a location.
type Offer struct {
	Candidate  Candidate         `json:"candidate"`  // as asked
	Resolution tenant.Resolution `json:"resolution"` // who it is, and on what that stands
	Contacts   Contacts          `json:"contacts"`   // of both sides who were named for the customer last, within the actor's scope
	Eligible   []Choice          `json:"eligible"`   // what can be chosen
	Ineligible []Choice          `json:"ineligible"` // what cannot, and why
}

// LogValue shows who the customer is and how much there is to choose from.
func (o Offer) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("customer", o.Resolution), slog.Int("eligible", len(o.Eligible)), slog.Int("ineligible", len(o.Ineligible)))
}

// Choice is one engagement of an offer. Only engagements that are open for
// customers now are in an offer.
type Choice struct {
	Engagement   engagement.ID           `json:"engagement"`
	Version      string                  `json:"version"`
	Name         string                  `json:"name"`
	SolutionArea string                  `json:"solution_area"`
	Payable      bool                    `json:"payable"` // whether the location can also be paid: its payee profile is valid
	Payment      engagement.PaymentModel `json:"payment"`
	Payout       engagement.Payout       `json:"payout,omitzero"` // what it would be paid by today's rate; zero when there is none
	Decision     eligibility.Decision    `json:"decision"`        // of the customer: every finding that the partner may see, and not the facts
	Reasons      []engagement.Reason     `json:"reasons"`         // why the customer is not eligible, all of them
	Refusals     []error                 `json:"-"`               // every typed error with which it would be refused; none when it can be chosen
}

// MarshalJSON writes the refusals as [Refusal] says them, and lists that are empty as
// such.
func (c Choice) MarshalJSON() ([]byte, error) {
	type plain Choice
	c.Reasons = listOf(c.Reasons)
	return json.Marshal(struct {
		plain
		Refusals []Refusal `json:"refusals"`
	}{plain(c), listOf(Refusals(errors.Join(c.Refusals...)))})
}

// AddCustomer is the command that adds a customer to engagements.
type AddCustomer struct {
	Candidate   Candidate       `json:"candidate"`
	Engagements []engagement.ID `json:"engagements"` // at least one, none twice
	// DealSize is how large the partner estimates the deal; it can be changed
	// until consent is requested.
	DealSize eligibility.Money `json:"deal_size,omitzero"`
	// Payout is what the offer said that a variable pay amounts to. Where it is set
	// and the rate has changed since, the add is refused.
	Payout eligibility.Money `json:"payout,omitzero"`
	// Contacts of both sides can be named already; nothing is sent before consent is
	// requested, for which they are offered again.
	Contacts Contacts `json:"contacts,omitzero"`
}

// LogValue hides the person.
func (c AddCustomer) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("candidate", c.Candidate), slog.Any("engagements", c.Engagements))
}

// ClaimCustomer is the command that claims a known customer for engagements.
type ClaimCustomer struct {
	Customer    tenant.Key            `json:"customer"`
	Location    engagement.LocationID `json:"location"`
	Engagements []engagement.ID       `json:"engagements"`        // at least one, none twice
	Hours       int                   `json:"hours,omitzero"`     // see Candidate.Hours
	DealSize    eligibility.Money     `json:"deal_size,omitzero"` // see AddCustomer.DealSize
	Payout      eligibility.Money     `json:"payout,omitzero"`    // see AddCustomer.Payout
	// FriendlyName is what the partner calls the customer from now on; "": as before.
	FriendlyName string `json:"friendly_name,omitzero"`
	// Contacts are as in AddCustomer.
	Contacts Contacts `json:"contacts,omitzero"`
}

// Identify finds out who a candidate is and which engagements it can be added to
// through the location. Nothing is stored.
//
// Its *[UnavailableError] wraps a *[tenant.UnavailableError] for the directory.
// Otherwise it returns every mistake of the candidate at once, joined: a
// *[NotFoundError] or a *[LocationNotEligibleError] for the location, an *[InputError]
// for the hours, a *[tenant.MalformedError] for each text. If there is none, it may
// return one of the other typed errors of [tenant.Resolve] or a *[NameRequiredError].
// Engagements whose rules fail (*[eligibility.RuleError]) are in neither list; their
// errors are joined, and the rest of the offer holds.
func (d *CustomersDesk) Identify(ctx context.Context, actor Actor, candidate Candidate) (Offer, error) {
	s := d.s
	offer := Offer{Candidate: candidate}
	scope, err := s.authorizeAt(ctx, actor, MayAddCustomers, candidate.Location)
	if err != nil {
		return offer, err
	}
	if err := s.checkCandidate(ctx, actor, candidate); err != nil {
		return offer, err
	}
	if offer.Resolution, err = s.resolve(ctx, candidate); err != nil {
		return offer, err
	}
	return s.offer(ctx, actor, scope, engagement.OriginAdded, offer)
}

// PreviewClaim returns what a known customer can be claimed for through the location,
// and the payout for its hours; the engagements of the command do not matter. Nothing
// is stored.
//
// It returns what [CustomersDesk.Identify] returns, but instead of the errors for a
// candidate a *[NotKnownError], or an *[InputError] for a text that is no customer's
// key or for an amount that cannot be used.
func (d *CustomersDesk) PreviewClaim(ctx context.Context, actor Actor, cmd ClaimCustomer) (Offer, error) {
	s := d.s
	customer, location := cmd.Customer, cmd.Location
	offer := Offer{Candidate: Candidate{Location: location, Hours: cmd.Hours}}
	scope, err := s.authorizeAt(ctx, actor, MayClaimCustomers, location)
	if err != nil {
		return offer, err
	}
	_, _, badAmounts := s.amounts(cmd.DealSize, cmd.Payout)
	name, badName := checkName(cmd.FriendlyName)
	_, badContacts := cmd.Contacts.read()
	badLocation := s.checkLocation(ctx, actor, location)
	c, unknown := s.unit().known(ctx, actor, customer)
	if err := together(badLocation, checkHours(cmd.Hours), badAmounts, badName, badContacts, unknown); err != nil {
		return offer, err
	}
	offer.Candidate.FriendlyName = cmp.Or(name, c.FriendlyName)
	offer.Resolution = resolutionOf(c)
	return s.offer(ctx, actor, scope, engagement.OriginClaimed, offer)
}

// known loads a customer that is known to the actor's partner.
func (u *unit) known(ctx context.Context, actor Actor, customer tenant.Key) (engagement.Customer, error) {
	if _, err := tenant.ParseKey(string(customer)); err != nil {
		return engagement.Customer{}, &InputError{Field: "customer", Problem: "is not a customer's key, such as a row or tenant.TenantKey gives it", Err: err}
	}
	key := actor.customerKey(customer)
	if _, err := u.Load(ctx, storage.Want{Customers: []engagement.CustomerKey{key}}); err != nil {
		return engagement.Customer{}, err
	}
	c := u.Customer(key)
	if !c.Known() {
		return c, &NotKnownError{Customer: string(customer)}
	}
	return c, nil
}

// Add adds a customer to all of the engagements, or to none. Everything that
// [CustomersDesk.Identify] checked is checked again.
//
// Besides what Identify returns, it returns, joined with that, a *[NotFoundError] for
// each engagement that does not exist, a *[PayoutChangedError], an *[OwnContactError]
// or *[ForeignContactError] for each contact of the wrong side, and for each engagement
// that is refused a *[NotClaimableError], *[LocationNotEligibleError],
// *[IDNotAcceptedError], *[StatedIdentityError], *[NotEligibleError],
// *[AlreadyKnownError], *[OpenParticipationError] or *[DisassociatedError].
func (d *CustomersDesk) Add(ctx context.Context, req Request, cmd AddCustomer) ([]ParticipationView, error) {
	s := d.s
	return s.addCustomer(ctx, req, cmd, false)
}

func (s *Service) addCustomer(ctx context.Context, req Request, cmd AddCustomer, dry bool) ([]ParticipationView, error) {
	scope, err := s.authorizeAt(ctx, req.Actor, MayAddCustomers, cmd.Candidate.Location)
	if err != nil {
		return nil, err
	}
	var badAmounts error
	cmd.DealSize, cmd.Payout, badAmounts = s.amounts(cmd.DealSize, cmd.Payout)
	name, _ := checkName(cmd.Candidate.FriendlyName) // what is wrong with it says checkCandidate
	contacts, badContacts := cmd.Contacts.read()
	return s.begin(ctx, req, MayAddCustomers, "add customer", cmd, dry, func(u *unit) ([]began, error) {
		if _, err := u.Load(ctx, storage.Want{}); err != nil { // a repeated command is answered without asking anybody
			return nil, err
		}
		return u.enroll(ctx, req.Actor, enrollment{
			origin: engagement.OriginAdded, within: scope, location: cmd.Candidate.Location, engagements: cmd.Engagements,
			friendlyName: name, contacts: contacts,
			hours: cmd.Candidate.Hours, dealSize: cmd.DealSize, payout: cmd.Payout,
		}, problems.Join(badAmounts, badContacts), func(in *enrollment) (err error) {
			if err = u.s.checkCandidate(ctx, req.Actor, cmd.Candidate); err == nil {
				in.who, err = u.s.resolve(ctx, cmd.Candidate)
			}
			return err
		})
	})
}

// Claim claims a known customer for all of the engagements, or for none. It returns
// what [CustomersDesk.Add] returns, except that a *[NotKnownError] takes the place of
// *[AlreadyKnownError] and of the errors of an unknown candidate.
func (d *CustomersDesk) Claim(ctx context.Context, req Request, cmd ClaimCustomer) ([]ParticipationView, error) {
	s, actor := d.s, req.Actor
	scope, err := s.authorizeAt(ctx, actor, MayClaimCustomers, cmd.Location)
	if err != nil {
		return nil, err
	}
	var badAmounts error
	cmd.DealSize, cmd.Payout, badAmounts = s.amounts(cmd.DealSize, cmd.Payout)
	name, badName := checkName(cmd.FriendlyName)
	contacts, badContacts := cmd.Contacts.read()
	type body struct { // with the key as the text that it was given as: it is checked later
		Customer     string
		Location     engagement.LocationID
		Engagements  []engagement.ID
		Hours        int               `json:",omitzero"`
		DealSize     eligibility.Money `json:",omitzero"`
		Payout       eligibility.Money `json:",omitzero"`
		FriendlyName string            `json:",omitzero"`
		Contacts     Contacts          `json:",omitzero"`
	}
	asked := body{string(cmd.Customer), cmd.Location, cmd.Engagements, cmd.Hours, cmd.DealSize, cmd.Payout, cmd.FriendlyName, cmd.Contacts}
	return s.begin(ctx, req, MayClaimCustomers, "claim customer", asked, false, func(u *unit) ([]began, error) {
		return u.enroll(ctx, actor, enrollment{
			origin: engagement.OriginClaimed, within: scope, location: cmd.Location, engagements: cmd.Engagements,
			hours: cmd.Hours, dealSize: cmd.DealSize, payout: cmd.Payout, contacts: contacts,
		}, problems.Join(badAmounts, badName, badContacts), func(in *enrollment) error {
			c, unknown := u.known(ctx, actor, cmd.Customer)
			in.who, in.friendlyName = resolutionOf(c), cmp.Or(name, c.FriendlyName)
			return together(u.s.checkLocation(ctx, actor, cmd.Location), checkHours(cmd.Hours), unknown)
		})
	})
}

// resolutionOf is who a customer is that the partner has already.
func resolutionOf(c engagement.Customer) tenant.Resolution {
	r := tenant.Resolution{Identity: c.Identity}
	if c.Identity.Stated {
		r.Basis = tenant.BasisStated
	}
	return r
}

// resolve asks the directory who a candidate is.
func (s *Service) resolve(ctx context.Context, c Candidate) (tenant.Resolution, error) {
	found, err := engine.Remember(s.memo, "directory", c, func() (tenant.Resolution, error) { return s.resolver.Resolve(ctx, s.directory, c.raw()) })
	switch {
	case is[*tenant.UnavailableError](err):
		err = unavailable("directory", err)
	case err == nil && found.NeedsName() && strings.TrimSpace(c.FriendlyName) == "":
		err = &NameRequiredError{Customer: string(found.Identity.Key())}
	}
	return found, err
}

// enrolled returns the actor's partner and its location, which must be enrolled.
func (s *Service) enrolled(ctx context.Context, actor Actor, id engagement.LocationID) (engagement.Partner, engagement.Location, error) {
	p, err := s.partner(ctx, actor.Partner)
	if err != nil {
		return p, engagement.Location{}, err
	}
	l, ok := p.Location(id)
	if !ok {
		return p, l, &NotFoundError{Kind: "location", Field: "location", Value: string(id)}
	}
	if !l.Enrolled {
		return p, l, &LocationNotEligibleError{Location: id}
	}
	return p, l, nil
}

// offer returns the offer with what can be chosen and what cannot.
func (s *Service) offer(ctx context.Context, actor Actor, scope Scope, origin engagement.Origin, offer Offer) (Offer, error) {
	u := s.unit()
	all, err := s.engagements(ctx)
	if err != nil {
		return offer, err
	}
	open := slices.DeleteFunc(slices.Clone(all), func(e engagement.Engagement) bool { return !e.ClaimableAt(u.Now) })
	choices, err := u.choices(ctx, actor, enrollment{
		origin: origin, within: scope, who: offer.Resolution, location: offer.Candidate.Location, hours: offer.Candidate.Hours,
	}, open)
	offer.Contacts = lastNamed(u.Customer(actor.customerKey(offer.Resolution.Identity.Key())), offer.Candidate.Location, scope)
	offer.Eligible, offer.Ineligible = []Choice{}, []Choice{}
	stated := unconfirmed(offer.Resolution.Basis, offer.Resolution.Identity)
	for _, c := range choices {
		c.Decision = s.decisionSeen(c.Decision, stated)
		if len(c.Refusals) == 0 {
			offer.Eligible = append(offer.Eligible, c)
		} else {
			offer.Ineligible = append(offer.Ineligible, c)
		}
	}
	return offer, err
}
