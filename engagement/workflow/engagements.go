package workflow

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/internal/problems"
	"github.com/partnerengage/partnerengage/tenant"
)

// EngagementsQuery filters the list of engagements. What is set must all hold.
type EngagementsQuery struct {
	Locations []engagement.LocationID   // eligible through one of these
	Statuses  []engagement.Availability // any of these
	Types     []engagement.Type         // any of these
	Roles     []string                  // any of these, as Engagement.Role has them

	// Active counts the active customers of each engagement, too. They are read to be
	// counted: it takes as long as a partner has participations under way, of which at
	// most 20,000 are read.
	Active bool
}

// EngagementGroup is the engagements of one solution area.
type EngagementGroup struct {
	SolutionArea string              `json:"solution_area"`
	Engagements  []EngagementListing `json:"engagements"`
}

// EngagementListing is one line of the list of engagements.
type EngagementListing struct {
	ID                engagement.ID           `json:"id"`
	Name              string                  `json:"name"`
	Type              engagement.Type         `json:"type"`
	Role              string                  `json:"role"`
	Availability      engagement.Availability `json:"availability"`
	Opens             eligibility.Date        `json:"opens,omitzero"`
	Closes            eligibility.Date        `json:"closes,omitzero"`
	ClaimableUntil    time.Time               `json:"claimable_until,omitzero"`
	EligibleLocations []engagement.LocationID `json:"eligible_locations"` // of the enrolled ones
	EnrolledLocations int                     `json:"enrolled_locations"`
	PayableLocations  []engagement.LocationID `json:"payable_locations"` // of the eligible ones, those that can be paid: their payee profiles are valid
	Active            Count                   `json:"active"`            // customers with a participation under way, if the query asks; of those read only, and then OrMore
}

// EngagementSummary is what an engagement asks and gives.
type EngagementSummary struct {
	EngagementListing
	Version          string                                `json:"version"`
	SolutionArea     string                                `json:"solution_area"`
	Summary          string                                `json:"summary"`
	PartnerCriteria  []Criterion                           `json:"partner_criteria"`
	CustomerCriteria []Criterion                           `json:"customer_criteria"`
	Proof            []claim.ProofItem                     `json:"proof"`       // by the version in force now
	LaterProof       []engagement.Dated[[]claim.ProofItem] `json:"later_proof"` // all versions but the first, with their days
	RatesBy          engagement.Anchor                     `json:"rates_by"`
	ProofBy          engagement.Anchor                     `json:"proof_by"` // which day decides what version counts
	Windows          engagement.Windows                    `json:"windows"`
	MostDays         int                                   `json:"most_days"` // that an engagement of its type can take in all, by the published program's table; 0 for a type that is not in it
	ClaimLimit       int                                   `json:"claim_limit"`
	Payment          engagement.PaymentModel               `json:"payment"`
	Rate             engagement.Rate                       `json:"rate"` // the one in force now; zero when there is none
	Resources        []engagement.Resource                 `json:"resources"`
	Rates            []engagement.Rate                     `json:"rates"`       // all of them with their days, the earliest first
	AcceptsIDs       []tenant.IDKind                       `json:"accepts_ids"` // by which IDs a customer can be named
}

// Criterion is a rule in words.
type Criterion struct {
	ID  string `json:"id"`
	Doc string `json:"doc"`
}

// check returns the *InputErrors of a query, joined.
func (q EngagementsQuery) check() error {
	return checkList("statuses", q.Statuses, engagement.AllAvailabilities())
}

// List returns the engagements for which at least one of the partner's locations is
// eligible, by solution area, in the order of the catalog. Like [EngagementsDesk.Get]
// and [EngagementsDesk.Locations], it knows the locations of the actor's [Scope] only.
//
// Active customers are those whose participation in the engagement has begun, by an add
// or a claim, and has not ended. They are those of the actor's Scope, and to ask for
// them an actor also needs [MayViewClaims].
//
// It returns an *[InputError] for each mistake of the query, joined.
func (d *EngagementsDesk) List(ctx context.Context, actor Actor, query EngagementsQuery) ([]EngagementGroup, error) {
	s := d.s
	scope, err := s.authorize(ctx, actor, MayViewEngagements)
	if err != nil {
		return nil, err
	}
	if err := query.check(); err != nil {
		return nil, err
	}
	now := s.now()
	all, err := s.engagements(ctx)
	if err != nil {
		return nil, err
	}
	partner, err := s.partnerWithin(ctx, actor, scope)
	if err != nil {
		return nil, err
	}
	var groups []EngagementGroup
	var errs []error
	for _, e := range all {
		item, err := itemOf(e, partner, now)
		errs = append(errs, err)
		if len(item.EligibleLocations) == 0 || !query.match(item) {
			continue
		}
		i := slices.IndexFunc(groups, func(g EngagementGroup) bool { return g.SolutionArea == e.SolutionArea })
		if i < 0 {
			i, groups = len(groups), append(groups, EngagementGroup{SolutionArea: e.SolutionArea})
		}
		groups[i].Engagements = append(groups[i].Engagements, item)
	}
	if query.Active {
		if err := s.countActive(ctx, actor, groups, all, now); err != nil {
			return nil, err
		}
	}
	return groups, problems.Join(errs...)
}

