package workflow_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
)

// A story is a sequence of steps by two partners, their customers and the clock.
// It is told twice: to the desk, and to a model that is written without it. After
// each step both must say the same.
//
// To keep a story that failed, put the steps that were printed into TestStories.
type story []step

// step is one thing that happens; what a and b mean depends on what it is.
type step struct {
	do   move
	a, b byte
}

type move byte

const (
	adds      move = iota // a partner adds a customer to an engagement
	claims                // a partner claims a customer for an engagement
	asks                  // for consent to the a-th newest participation
	reasks                // sends a new link for it
	changes               // asks somebody else
	accepts               // through the newest link, or an older one
	declines              //
	withdraws             //
	cancels               // the a-th newest participation
	waits                 // for a while
	goesBack              // the clock does
	jumps                 // to about a deadline of the a-th newest participation
	sweeps                //
	judges                // the program re-evaluates a partner's customers
	moves
)

var moveNames = [moves]string{
	"adds", "claims", "asks", "reasks", "changes", "accepts", "declines", "withdraws", "cancels", "waits", "goesBack", "jumps", "sweeps", "judges",
}

func (s story) String() string {
	var b strings.Builder
	for _, x := range s {
		fmt.Fprintf(&b, "\t{%s, %d, %d},\n", moveNames[x.do], x.a, x.b)
	}
	return b.String()
}

func storyOf(data []byte) story {
	const longest = 60
	var s story
	for ; len(data) >= 3 && len(s) < longest; data = data[3:] {
		s = append(s, step{move(data[0]) % moves, data[1], data[2]})
	}
	return s
}

var (
	storyActors    = []workflow.Actor{workflowtest.Northwind, workflowtest.Fabrikam}
	storyCustomers = []string{"contoso.com", "adatum.com"}
	storyOffers    = []struct {
		id           engagement.ID
		limit        int
		answer, work int // days
	}{{migration, 1, 30, 60}, {pilot, 2, 30, 200}}
	pauses = []time.Duration{time.Microsecond, time.Hour, day, 7 * day, 30 * day, 60 * day, 100 * day, 200 * day}
)

// model is what the program's rules say of a story.
type model struct {
	now    time.Time
	parts  []*modelPart
	known  map[[2]int]bool // by partner and customer
	events map[[2]int]int  // in the history of partner and customer
}

type modelPart struct {
	partner, customer, offer int
	id                       engagement.ParticipationID
	state                    string // as recorded: "new", "asked", "yes", "no", "back", "off", "late", "missed"
	consented                bool
	answerBy, submitBy       time.Time
	sends                    []time.Time
	links                    []consent.Token
}

// status is what has become of a participation by now, recorded or not.
func (m *model) status(p *modelPart) engagement.Status {
	switch {
	case p.state == "off":
		return engagement.Canceled
	case p.state == "no":
		return engagement.CustomerConsentDeclined
	case p.state == "back":
		return engagement.CustomerConsentWithdrawn
	case p.state == "missed", p.state == "yes" && !m.now.Before(p.submitBy):
		return engagement.NotSubmittedExpired
	case p.state == "yes":
		return engagement.CustomerConsentReceived
	case p.state == "late", !m.now.Before(p.answerBy):
		return engagement.CustomerConsentExpired
	case p.state == "asked":
		return engagement.AwaitingConsentResponse
	}
	return engagement.CustomerClaimed
}

func (m *model) open(p *modelPart) bool {
	s := m.status(p)
	return s == engagement.CustomerClaimed || s == engagement.AwaitingConsentResponse || s == engagement.CustomerConsentReceived
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

// full reports whether the claim limit leaves no room.
func (m *model) full(customer, offer int) bool {
	return m.granted(customer, offer) >= storyOffers[offer].limit
}

func (m *model) granted(customer, offer int) int {
	n := 0
	for _, p := range m.parts {
		if p.customer == customer && p.offer == offer && m.status(p) == engagement.CustomerConsentReceived {
			n++
		}
	}
	return n
}

func (m *model) claimable() bool {
	return !m.now.Before(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)) && m.now.Before(time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC))
}

// record notes the deadlines that have passed with a customer: whoever writes does.
func (m *model) record(customer, offer int) {
	for _, p := range m.parts {
		if p.customer != customer || p.offer != offer {
			continue
		}
		switch s := m.status(p); {
		case s == engagement.CustomerConsentExpired && p.state != "late":
			p.state = "late"
		case s == engagement.NotSubmittedExpired && p.state != "missed":
			p.state = "missed"
		default:
			continue
		}
		m.events[[2]int{p.partner, p.customer}]++
	}
}

