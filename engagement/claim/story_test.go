package claim_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/eligibility"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
	"github.com/partnerengage/partnerengage/internal/errtest"
	"github.com/shopspring/decimal"
)

// A story is a sequence of steps by the partner, the customer, the program and the
// clock. It is told twice: to Apply, and to a model that is written without it.
// After each step both must say the same.
//
// To keep a story that failed, put the steps that were printed into TestStories.
type story []step

// step is one thing that happens; what n means depends on what it is.
type step struct {
	do move
	n  byte
}

type move byte

const (
	adds      move = iota // a document
	drops                 // the oldest document
	sends                 // the survey to the n-th contact
	resends               // it to the same
	answers               // through the newest link, or an older one
	says                  // a comment
	submits               // with the n-th amount
	recalls               // what was submitted
	starts                // the review
	asksFor               // action
	approves              // the n-th amount, with words for more than the cap or without
	rejects               //
	disputes              //
	pays                  // the n-th part
	cancels               //
	withdraws             //
	records               // that a deadline has passed
	waits                 // for a while
	goesBack              // the clock does
	jumps                 // to about a deadline
	moves
)

var moveNames = [moves]string{
	"adds", "drops", "sends", "resends", "answers", "says", "submits", "recalls", "starts", "asksFor", "approves", "rejects", "disputes", "pays",
	"cancels", "withdraws", "records", "waits", "goesBack", "jumps",
}

func (s story) String() string {
	var b strings.Builder
	for _, x := range s {
		fmt.Fprintf(&b, "\t{%s, %d},\n", moveNames[x.do], x.n)
	}
	return b.String()
}

var (
	pauses   = []time.Duration{day, tick, time.Hour, 2 * day, 10 * day, 30 * day, 70 * day, 200 * day}
	contacts = []string{"ana@contoso.com", "bruno@contoso.com"}
)

const theCap = 500_000 // cents

// model is what the program's rules say of a claim.
type model struct {
	now                          time.Time
	state                        string // as recorded
	submitBy, reviewBy, answerBy time.Time
	docs                         []int // their numbers
	added                        int
	asked                        []ask
	done                         bool
	submissions, reviews, said   int
	recalled                     int
	disputed                     bool
	requested, approved, paid    int64 // cents
}

type ask struct {
	to string
	at time.Time
}

// is tells what has become of the claim by now, recorded or not.
func (m *model) is() string {
	over := func(deadline time.Time) bool { return !m.now.Before(deadline) }
	switch {
	case m.state == "draft" && m.reviews > 0 && over(m.reviewBy):
		return "post submission expired"
	case m.state == "draft" && m.reviews == 0 && over(m.submitBy):
		return "not submitted expired"
	case m.state == "action required" && over(m.reviewBy):
		return "post submission expired"
	case m.state == "rejected" && over(m.answerBy):
		return "undisputed"
	case m.state == "disputed" && over(m.answerBy):
		return "disputed expired"
	}
	return m.state
}

// editable reports whether the partner is at work on its proof.
func (m *model) editable() bool {
	return slices.Contains([]string{"draft", "action required", "disputed"}, m.is())
}

// awaited reports whether a survey can still be sent and answered: while it is at
// work, and until the program has decided.
func (m *model) awaited() bool {
	return m.editable() || slices.Contains([]string{"submitted", "under review"}, m.is())
}

// no is the refusal of what the status does not allow.
func (m *model) no() error {
	if strings.HasSuffix(m.is(), "expired") {
		return errtest.Type[*claim.ExpiredError]()
	}
	return errtest.Type[*claim.NotAllowedError]()
}

// settled notes the deadline that has passed: whoever changes the claim does.
func (m *model) settled() { m.state = m.is() }

func (m *model) whole() bool { return len(m.docs) > 0 && m.done }

