package workflow_test

import (
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/shopspring/decimal"
)

// storyOffer is what the program's rules say of an engagement in stories.
type storyOffer struct {
	id             engagement.ID
	limit          int // granted participations per customer
	submit, review int // days from the consent
	needs          int // documents
	needsSurvey    bool
}

var storyOffers = []storyOffer{
	{id: migration, limit: 1, submit: 60, review: 90, needs: 1, needsSurvey: true},
	{id: pilot, limit: 2, submit: 200, review: 230, needs: 2},
}

const storyWindow = 30 // days: of the consent, of a dispute, and of the review after it

// pays returns what the offer comes to, and the most that is approved without an
// override, in cents, by the rate of the day of consent.
func (o storyOffer) pays(on time.Time) (estimated, most int64) {
	switch {
	case o.id == pilot:
		return 700000, 800000
	case on.Before(storyRaise):
		return 500000, 500000
	}
	return 550050, 550050
}

// storyRaise is the day from which the migration pays more.
var storyRaise = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// storyReminders are the days before a deadline on which partners are reminded, by
// the status in which it runs.
var storyReminders = map[engagement.Status][]int{
	engagement.StatusCustomerClaimed:         {7, 1},
	engagement.StatusAwaitingConsentResponse: {7, 1},
	engagement.StatusConsentReceived:         {14, 1},
	engagement.StatusPartnerActionRequired:   {7},
	engagement.StatusRejected:                {7, 2},
	engagement.StatusDisputed:                {7, 2},
}

// model is what the program's rules say of a story.
type model struct {
	now    time.Time
	parts  []*modelPart
	known  map[[2]int]bool // by partner and customer
	others map[[2]int]int  // events about a customer, and not about a participation
	told   map[engagement.MessageKind]int
}

func newModel(now time.Time) *model {
	return &model{now: now, known: map[[2]int]bool{}, others: map[[2]int]int{}, told: map[engagement.MessageKind]int{}}
}

// modelPart is a participation.
type modelPart struct {
	partner, customer, offer int
	id                       engagement.ParticipationID
	location                 engagement.LocationID
	name, owner, labels      string
	recorded                 engagement.Status // see model.status
	shut                     bool              // that its rejection can no longer be disputed is recorded
	reliedOn                 bool              // another partner has relied on it that its deadline had passed
	consented                bool
	sends                    []time.Time  // of requests for consent
	links                    []link.Token // that went out
	docs                     []modelDoc
	survey                   modelSurvey
	own                      string           // the outcome that the partner's own survey was answered with; "": it was not
	submitted, flagged       bool             // handed in before; withdrawn after that
	reviewed                 bool             // the program has decided something
	disputed                 bool             // its one dispute was opened
	decided                  consent.Decision // what the customer decided last
	recalled                 int
	events, reminders        int
	touched, reminded        time.Time // when it last changed, and when its partner was last reminded

	answerBy, submitBy, reviewBy, disputeBy time.Time
	// In cents. The most is what is approved without an override.
	estimated, most, requested, approved, paid int64
	overridden                                 bool
}

type modelDoc struct {
	id   claim.EvidenceID
	kept bool // by the desk's own store
}

type modelSurvey struct {
	sent, done bool
	links      []link.Token
}

// deadline is what runs by what is recorded, or the zero time.
func (p *modelPart) deadline() time.Time {
	switch p.recorded {
	case engagement.StatusCustomerClaimed, engagement.StatusAwaitingConsentResponse:
		return p.answerBy
	case engagement.StatusConsentReceived:
		return p.draftBy()
	case engagement.StatusPartnerActionRequired:
		return p.reviewBy
	case engagement.StatusDisputed:
		return p.disputeBy
	case engagement.StatusRejected:
		if !p.shut {
			return p.disputeBy
		}
	}
	return time.Time{}
}

// draftBy is until when a draft has to be submitted: a recall gives no more time than
// there was without the submission.
func (p *modelPart) draftBy() time.Time {
	if p.reviewed {
		return p.reviewBy
	}
	return p.submitBy
}

// over reports whether a deadline has passed that is not recorded.
func (m *model) over(p *modelPart) bool {
	return !p.deadline().IsZero() && !m.now.Before(p.deadline())
}