func (m *model) happened(p *modelPart, n int) { m.events[[2]int{p.partner, p.customer}] += n }

// teller tells a story.
type teller struct {
	*model
	w *workflowtest.World
}

// stop is what a teller panics with.
type stop string

// Helper and Fatalf make a teller a workflowtest.T.
func (*teller) Helper()                        {}
func (*teller) Fatalf(format string, a ...any) { panic(stop(fmt.Sprintf(format, a...))) }

// tell tells a story, and returns what went wrong.
func tell(s story) (err error) {
	t := &teller{model: &model{known: map[[2]int]bool{}, events: map[[2]int]int{}}}
	at := -1
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			err = fmt.Errorf("after step %d: %s", at+1, r)
		default:
			panic(r)
		}
	}()
	t.w = workflowtest.New(t, workflowtest.Contoso)
	t.now = t.w.Now()
	for i, x := range s {
		at = i
		t.step(x)
		t.check()
		if i == len(s)-1 || i%8 == 7 {
			t.checkPages()
		}
	}
	return nil
}

func (t *teller) step(x step) {
	var p *modelPart
	if len(t.parts) > 0 {
		p = t.parts[len(t.parts)-1-int(x.a)%len(t.parts)]
	}
	switch x.do {
	case adds, claims:
		t.begin(x.do == claims, int(x.a)%2, int(x.a/2)%2, int(x.b)%2)
		return
	case waits:
		t.setNow(t.now.Add(pauses[int(x.a)%len(pauses)]))
		return
	case goesBack:
		t.setNow(t.now.Add(-pauses[int(x.a)%len(pauses)]))
		return
	case sweeps:
		t.sweep()
		return
	case judges:
		t.judge(int(x.a) % 2)
		return
	}
	if p == nil {
		return
	}
	switch x.do {
	case asks, reasks, changes:
		t.ask(x.do, p)
	case accepts:
		t.answer(p, consent.DecisionAccept, int(x.b))
	case declines:
		t.answer(p, consent.DecisionDecline, int(x.b))
	case withdraws:
		t.answer(p, consent.DecisionWithdraw, int(x.b))
	case cancels:
		t.cancel(p)
	case jumps:
		to := p.answerBy
		if p.consented && x.b&1 == 1 {
			to = p.submitBy
		}
		t.setNow(to.Add(time.Duration(int(x.b/2)%3-1) * time.Microsecond))
	}
}

func (t *teller) setNow(now time.Time) {
	t.now = now
	t.w.SetNow(now)
}

// expect compares how a command came out with how it must: with exactly these of
// the refusals, or with none.
func (t *teller) expect(what string, err error, want ...error) bool {
	for _, s := range append(slices.Clone(refusals), workflow.ErrNotClaimable) {
		if got := errors.Is(err, s); got != slices.Contains(want, s) {
			t.Fatalf("%s: the error is %v, want %v", what, err, want)
		}
	}
	if (err == nil) != (len(want) == 0) {
		t.Fatalf("%s: the error is %v, want %v", what, err, want)
	}
	t.w.Relayed()
	return err == nil
}

func (t *teller) begin(claim bool, partner, customer, offer int) {
	w, id := t.w.As(storyActors[partner]), storyOffers[offer].id
	at := []engagement.LocationID{lisboa, madrid}[partner]
	known := t.known[[2]int{partner, customer}]
	var want []error
	if claim && !known {
		want = []error{workflow.ErrNotKnown}
	} else {
		if !t.claimable() {
			want = append(want, workflow.ErrNotClaimable)
		}
		switch {
		case t.openOf(partner, customer, offer) != nil:
			want = append(want, workflow.ErrOpenParticipation)
		case !claim && known:
			want = append(want, workflow.ErrAlreadyKnown)
		}
		if t.openOf(partner, customer, offer) == nil && t.full(customer, offer) {
			want = append(want, workflow.ErrNotEligible)
		}
	}
	var started []workflow.Started
	var err error
	if claim {
		started, err = w.Desk.ClaimCustomer(background, w.Actor, workflow.ClaimCustomer{
			Key: w.Key(), Customer: w.Customer(storyCustomers[customer]), Location: at, Engagements: []engagement.ID{id},
		})
	} else {
		started, err = w.Desk.AddCustomer(background, w.Actor, workflow.AddCustomer{
			Key: w.Key(), Candidate: workflow.Candidate{Location: at, Domain: storyCustomers[customer]}, Engagements: []engagement.ID{id},
		})
	}
	if !t.expect("begin", err, want...) {
		return
	}
	t.record(customer, offer)
	p := &modelPart{partner: partner, customer: customer, offer: offer, id: started[0].ID, state: "new"}
	p.answerBy = t.now.Add(time.Duration(storyOffers[offer].answer) * day)
	t.parts = append(t.parts, p)
	t.happened(p, 1)
}