// try makes an event and says how the rules refuse it; if they do not, done is what
// changes by it.
func (m *model) try(x step) (e claim.Event, done func(), refusal error) {
	nothing := func() {}
	switch x.do {
	case adds:
		id := claim.EvidenceID(fmt.Sprint("e", m.added))
		if !m.editable() {
			return addDocument(id), nil, m.no()
		}
		if len(m.docs) == claim.MaxDocuments {
			return addDocument(id), nil, errtest.Type[*claim.InvalidError]()
		}
		return addDocument(id), func() { m.docs = append(m.docs, m.added); m.added++ }, nil
	case drops:
		var id claim.EvidenceID = "none"
		if len(m.docs) > 0 {
			id = claim.EvidenceID(fmt.Sprint("e", m.docs[0]))
		}
		e = claim.RemoveEvidence{ID: id}
		if !m.editable() {
			return e, nil, m.no()
		}
		if id == "none" {
			return e, nil, errtest.Type[*claim.NotFoundError]()
		}
		return e, func() { m.docs = m.docs[1:] }, nil
	case sends, resends:
		return m.trySurvey(x)
	case answers:
		at := len(m.asked) - 1 - int(x.n)%4/3
		given := customerAnswers()
		other := x.n >= 128 && m.done
		if other {
			given["satisfaction"] = "1"
		}
		e = claim.AnswerSurvey{Survey: claim.ProofCustomerSurvey, Link: link.ID(fmt.Sprint("l", at)), Answers: given}
		switch {
		case !m.awaited(), !m.editable() && !m.now.Before(m.reviewBy):
			return e, nil, m.no()
		case at < 0:
			return e, nil, link.ErrUnknown
		case at < len(m.asked)-1:
			return e, nil, errtest.Type[*link.VoidError]()
		case other:
			return e, nil, errtest.Type[*survey.AlreadyAnsweredError]()
		}
		return e, func() { m.done = true }, nil
	case says:
		e = claim.AddComment{By: claim.SidePartner, Text: "A word."}
		if !m.editable() && !slices.Contains([]string{"submitted", "under review", "approved", "rejected"}, m.is()) {
			return e, nil, m.no()
		}
		return e, func() { m.said++ }, nil
	case submits:
		amount := []int64{0, 0, 0, 300_000, 600_001}[x.n%5]
		sub := claim.Submit{ReviewBy: m.now.AddDate(0, 0, 30)}
		if amount > 0 {
			sub.Requested = cents(amount)
		}
		if !m.editable() {
			return sub, nil, m.no()
		}
		if !m.whole() {
			return sub, nil, errtest.Type[*claim.IncompleteError]()
		}
		return sub, func() {
			if m.state == "disputed" {
				m.reviewBy = sub.ReviewBy
			}
			switch {
			case amount > 0:
				m.requested = amount
			case m.requested == 0:
				m.requested = 500_000
			}
			m.state = "submitted"
			m.submissions++
		}, nil
	case recalls:
		by := m.submitBy // as without the submission
		if m.reviews > 0 {
			by = m.reviewBy
		}
		switch {
		case m.is() != "submitted", !m.now.Before(by):
			return recall(), nil, m.no()
		case m.recalled == claim.MaxRecalls:
			return recall(), nil, errtest.Type[*claim.InvalidError]()
		}
		return recall(), func() { m.state = "draft"; m.recalled++ }, nil
	case starts:
		if m.is() != "submitted" {
			return claim.StartReview{}, nil, m.no()
		}
		return claim.StartReview{}, func() { m.state = "under review" }, nil
	case asksFor:
		if m.is() != "under review" || !m.now.Before(m.reviewBy) {
			return askFor("Sign it."), nil, m.no()
		}
		return askFor("Sign it."), func() { m.state = "action required"; m.reviews++ }, nil
	case approves:
		amount := []int64{500_000, 1, 250_050, 500_001}[x.n%4]
		yes := claim.Approve{Amount: cents(amount)}
		if words := x.n%16 >= 12 != (x.n >= 128); words {
			yes.Override = "Agreed."
		}
		switch {
		case m.is() != "under review":
			return yes, nil, m.no()
		case amount > theCap && yes.Override == "":
			return yes, nil, errtest.Type[*claim.AmountError]()
		case amount <= theCap && yes.Override != "":
			return yes, nil, errtest.Type[*claim.InvalidError]()
		}
		return yes, func() { m.state = "approved"; m.approved = amount; m.reviews++ }, nil
	case rejects:
		if m.is() != "under review" {
			return reject(m.now), nil, m.no()
		}
		return reject(m.now), func() {
			if m.state = "rejected final"; !m.disputed {
				m.state, m.answerBy = "rejected", m.now.AddDate(0, 0, 30)
			}
			m.reviews++
		}, nil
	case disputes:
		e = claim.OpenDispute{Reason: "They do not differ."}
		if m.is() != "rejected" {
			return e, nil, m.no()
		}
		return e, func() { m.state = "disputed"; m.disputed = true }, nil
	case pays:
		left := m.approved - m.paid
		amount := []int64{left, 1, left / 3, left + 1, 100_000}[x.n%5]
		e = claim.Pay{Amount: cents(amount)}
		switch {
		case m.is() != "approved":
			return e, nil, m.no()
		case amount <= 0 || amount > left:
			return e, nil, errtest.Type[*claim.AmountError]()
		}
		return e, func() {
			if m.paid += amount; m.paid == m.approved {
				m.state = "paid"
			}
		}, nil
	case cancels:
		if m.is() != "draft" || m.submissions > 0 {
			return claim.Cancel{}, nil, m.no()
		}
		return claim.Cancel{}, func() { m.state = "cancelled" }, nil
	case withdraws:
		if s := m.is(); s == "cancelled" || s == "withdrawn" {
			return claim.Withdraw{}, nil, errtest.Type[*claim.NotAllowedError]()
		}
		if m.submissions == 0 {
			return claim.Withdraw{}, func() { m.state = "withdrawn" }, nil
		}
		return claim.Withdraw{}, nothing, nil
	}
	if s := m.is(); s == "undisputed" || strings.HasSuffix(s, "expired") {
		return claim.Expire{}, nothing, nil
	}
	return claim.Expire{}, nil, errtest.Type[*claim.NotAllowedError]()
}

