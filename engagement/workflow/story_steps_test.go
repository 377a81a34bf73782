package workflow_test

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/evidence/evidencetest"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

var (
	storyActors    = []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam}
	storyLocations = [][]engagement.LocationID{{lisboa, porto}, {madrid}}
	storyCustomers = []string{"contoso.com", "adatum.com"}
	pauses         = []time.Duration{time.Microsecond, time.Hour, day, 7 * day, 30 * day, 60 * day, 100 * day, 200 * day}
)

// storyWorld is Contoso with the two engagements of the stories.
func storyWorld(kept *evidencetest.Memory) workflowtest.Scenario {
	sc := workflowtest.Contoso()
	sc.Engagements = []engagement.Engagement{sc.Engagements[0], sc.Engagements[2]}
	sc.Customers = sc.Customers[:2]
	form, own := survey.CustomerForm(), survey.PartnerForm()
	always := eligibility.DateOf(time.Unix(0, 0)) // no clock goes back so far
	for i, o := range storyOffers {
		e := &sc.Engagements[i]
		e.Proof = []claim.ProofItem{
			{Kind: claim.ProofFindings, Title: "Findings", Required: true, AtLeast: o.needs},
			{Kind: claim.ProofCustomerSurvey, Title: "Customer survey", Required: o.needsSurvey, Survey: &form},
			{Kind: claim.ProofPartnerSurvey, Title: "Partner survey", Survey: &own},
		}
		estimated, most := o.pays(sc.Start)
		e.Rates = []engagement.Rate{{From: always, Amount: dollars(estimated), Cap: dollars(most)}}
		if raised, most := o.pays(storyRaise); raised != estimated {
			e.Rates = append(e.Rates, engagement.Rate{From: eligibility.DateOf(storyRaise), Amount: dollars(raised), Cap: dollars(most)})
		}
	}
	schedule := engagement.DefaultReminders()
	schedule.Consent = storyReminders[engagement.StatusCustomerClaimed]
	schedule.Submission = storyReminders[engagement.StatusConsentReceived]
	schedule.Action = storyReminders[engagement.StatusPartnerActionRequired]
	schedule.Dispute = storyReminders[engagement.StatusRejected]
	sc.Options.Reminders, sc.Options.Evidence = &schedule, kept
	return sc
}

// teller tells a story.
type teller struct {
	*model
	w     *workflowtest.World
	kept  *evidencetest.Memory
	shown map[engagement.Status]bool // statuses that were met
}

// stop is what a teller panics with.
type stop string

// Helper and Fatalf make a teller a workflowtest.T.
func (*teller) Helper()                        {}
func (*teller) Fatalf(format string, a ...any) { panic(stop(fmt.Sprintf(format, a...))) }

// tell tells a story, and returns the statuses that it met and what went wrong.
func tell(s story) (shown map[engagement.Status]bool, err error) {
	t := &teller{kept: &evidencetest.Memory{}, shown: map[engagement.Status]bool{}}
	at := -1
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			err = fmt.Errorf("after step %d: %s", at+1, r)
		default:
			panic(fmt.Sprintf("%v in the story\n%s", r, s))
		}
	}()
	t.w = workflowtest.New(t, func() workflowtest.Scenario { return storyWorld(t.kept) })
	t.model = newModel(t.w.Now())
	for i, x := range s {
		at = i
		t.step(x)
		t.check()
		if i%8 == 7 {
			t.checkPages()
		}
	}
	t.checkPages()
	t.checkStored()
	t.sweep()
	t.check()
	t.checkMessages()
	t.checkStored()
	return t.shown, nil
}

func (t *teller) step(x step) {
	a, b := int(x.a), int(x.b)
	switch x.do {
	case adds, claims:
		t.begin(x.do == claims, a%2, a/2%2, b%2, b/2)
		return
	case waits:
		t.setNow(t.now.Add(pauses[a%len(pauses)]))
		return
	case goesBack:
		t.setNow(t.now.Add(-pauses[a%len(pauses)]))
		return
	case sweeps:
		t.sweep()
		return
	case judges:
		t.judge(a % 2)
		return
	}
	if len(t.parts) == 0 {
		return
	}
	p := t.parts[len(t.parts)-1-a%len(t.parts)]
	switch x.do {
	case asks, reasks, changes:
		t.ask(x.do, p)
	case turns:
		t.turn(p)
	case accepts:
		t.answer(p, consent.DecisionAccept, b)
	case declines:
		t.answer(p, consent.DecisionDecline, b)
	case withdraws:
		t.answer(p, consent.DecisionWithdraw, b)
	case cancels:
		t.cancel(p)
	case jumps:
		t.jump(p, b)
	default:
		t.stepOfClaim(x.do, p, b)
	}
}

// setNow sets the clock. Before it is put back a sweep records what other partners
// have relied on: their rows are as of the clock that was ahead.
func (t *teller) setNow(now time.Time) {
	if now.Before(t.now) && slices.ContainsFunc(t.parts, func(p *modelPart) bool { return p.reliedOn && t.over(p) }) {
		t.sweep()
	}
	t.now = now
	t.w.SetNow(now)
}