func (t *teller) ask(how move, p *modelPart) {
	w := t.w.As(storyActors[p.partner])
	var want []error
	switch {
	case how == asks && t.status(p) != engagement.CustomerClaimed, how != asks && t.status(p) != engagement.AwaitingConsentResponse,
		how != asks && len(p.sends) == 5, how == reasks && t.now.Before(p.sends[len(p.sends)-1].Add(day)):
		want = []error{workflow.ErrNotNow}
		if t.status(p) == engagement.CustomerConsentExpired {
			want = append(want, consent.ErrExpired)
		} else if s := t.status(p); how == asks || s != engagement.AwaitingConsentResponse {
			want = append(want, consent.ErrNotAllowed)
		}
	case t.full(p.customer, p.offer):
		want = []error{workflow.ErrNotNow, consent.ErrTakenElsewhere}
	}
	req := workflow.ConsentRequest{Key: w.Key(), Customer: []string{fmt.Sprintf("c%d@customer.example", len(p.sends))}, Partner: []string{"us@partner.example"}}
	var err error
	switch how {
	case asks:
		_, err = w.Desk.RequestConsent(background, w.Actor, p.id, req)
	case reasks:
		_, err = w.Desk.ResendConsent(background, w.Actor, p.id, req.Key)
	default:
		_, err = w.Desk.ChangeContacts(background, w.Actor, p.id, req)
	}
	if !t.expect(moveNames[how], err, want...) {
		return
	}
	t.record(p.customer, p.offer)
	p.state = "asked"
	p.sends = append(p.sends, t.now)
	p.links = w.Links(p.id)
	t.happened(p, 2) // asked, and sent
}

// answer decides through the newest link, or the one that many before it.
func (t *teller) answer(p *modelPart, d consent.Decision, before int) {
	if len(p.links) == 0 {
		return
	}
	if before = before % 4; before >= len(p.links) {
		before = 0
	}
	var want error
	switch s := t.status(p); {
	case before > 0:
		want = consent.ErrLinkVoid
	case s == engagement.Canceled:
		want = consent.ErrNotAllowed
	case s == engagement.CustomerConsentExpired:
		want = consent.ErrExpired
	case p.state == "no", p.state == "back", p.consented && d != consent.DecisionWithdraw:
		want = consent.ErrAlreadyAnswered
	case !p.consented && d == consent.DecisionWithdraw:
		want = consent.ErrNotAllowed
	case d == consent.DecisionAccept && t.full(p.customer, p.offer):
		want = consent.ErrTakenElsewhere
	}
	link := p.links[len(p.links)-1-before]
	err := answer(t.w, link, d)
	if want != nil {
		t.expect(string(d), err, want)
		return
	}
	t.expect(string(d), err)
	t.record(p.customer, p.offer)
	t.happened(p, 1)
	switch d {
	case consent.DecisionDecline:
		p.state = "no"
	case consent.DecisionWithdraw:
		p.state = "back"
	case consent.DecisionAccept:
		p.state, p.consented = "yes", true
		p.submitBy = t.now.Add(time.Duration(storyOffers[p.offer].work) * day)
		if who := [2]int{p.partner, p.customer}; !t.known[who] {
			t.known[who] = true
			t.happened(p, 1)
			for offer := range storyOffers { // it gets its row everywhere
				t.record(p.customer, offer)
			}
		}
	}
}

func (t *teller) cancel(p *modelPart) {
	w := t.w.As(storyActors[p.partner])
	var want []error
	if !t.open(p) {
		want = []error{workflow.ErrNotNow}
	}
	if t.expect("cancel", w.Desk.Cancel(background, w.Actor, p.id, workflow.CancelParticipation{Key: w.Key()}), want...) {
		t.record(p.customer, p.offer)
		p.state = "off"
		t.happened(p, 1)
	}
}