// trySurvey is try for sending the survey, first and again.
func (m *model) trySurvey(x step) (e claim.Event, done func(), refusal error) {
	id := link.ID(fmt.Sprint("l", len(m.asked)))
	to, last := contacts[x.n%2], time.Time{}
	for _, a := range m.asked {
		if x.do == sends && a.to == to && a.at.After(last) {
			last = a.at
		}
	}
	e = send(claim.ProofCustomerSurvey, email(to), id)
	if x.do == resends {
		e = claim.ResendSurvey{Survey: claim.ProofCustomerSurvey, Link: id}
		if len(m.asked) > 0 {
			newest := m.asked[len(m.asked)-1]
			to, last = newest.to, newest.at
		}
	}
	switch {
	case !m.awaited():
		return e, nil, m.no()
	case !m.now.Before(m.submitBy), !m.editable() && !m.now.Before(m.reviewBy):
		return e, nil, errtest.Type[*claim.NotAllowedError]()
	case m.done, x.do == resends && len(m.asked) == 0:
		return e, nil, errtest.Code("wrong_state")
	case len(m.asked) == 5:
		return e, nil, errtest.Type[*link.TooManyError]()
	case !last.IsZero() && m.now.Before(last.Add(day)):
		return e, nil, errtest.Type[*link.TooSoonError]()
	}
	return e, func() { m.asked = append(m.asked, ask{to, m.now}) }, nil
}

func cents(n int64) eligibility.Money {
	return eligibility.Money{Amount: decimal.New(n, -2), Currency: "USD"}
}

// time passes, or the clock is set: it reports whether the step is about that.
func (m *model) clock(x step) bool {
	switch x.do {
	case waits:
		m.now = m.now.Add(pauses[int(x.n)%len(pauses)])
	case goesBack:
		m.now = m.now.Add(-pauses[int(x.n)%len(pauses)])
	case jumps:
		to := []time.Time{m.submitBy, m.reviewBy, m.answerBy}[x.n%3]
		if !to.IsZero() {
			m.now = to.Add(time.Duration(int(x.n)/3%3-1) * tick)
		}
	default:
		return false
	}
	return true
}

// opened is the claim that every story begins with.
var opened = func() claim.State {
	o := opening()
	o.Proof = o.Proof[:2] // a document and the customer's survey
	return must(claim.Open(o))
}()

// tell tells a story, and returns what went wrong.
func tell(whole story) error {
	s := opened
	m := &model{now: start, state: "draft", submitBy: submitBy, reviewBy: reviewBy}
	for i, x := range whole {
		if !m.clock(x) {
			e, done, want := m.try(x)
			next, err := claim.Apply(s, e, m.now)
			switch {
			case want == nil && err != nil:
				return fmt.Errorf("step %d, %s while %s: %v", i+1, moveNames[x.do], m.is(), err)
			case want != nil && !errtest.Is(err, want):
				return fmt.Errorf("step %d, %s while %s: %v, want %v", i+1, moveNames[x.do], m.is(), err, want)
			case want != nil && !reflect.DeepEqual(s, next):
				return fmt.Errorf("step %d, %s while %s: refused, and the claim changes", i+1, moveNames[x.do], m.is())
			case want == nil:
				m.settled()
				done()
			}
			s = next
		}
		if problem := m.differs(s); problem != "" {
			return fmt.Errorf("step %d, %s at %s: %s", i+1, moveNames[x.do], m.now.Format(time.RFC3339Nano), problem)
		}
	}
	var back claim.State
	if b, err := json.Marshal(s); err != nil || json.Unmarshal(b, &back) != nil || !reflect.DeepEqual(s, back) {
		return fmt.Errorf("at the end: JSON reads back %+v for %+v", back, s)
	}
	return nil
}