// lapses says what a status becomes when its deadline passes.
var lapses = map[engagement.Status]engagement.Status{
	engagement.StatusCustomerClaimed:         engagement.StatusConsentExpired,
	engagement.StatusAwaitingConsentResponse: engagement.StatusConsentExpired,
	engagement.StatusConsentReceived:         engagement.StatusNotSubmittedExpired,
	engagement.StatusPartnerActionRequired:   engagement.StatusPostSubmissionExpired,
	engagement.StatusDisputed:                engagement.StatusDisputedExpired,
	engagement.StatusRejected:                engagement.StatusRejected,
}

// status is what has become of a participation by now, recorded or not.
func (m *model) status(p *modelPart) engagement.Status {
	if m.over(p) {
		if p.reviewed && p.recorded == engagement.StatusConsentReceived {
			return engagement.StatusPostSubmissionExpired
		}
		return lapses[p.recorded]
	}
	return p.recorded
}

// open reports whether it can still come to another end.
func (m *model) open(p *modelPart) bool {
	switch m.status(p) {
	case engagement.StatusCustomerClaimed, engagement.StatusAwaitingConsentResponse, engagement.StatusConsentReceived, engagement.StatusSubmitted,
		engagement.StatusUnderReview, engagement.StatusPartnerActionRequired, engagement.StatusDisputed:
		return true
	case engagement.StatusRejected:
		return !p.shut && !m.over(p)
	}
	return false
}

// holds reports whether it counts against the claim limit: it is granted, and has not
// ended without delivery.
func (m *model) holds(p *modelPart) bool {
	s := m.status(p)
	return p.consented && (m.open(p) || s == engagement.StatusApproved || s == engagement.StatusPaid)
}

// openOf returns the participation that a partner has open with a customer.
func (m *model) openOf(partner, customer, offer int) *modelPart {
	for _, p := range m.parts {
		if p.partner == partner && p.customer == customer && p.offer == offer && m.open(p) {
			return p
		}
	}
	return nil
}

// granted counts those that hold a place, of one partner or, for -1, of all.
func (m *model) granted(partner, customer, offer int) int {
	n := 0
	for _, p := range m.parts {
		if p.customer == customer && p.offer == offer && m.holds(p) && (partner < 0 || p.partner == partner) {
			n++
		}
	}
	return n
}

// full reports whether the claim limit leaves no room.
func (m *model) full(customer, offer int) bool {
	return m.granted(-1, customer, offer) >= storyOffers[offer].limit
}

// claimable reports whether customers can be added and claimed now.
func (m *model) claimable() bool {
	return !m.now.Before(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)) && m.now.Before(time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC))
}

// lacks returns how many items of the proof are not complete.
func (p *modelPart) lacks() int {
	n, o := 0, storyOffers[p.offer]
	if len(p.docs) < o.needs {
		n++
	}
	if o.needsSurvey && !p.survey.done {
		n++
	}
	return n
}

// tab is where its row stands.
func (m *model) tab(p *modelPart) engagement.Tab {
	switch {
	case !p.consented && !m.open(p):
		return engagement.TabOff
	case !p.consented && m.full(p.customer, p.offer):
		return engagement.TabIneligible
	case !p.consented, m.open(p):
		return engagement.TabEligible
	}
	return engagement.TabComplete
}

// todo reports whether the partner has something to do, and a deadline for it.
func (m *model) todo(p *modelPart) bool { return !p.deadline().IsZero() && !m.over(p) }

// actions are what its row lets the partner do.
func (m *model) actions(p *modelPart) []engagement.Action {
	s := m.status(p)
	switch {
	case m.tab(p) == engagement.TabOff:
		return nil
	case m.tab(p) == engagement.TabIneligible:
		return []engagement.Action{engagement.ActionCancel}
	case s == engagement.StatusCustomerClaimed:
		return []engagement.Action{engagement.ActionRequestConsent, engagement.ActionCancel}
	case s == engagement.StatusAwaitingConsentResponse && m.maySend(p):
		return []engagement.Action{engagement.ActionResendConsent, engagement.ActionCancel}
	case s == engagement.StatusAwaitingConsentResponse:
		return []engagement.Action{engagement.ActionCancel}
	}
	all := []engagement.Action{engagement.ActionViewClaim}
	if m.worked(p) {
		all = append(all, engagement.ActionWorkOnClaim)
		if p.lacks() == 0 {
			all = append(all, engagement.ActionSubmitClaim)
		}
	}
	if s == engagement.StatusRejected && m.open(p) {
		all = append(all, engagement.ActionDispute)
	}
	if s == engagement.StatusConsentReceived && !p.submitted {
		all = append(all, engagement.ActionCancel)
	}
	if s == engagement.StatusSubmitted && m.now.Before(p.draftBy()) {
		all = append(all, engagement.ActionRecallClaim)
	}
	return all
}