// sweep records everything, and changes nothing that can be seen.
func (t *teller) sweep() {
	before := t.pages()
	t.w.Swept()
	t.w.Relayed()
	if after := t.pages(); after != before {
		t.Fatalf("a sweep has changed what is shown\nfrom %s\nto   %s", before, after)
	}
	for customer := range storyCustomers {
		for offer := range storyOffers {
			t.record(customer, offer)
		}
	}
}

func (t *teller) judge(partner int) {
	t.w.As(storyActors[partner]).Reevaluated()
	t.w.Relayed()
	for customer := range storyCustomers {
		for offer := range storyOffers {
			if t.events[[2]int{partner, customer}] > 0 { // it is the partner's customer
				t.record(customer, offer)
			}
		}
	}
}

// check compares every participation with the model.
func (t *teller) check() {
	for i, p := range t.parts {
		w := t.w.As(storyActors[p.partner])
		got, err := w.Desk.Participation(background, w.Actor, p.id)
		if err != nil {
			t.Fatalf("participation %d: %v", i, err)
		}
		if s := got.StatusAt(t.now); s != t.status(p) {
			t.Fatalf("participation %d is %q, want %q", i, s, t.status(p))
		}
		if !got.Consent.Deadline.Equal(p.answerBy) {
			t.Fatalf("participation %d can be answered until %s, want %s", i, got.Consent.Deadline, p.answerBy)
		}
		if (got.Claim != nil) != p.consented || got.Claim != nil && !got.Claim.SubmitBy.Equal(p.submitBy) {
			t.Fatalf("participation %d has the claim %+v, want one until %s", i, got.Claim, p.submitBy)
		}
	}
	for customer := range storyCustomers {
		for offer, o := range storyOffers {
			if n := t.granted(customer, offer); n > o.limit {
				t.Fatalf("%d are granted in %s", n, o.id)
			}
		}
	}
}

// pages is everything that both partners see on their Customers pages.
func (t *teller) pages() string {
	var b strings.Builder
	for _, actor := range storyActors {
		for _, o := range storyOffers {
			for _, tab := range engagement.AllTabs() {
				page, err := t.w.Desk.Customers(background, actor, o.id, workflow.CustomersQuery{Tab: tab})
				if err != nil {
					t.Fatalf("the page: %v", err)
				}
				if page.Counts[tab] != len(page.Rows) {
					t.Fatalf("the tab %s of %s counts %d and has %d rows", tab, o.id, page.Counts[tab], len(page.Rows))
				}
				fmt.Fprintf(&b, "%s %s %s %+v\n", actor.Partner, o.id, tab, page.Rows)
			}
		}
	}
	return b.String()
}