// countActive counts the active customers of the engagements of a list, in one go.
func (s *Service) countActive(ctx context.Context, actor Actor, groups []EngagementGroup, all []engagement.Engagement, now time.Time) error {
	scope, err := s.authorize(ctx, actor, MayViewClaims)
	if err != nil {
		return err
	}
	ids := []engagement.ID{}
	for _, g := range groups {
		for _, item := range g.Engagements {
			ids = append(ids, item.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	c := claimsList{s: s, actor: actor, scope: scope, engagements: all, now: now}
	l := c.list(ClaimsQuery{Engagements: ids, Limit: maxLimit})
	l.filter.Types = []engagement.RowType{engagement.RowNotStarted, engagement.RowActive}
	found := map[engagement.ID]int{}
	more, err := c.each(ctx, l, func(e engagement.Entry) { found[e.Record.Engagement]++ }) // a customer has one that is open, at most
	if err != nil {
		return err
	}
	for _, g := range groups {
		for i := range g.Engagements {
			item := &g.Engagements[i]
			item.Active = Count{N: found[item.ID], OrMore: more}
		}
	}
	return nil
}

func (q EngagementsQuery) match(item EngagementListing) bool {
	return (len(q.Locations) == 0 || slices.ContainsFunc(q.Locations, func(l engagement.LocationID) bool { return slices.Contains(item.EligibleLocations, l) })) &&
		(len(q.Statuses) == 0 || slices.Contains(q.Statuses, item.Availability)) &&
		(len(q.Types) == 0 || slices.Contains(q.Types, item.Type)) &&
		(len(q.Roles) == 0 || slices.Contains(q.Roles, item.Role))
}

func itemOf(e engagement.Engagement, p engagement.Partner, now time.Time) (EngagementListing, error) {
	item := EngagementListing{
		ID: e.ID, Name: e.Name, Type: e.Type, Role: e.Role, Availability: e.AvailabilityAt(now),
		Opens: e.Opens, Closes: e.Closes, ClaimableUntil: e.ClaimableUntil(),
	}
	outcomes, err := engagement.LocationOutcomes(e, p, now)
	item.EnrolledLocations = len(outcomes)
	for _, o := range outcomes {
		if o.Eligible {
			item.EligibleLocations = append(item.EligibleLocations, o.Location)
		}
		if o.Payable {
			item.PayableLocations = append(item.PayableLocations, o.Location)
		}
	}
	return item, err
}

// Get returns what an engagement asks and gives. An engagement for which none of the
// partner's locations is eligible is not found.
func (d *EngagementsDesk) Get(ctx context.Context, actor Actor, id engagement.ID) (EngagementSummary, error) {
	s := d.s
	var none EngagementSummary
	scope, err := s.authorize(ctx, actor, MayViewEngagements)
	if err != nil {
		return none, err
	}
	now := s.now()
	e, err := s.engagement(ctx, id)
	if err != nil {
		return none, err
	}
	partner, err := s.partnerWithin(ctx, actor, scope)
	if err != nil {
		return none, err
	}
	item, failed := itemOf(e, partner, now)
	if len(item.EligibleLocations) == 0 {
		if failed == nil {
			failed = &NotFoundError{Kind: "engagement", Value: string(id)}
		}
		return none, failed
	}
	rate, _ := e.RateAt(now)
	info, _ := engagement.InfoOf(e.Type)
	return EngagementSummary{
		EngagementListing: item, Version: e.Version, SolutionArea: e.SolutionArea, Summary: e.Summary,
		PartnerCriteria: criteria(e.LocationRulesAt(now)), CustomerCriteria: criteria(e.CustomerRulesAt(now)),
		Proof: listOf(e.ProofAt(now)), Windows: engagement.TermsOf(e, now).Windows, ClaimLimit: e.Limit(), Payment: e.PaymentModel(), Rate: rate, Rates: listOf(slices.Clone(e.Rates)), Resources: listOf(slices.Clone(e.Resources)), MostDays: info.MostDays, AcceptsIDs: listOf(e.AcceptedIDs()),
		LaterProof: listOf(slices.Clone(e.LaterProof)), RatesBy: cmp.Or(e.RatesBy, engagement.AnchorConsent), ProofBy: cmp.Or(e.ProofBy, engagement.AnchorConsent),
	}, failed
}

func criteria(set *eligibility.RuleSet) []Criterion {
	out := []Criterion{}
	for _, r := range set.Rules() {
		out = append(out, Criterion{ID: r.ID, Doc: r.Doc})
	}
	return out
}

// Locations returns the eligibility page of an engagement: every enrolled location of
// the partner, with its outcome and every criterion that it does not meet. It also
// works when no location is eligible. A location for which the rules fail has no
// outcome.
func (d *EngagementsDesk) Locations(ctx context.Context, actor Actor, id engagement.ID) ([]engagement.LocationOutcome, error) {
	s := d.s
	scope, err := s.authorize(ctx, actor, MayViewEngagements)
	if err != nil {
		return nil, err
	}
	e, err := s.engagement(ctx, id)
	if err != nil {
		return nil, err
	}
	partner, err := s.partnerWithin(ctx, actor, scope)
	if err != nil {
		return nil, err
	}
	outcomes, err := engagement.LocationOutcomes(e, partner, s.now())
	for i := range outcomes {
		outcomes[i].Decision = s.decisionSeen(outcomes[i].Decision, false)
	}
	return outcomes, err
}