// jump goes to about a deadline: the one that runs, or another, and right before it,
// to it, right after it, or to about a reminder of it.
func (t *teller) jump(p *modelPart, b int) {
	to := []time.Time{p.deadline(), p.submitBy, p.reviewBy, p.disputeBy}[b%4]
	if to.IsZero() {
		to = p.answerBy
	}
	by := []time.Duration{-tick, 0, tick, -7 * day, -day}[b/4%5]
	t.setNow(to.Add(by))
}

// expect compares how a command came out with how it must: with exactly these of
// the refusals, or with none.
func (t *teller) expect(what string, err error, want ...error) bool {
	if wrong := refusedWith(err, want); wrong != "" {
		t.Fatalf("%s: %s", what, wrong)
	}
	t.w.Relayed()
	return err == nil
}

func (t *teller) begin(claim bool, partner, customer, offer, location int) {
	w, id := t.w.As(storyActors[partner]), storyOffers[offer].id
	at := storyLocations[partner][location%len(storyLocations[partner])]
	known := t.known[[2]int{partner, customer}]
	var want []error
	if claim && !known {
		want = []error{errtest.Type[*workflow.NotKnownError]()}
	} else {
		if !t.claimable() {
			want = append(want, errtest.Type[*workflow.NotClaimableError]())
		}
		open := t.openOf(partner, customer, offer) != nil
		switch {
		case open:
			want = append(want, errtest.Type[*workflow.OpenParticipationError]())
		case !claim && known:
			want = append(want, errtest.Type[*workflow.AlreadyKnownError]())
		}
		if !open && t.full(customer, offer) {
			want = append(want, errtest.Type[*workflow.NotEligibleError]())
		}
	}
	var started []workflow.ParticipationView
	var err error
	if claim {
		started, err = w.Desk.Customers.Claim(background, w.Actor.Request(w.Key()), workflow.ClaimCustomer{
			Customer: w.Customer(storyCustomers[customer]), Location: at, Engagements: []engagement.ID{id},
		})
	} else {
		started, err = w.Desk.Customers.Add(background, w.Actor.Request(w.Key()), workflow.AddCustomer{
			Candidate: workflow.Candidate{Location: at, Domain: storyCustomers[customer]}, Engagements: []engagement.ID{id},
		})
	}
	if !t.expect("begin", err, want...) {
		return
	}
	t.record(partner, customer, offer)
	p := &modelPart{partner: partner, customer: customer, offer: offer, location: at, id: started[0].ID, recorded: engagement.StatusCustomerClaimed}
	p.answerBy = t.now.AddDate(0, 0, storyWindow)
	t.parts = append(t.parts, p)
	t.happened(p, 1)
}

func (t *teller) ask(how move, p *modelPart) {
	w := t.w.As(storyActors[p.partner])
	s := t.status(p)
	if how == changes && (s == engagement.StatusCustomerClaimed || p.consented && s != engagement.StatusConsentWithdrawn && s != engagement.StatusCanceled) {
		t.rename(p)
		return
	}
	var want []error
	switch {
	case s == engagement.StatusConsentExpired:
		want = []error{errtest.Type[*workflow.WrongStateError](), linkExpired}
	case how == asks && s != engagement.StatusCustomerClaimed, how != asks && s != engagement.StatusAwaitingConsentResponse:
		want = []error{errtest.Type[*workflow.WrongStateError](), linkNotAllowed}
	case how != asks && len(p.sends) == 5:
		want = []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*link.TooManyError]()}
	case how == reasks && !t.maySend(p):
		want = []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*link.TooSoonError]()}
	case t.full(p.customer, p.offer):
		want = []error{errtest.Type[*workflow.WrongStateError](), consent.ErrTakenElsewhere}
	}
	reqKey, req := w.Key(), workflow.RequestConsent{Customer: workflow.ByEmail(fmt.Sprintf("c%d@customer.example", len(p.sends))), Partner: workflow.ByEmail("us@partner.example")}
	var err error
	switch how {
	case asks:
		_, err = w.Desk.Consents.Request(background, w.Actor.Request(reqKey), p.id, req)
	case reasks:
		_, err = w.Desk.Consents.Resend(background, w.Actor.Request(reqKey), p.id)
	default:
		_, err = w.Desk.Consents.ChangeContacts(background, w.Actor.Request(reqKey), p.id, workflow.ChangeContacts(req))
	}
	if !t.expect(moveNames[how], err, want...) {
		return
	}
	t.record(p.partner, p.customer, p.offer)
	p.recorded = engagement.StatusAwaitingConsentResponse
	p.sends = append(p.sends, t.now)
	p.links = w.Links(p.id)
	t.told[engagement.MessageConsentRequest]++
	t.happened(p, 2) // asked, and sent
}