// differs says in what the claim is not as the model has it.
func (m *model) differs(s claim.State) string {
	var deadline time.Time
	switch m.state {
	case "draft":
		if deadline = m.submitBy; m.reviews > 0 {
			deadline = m.reviewBy
		}
	case "action required":
		deadline = m.reviewBy
	case "rejected", "disputed":
		deadline = m.answerBy
	}
	paid := decimal.Zero
	for _, p := range s.Payments {
		paid = paid.Add(p.Amount.Amount)
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"recorded status", string(s.Status), m.state},
		{"status", string(s.StatusAt(m.now)), m.is()},
		{"deadline", s.Deadline(), deadline},
		{"review deadline", s.ReviewBy, m.reviewBy},
		{"documents", len(s.Evidence), len(m.docs)},
		{"links", len(s.Surveys[0].Links), len(m.asked)},
		{"proof is whole", len(s.Missing()) == 0, m.whole()},
		{"comments", len(s.Comments), m.said},
		{"submissions", len(s.Submissions), m.submissions},
		{"recalls", len(s.Recalls), m.recalled},
		{"reviews", len(s.Reviews), m.reviews},
		{"requested", s.Requested.Amount.Mul(decimal.New(1, 2)).IntPart(), m.requested},
		{"approved", s.Approved.Amount.Mul(decimal.New(1, 2)).IntPart(), m.approved},
		{"paid", s.Paid.Amount.Mul(decimal.New(1, 2)).IntPart(), m.paid},
		{"payments", paid.String(), s.Paid.Amount.String()},
		{"more is paid than approved", s.Paid.Amount.GreaterThan(s.Approved.Amount), false},
		{"more is approved than the cap", s.Approved.Amount.GreaterThan(s.Cap.Amount) && s.LastReview().Override == "", false},
		{"may submit", s.Allows(claim.KindSubmit, m.now), m.editable()},
		{"may dispute", s.Allows(claim.KindOpenDispute, m.now), m.is() == "rejected"},
	} {
		if c.got != c.want {
			return fmt.Sprintf("%s: got %v, want %v", c.what, c.got, c.want)
		}
	}
	return ""
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
	ready := story{{adds, 0}, {sends, 0}, {answers, 0}, {submits, 0}, {starts, 0}}
	for name, s := range map[string]story{
		"paid in three parts":                        append(slices.Clone(ready), step{approves, 0}, step{pays, 2}, step{pays, 1}, step{pays, 3}, step{pays, 0}, step{pays, 1}),
		"disputed, and rejected for good":            append(slices.Clone(ready), step{rejects, 0}, step{disputes, 0}, step{submits, 0}, step{starts, 0}, step{rejects, 0}, step{disputes, 0}),
		"a dispute that is not submitted":            append(slices.Clone(ready), step{rejects, 0}, step{disputes, 0}, step{jumps, 8}, step{submits, 0}, step{records, 0}, step{goesBack, 4}, step{submits, 0}),
		"a slow reviewer":                            append(slices.Clone(ready), step{waits, 7}, step{asksFor, 0}, step{records, 0}, step{approves, 0}),
		"action that comes too late":                 append(slices.Clone(ready), step{asksFor, 0}, step{jumps, 4}, step{submits, 0}, step{withdraws, 0}, step{goesBack, 6}, step{submits, 0}),
		"the clock goes back over what was recorded": {{jumps, 3}, {records, 0}, {goesBack, 4}, {adds, 0}, {withdraws, 0}, {withdraws, 0}},
		"the clock goes back over what was not":      {{jumps, 3}, {adds, 0}, {goesBack, 4}, {adds, 0}},
	} {
		t.Run(name, func(t *testing.T) { report(t, s, tell(s)) })
	}
}

// Many stories at random. A failing one is printed so short that it can become a
// test.
func TestRandomStories(t *testing.T) {
	n := stories
	if testing.Short() {
		n = min(n, 1_000)
	}
	for seed := range uint64(n) {
		s := randomStory(rand.New(rand.NewPCG(seed, 8)))
		report(t, s, tell(s))
	}
}

// randomStory makes a story in which much happens: most steps in order, most pauses
// short.
func randomStory(r *rand.Rand) story {
	weights := [moves]int{
		adds: 6, drops: 1, sends: 6, resends: 1, answers: 6, says: 2, submits: 9, starts: 7, asksFor: 3, approves: 3, rejects: 4, disputes: 4,
		pays: 5, cancels: 1, withdraws: 1, records: 2, waits: 3, goesBack: 1, jumps: 2,
	}
	var all []move
	for do, n := range weights {
		all = append(all, slices.Repeat([]move{move(do)}, n)...)
	}
	var s story
	if r.IntN(2) == 0 { // half of them get to the review soon
		s = story{{adds, 0}, {sends, 0}, {answers, 0}, {submits, byte(r.IntN(8))}, {starts, 0}}
	}
	for n := 20 + r.IntN(10); n > 0; n-- {
		x := step{all[r.IntN(len(all))], byte(r.IntN(256))}
		if (x.do == waits || x.do == goesBack) && r.IntN(4) > 0 {
			x.n %= 5
		}
		s = append(s, x)
	}
	return s
}