// worked reports whether the partner prepares a claim, an answer or a dispute.
func (m *model) worked(p *modelPart) bool {
	return slices.Contains([]engagement.Status{engagement.StatusConsentReceived, engagement.StatusPartnerActionRequired, engagement.StatusDisputed}, m.status(p))
}

// maySend reports whether the customer can be written to again: five times in all,
// and once a day.
func (m *model) maySend(p *modelPart) bool {
	return len(p.sends) < 5 && !m.now.Before(p.sends[len(p.sends)-1].Add(day))
}

// happened notes that something was done, which makes so many events.
func (m *model) happened(p *modelPart, events int) {
	p.events += events
	p.touched = m.now
}

// tell notes a message to the partner: to its one contact, whom it names when it
// asks, and before to nobody in particular.
func (m *model) tell(kind engagement.MessageKind) { m.told[kind]++ }

// record notes what the clock has done to what a partner has of a customer for an
// offer: whatever is done there records that. Of several reminders that are due, one
// is sent.
func (m *model) record(partner, customer, offer int) {
	for _, p := range m.parts {
		switch {
		case p.partner != partner && p.customer == customer && p.offer == offer && m.over(p):
			p.reliedOn = true
		case p.partner != partner || p.customer != customer || p.offer != offer:
		case m.over(p):
			p.shut = p.recorded == engagement.StatusRejected
			p.recorded = m.status(p)
			switch {
			case p.shut: // nothing that is shown changes
			case p.consented:
				m.tell(engagement.MessageClaimExpired)
			default:
				m.tell(engagement.MessageConsentExpired)
			}
			p.events++
		case slices.ContainsFunc(p.marks(), func(at time.Time) bool {
			return at.After(p.touched) && at.After(p.reminded) && !at.After(m.now)
		}):
			if !p.consented && m.full(p.customer, p.offer) {
				p.touched = m.now // there is nothing to remind of, and the next one is planned
				continue
			}
			p.reminders++
			p.reminded = m.now
			m.happened(p, 1)
		}
	}
}

// recordLapsed notes what is recorded of others before a consent is granted: that the
// time of those who would hold a part of the claim limit is over.
func (m *model) recordLapsed(granted *modelPart) {
	for _, p := range m.parts {
		if p.customer == granted.customer && p.offer == granted.offer && p.partner != granted.partner && p.consented && m.over(p) {
			m.record(p.partner, p.customer, p.offer)
		}
	}
}

// marks are when the partner is reminded of the deadline that runs.
func (p *modelPart) marks() []time.Time {
	var all []time.Time
	if d := p.deadline(); !d.IsZero() {
		for _, n := range storyReminders[p.recorded] {
			all = append(all, d.AddDate(0, 0, -n))
		}
	}
	return all
}

// eventsWith counts the events in the history of a partner with a customer.
func (m *model) eventsWith(partner, customer int) int {
	n := m.others[[2]int{partner, customer}]
	for _, p := range m.parts {
		if p.partner == partner && p.customer == customer {
			n += p.events
		}
	}
	return n
}

// amount is the one that says most.
func (p *modelPart) amount() int64 {
	for _, cents := range []int64{p.paid, p.approved, p.requested} {
		if cents != 0 {
			return cents
		}
	}
	return p.estimated
}

func dollars(cents int64) eligibility.Money {
	if cents == 0 {
		return eligibility.Money{}
	}
	return eligibility.Money{Amount: decimal.New(cents, -2), Currency: "USD"}
}

// inCents is exact: no amount of a story has less than a cent.
func inCents(m eligibility.Money) int64 { return m.Amount.Shift(2).IntPart() }