// checkPages compares the Customers pages and the histories with the model.
func (t *teller) checkPages() {
	t.pages()
	for partner, actor := range storyActors {
		for offer, o := range storyOffers {
			var want, got []string
			for customer, domain := range storyCustomers {
				for _, p := range t.parts {
					if p.partner != partner || p.offer != offer || p.customer != customer {
						continue
					}
					var tab engagement.Tab
					switch {
					case t.open(p) && (p.consented || !t.full(customer, offer)):
						tab = engagement.TabEligible
					case t.open(p):
						tab = engagement.TabIneligible
					case p.consented:
						tab = engagement.TabComplete
					default:
						continue
					}
					want = append(want, fmt.Sprint(tab, " ", domain, " ", t.status(p)))
				}
				if t.known[[2]int{partner, customer}] && t.openOf(partner, customer, offer) == nil {
					tab := engagement.TabEligible
					if t.full(customer, offer) {
						tab = engagement.TabIneligible
					}
					want = append(want, fmt.Sprint(tab, " ", domain, " "))
				}
			}
			for _, tab := range engagement.AllTabs() {
				for _, r := range t.w.As(actor).Rows(o.id, tab) {
					got = append(got, fmt.Sprint(tab, " ", r.Identity.Domain, " ", r.Status))
					if (tab == engagement.TabIneligible) != (len(r.Reasons) > 0) {
						t.Fatalf("a row of %s has the reasons %v", tab, r.Reasons)
					}
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Fatalf("%s has in %s the rows %q, want %q", actor.Partner, o.id, got, want)
			}
		}
		for customer, domain := range storyCustomers {
			events, err := t.w.Desk.History(background, actor, t.w.Customer(domain))
			if n := t.events[[2]int{partner, customer}]; len(events) != n || err != nil && n > 0 {
				t.Fatalf("%s has %d events with %s, want %d (%v)", actor.Partner, len(events), domain, n, err)
			}
		}
	}
}

// shorten leaves out of a failing story what it fails without.
func shorten(s story) story {
	for size := len(s) / 2; size > 0; {
		shorter := false
		for i := 0; i+size <= len(s); i++ {
			if next := slices.Delete(slices.Clone(s), i, i+size); tell(next) != nil {
				s, shorter = next, true
				break
			}
		}
		if !shorter {
			size /= 2
		}
	}
	return s
}

func report(t *testing.T, s story, err error) {
	t.Helper()
	if err != nil {
		s = shorten(s)
		t.Fatalf("%v, shortened:\n%v\n%s", err, tell(s), s)
	}
}

// Stories that mattered once.
func TestStories(t *testing.T) {
	for name, s := range map[string]story{
		"of two partners one is granted": {{adds, 0, 0}, {adds, 1, 0}, {asks, 0, 0}, {asks, 1, 0}, {accepts, 1, 0}, {accepts, 0, 0}, {declines, 0, 0}},
		"a place is freed and claimed again": {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {withdraws, 0, 0}, {claims, 0, 0}, {asks, 0, 0},
			{accepts, 0, 0}, {jumps, 0, 3}, {claims, 0, 0}},
		"the clock goes back over what was recorded": {{adds, 0, 0}, {asks, 0, 0}, {jumps, 0, 2}, {sweeps, 0, 0}, {goesBack, 4, 0}, {accepts, 0, 0}, {adds, 0, 0}},
		"the clock goes back over what was not":      {{adds, 0, 0}, {asks, 0, 0}, {jumps, 0, 2}, {goesBack, 4, 0}, {accepts, 0, 0}, {judges, 0, 0}},
		"a withdrawal after the claim was missed":    {{adds, 0, 0}, {asks, 0, 0}, {accepts, 0, 0}, {jumps, 0, 3}, {withdraws, 0, 0}, {sweeps, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) { report(t, s, tell(s)) })
	}
}

// Many stories at random. A failing one is printed so short that it can become a
// test.
func TestRandomStories(t *testing.T) {
	for seed := range uint64(stories) {
		s := randomStory(rand.New(rand.NewPCG(seed, 7)))
		report(t, s, tell(s))
	}
}

// randomStory makes a story in which much happens: about few customers, most steps
// in order, most pauses short.
func randomStory(r *rand.Rand) story {
	weights := [moves]int{adds: 6, claims: 3, asks: 9, reasks: 4, changes: 2, accepts: 8, declines: 1, withdraws: 2, cancels: 1, waits: 5, goesBack: 1, jumps: 2, sweeps: 1, judges: 1}
	var all []move
	for do, n := range weights {
		all = append(all, slices.Repeat([]move{move(do)}, n)...)
	}
	s := make(story, 25+r.IntN(10))
	for i := range s {
		x := step{all[r.IntN(len(all))], byte(r.IntN(8)), byte(r.IntN(6))}
		switch x.do {
		case adds, claims:
			if r.IntN(6) > 0 {
				x.a &= 1 // the first customer
			}
		case accepts, declines, withdraws:
			x.a %= 3
			if r.IntN(5) > 0 {
				x.b = 0 // the newest link
			}
		case asks, reasks, changes, jumps:
			x.a %= 3
		case waits, goesBack:
			if r.IntN(8) > 0 {
				x.a = 2 // a day
			}
		}
		s[i] = x
	}
	return s
}

func FuzzStory(f *testing.F) {
	f.Add([]byte{byte(adds), 0, 0, byte(asks), 0, 0, byte(accepts), 0, 0, byte(jumps), 0, 3, byte(claims), 0, 0})
	f.Add([]byte{byte(adds), 0, 1, byte(adds), 1, 1, byte(adds), 2, 0, byte(asks), 0, 0, byte(asks), 1, 0, byte(accepts), 0, 0, byte(accepts), 1, 0, byte(judges), 0, 0})
	f.Add([]byte{byte(adds), 0, 0, byte(asks), 0, 0, byte(waits), 2, 0, byte(reasks), 0, 0, byte(declines), 0, 1, byte(changes), 0, 0, byte(goesBack), 3, 0, byte(sweeps), 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		s := storyOf(data)
		report(t, s, tell(s))
	})
}