// rename names another contact of the customer where nobody is being asked: it is
// written to from then on, and not for that.
func (t *teller) rename(p *modelPart) {
	w := t.by(p)
	var want []error
	switch {
	case p.survey.done:
		want = []error{errtest.Type[*workflow.WrongStateError](), linkNotAllowed}
	case !t.open(p):
		want = []error{errtest.Type[*workflow.WrongStateError]()}
	}
	_, err := w.Desk.Consents.ChangeContacts(background, w.Actor.Request(w.Key()), p.id, workflow.ChangeContacts{Customer: workflow.ByEmail(fmt.Sprintf("n%d@customer.example", p.events))})
	t.did("name contacts", p, 1, err, want)
}

// turn names another contact of the partner, until there is nothing more to be paid.
func (t *teller) turn(p *modelPart) {
	w := t.by(p)
	var want []error
	if !t.open(p) && t.status(p) != engagement.StatusApproved {
		want = []error{errtest.Type[*workflow.WrongStateError]()}
	}
	t.did("turn", p, 1, errOf(w.Desk.Consents.ChangePartnerContacts(background, w.Actor.Request(w.Key()), p.id, workflow.ChangePartnerContacts{Partner: workflow.ByEmail(fmt.Sprintf("us%d@partner.example", p.events))})), want)
}

// newestBut returns the newest link, or the one so many before it, and whether that
// is void.
func newestBut(before int, links []link.Token) (link.Token, bool) {
	if before %= 4; before >= len(links) {
		before = 0
	}
	return links[len(links)-1-before], before > 0
}

// answer decides through a link.
func (t *teller) answer(p *modelPart, d consent.Decision, before int) {
	if len(p.links) == 0 {
		return
	}
	token, void := newestBut(before, p.links)
	var want error
	switch s := t.status(p); {
	case void:
		want = errtest.Type[*link.VoidError]()
	case s == engagement.StatusCanceled:
		want = linkNotAllowed
	case s == engagement.StatusConsentExpired:
		want = linkExpired
	case p.decided == d:
		t.expect(string(d)+" again", answer(t.w, token, d)) // and nothing happens
		t.record(p.partner, p.customer, p.offer)
		return
	case p.decided != "" && !(p.decided == consent.DecisionAccept && d == consent.DecisionWithdraw):
		want = linkAnswered
	case !p.consented && d == consent.DecisionWithdraw:
		want = linkNotAllowed
	case d == consent.DecisionAccept && t.full(p.customer, p.offer):
		want = consent.ErrTakenElsewhere
	}
	err := answer(t.w, token, d)
	if want != nil {
		t.expect(string(d), err, want)
		return
	}
	t.expect(string(d), err)
	t.record(p.partner, p.customer, p.offer)
	p.decided = d
	switch d {
	case consent.DecisionDecline:
		p.recorded = engagement.StatusConsentDeclined
		t.model.tell(engagement.MessageConsentDeclined)
	case consent.DecisionWithdraw:
		if p.flagged = p.submitted; !p.flagged {
			p.recorded = engagement.StatusConsentWithdrawn
		}
		t.model.tell(engagement.MessageConsentWithdrawn)
	case consent.DecisionAccept:
		o := storyOffers[p.offer]
		t.recordLapsed(p)
		p.recorded, p.consented = engagement.StatusConsentReceived, true
		p.submitBy, p.reviewBy = t.now.AddDate(0, 0, o.submit), t.now.AddDate(0, 0, o.review)
		p.estimated, p.most = o.pays(t.now)
		t.model.tell(engagement.MessageConsentGranted)
		if who := [2]int{p.partner, p.customer}; !t.known[who] {
			t.known[who] = true
			t.others[who]++
			for offer := range storyOffers { // it gets its row everywhere
				t.record(p.partner, p.customer, offer)
			}
		}
	}
	t.happened(p, 1)
}

func (t *teller) cancel(p *modelPart) {
	w := t.w.As(storyActors[p.partner])
	var want []error
	switch {
	case !t.open(p):
		want = []error{errtest.Type[*workflow.WrongStateError]()}
	case p.submitted:
		want = []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.NotAllowedError]()}
	}
	if t.expect("cancel", errOf(w.Desk.Claims.Cancel(background, w.Actor.Request(w.Key()), p.id, workflow.Cancel{})), want...) {
		t.record(p.partner, p.customer, p.offer)
		p.recorded = engagement.StatusCanceled
		if len(p.sends) > 0 {
			t.told[engagement.MessageCanceled]++ // to the customer's contact, who was asked
		}
		t.happened(p, 1)
	}
}

// sweep records everything, and changes nothing that can be seen.
func (t *teller) sweep() {
	before := t.pages()
	t.w.Swept()
	t.w.Relayed()
	for i, after := range t.pages() {
		if !reflect.DeepEqual(after, before[i]) {
			t.Fatalf("a sweep has changed what is shown\nfrom %+v\nto   %+v", before[i], after)
		}
	}
	for partner := range storyActors {
		for customer := range storyCustomers {
			for offer := range storyOffers {
				t.record(partner, customer, offer)
			}
		}
	}
}

func (t *teller) judge(partner int) {
	t.w.As(storyActors[partner]).Reevaluated()
	t.w.Relayed()
	for customer := range storyCustomers {
		for offer := range storyOffers {
			if t.eventsWith(partner, customer) > 0 { // it is the partner's customer
				t.record(partner, customer, offer)
			}
		}
	}
}
