package workflow_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/workflow"
	"github.com/partnerengage/partnerengage/engagement/workflowtest"
	"github.com/partnerengage/partnerengage/internal/errtest"
)

// stepOfClaim makes a step that is about the participation's claim.
func (t *teller) stepOfClaim(do move, p *modelPart, b int) {
	switch do {
	case files:
		t.document(p, b%2 == 0)
	case removes:
		t.remove(p, b)
	case surveys, resends:
		t.send(do, p)
	case replies:
		t.reply(p, b)
	case owns:
		t.answerOwn(p, b)
	case proves:
		t.prove(p)
	case notes:
		t.note(p, b%2 == 0)
	case details:
		t.detail(p, b)
	case submits:
		t.submit(p, b)
	case recalls:
		t.recall(p)
	case disputes:
		t.dispute(p)
	default:
		t.review(do, p, b)
	}
}

// only returns how a command on the claim is refused in any status but these, and,
// but for its beginning, whenever the rejection can no longer be disputed.
func (t *teller) only(p *modelPart, allowed ...engagement.Status) []error {
	switch s := t.status(p); {
	case s == engagement.StatusNotSubmittedExpired, s == engagement.StatusPostSubmissionExpired, s == engagement.StatusDisputedExpired:
		return []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.ExpiredError]()}
	case !slices.Contains(allowed, s), s == engagement.StatusRejected && !t.open(p):
		return []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.NotAllowedError]()}
	}
	return nil
}

// whileAwaited are the statuses in which a survey can be sent and answered.
var whileAwaited = append(slices.Clone(whileWorking), engagement.StatusSubmitted, engagement.StatusUnderReview)

// answerOwn answers the partner's own survey within the claim, or tries to answer the
// customer's.
func (t *teller) answerOwn(p *modelPart, b int) {
	w := t.by(p)
	want := t.only(p, whileAwaited...)
	outcome := []string{"3", "4"}[b%2]
	cmdKey, cmd := w.Key(), workflow.AnswerPartnerSurvey{Survey: claim.ProofPartnerSurvey, Answers: map[string]string{"delivered": "yes", "findings": "no", "outcome": outcome}}
	if b%4 == 3 {
		cmd.Survey = claim.ProofCustomerSurvey
	}
	switch {
	case b%4 != 3 && p.own == outcome: // the same again
		t.expect("answer own survey again", errOf(w.Desk.Surveys.Answer(background, w.Actor.Request(cmdKey), p.id, cmd)))
		t.record(p.partner, p.customer, p.offer)
		return
	case want != nil:
	case !t.worked(p) && !t.now.Before(p.reviewBy):
		want = []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.NotAllowedError]()}
	case b%4 == 3:
		want = []error{errtest.Type[*workflow.InputError](), errtest.Type[*link.InvalidError]()}
	case p.own != "":
		want = []error{errtest.Type[*workflow.WrongStateError](), linkAnswered}
	}
	if t.did("answer own survey", p, 1, errOf(w.Desk.Surveys.Answer(background, w.Actor.Request(cmdKey), p.id, cmd)), want) {
		p.own = outcome
	}
}

// whileWorking are the statuses in which the partner prepares what it hands in.
var whileWorking = []engagement.Status{engagement.StatusConsentReceived, engagement.StatusPartnerActionRequired, engagement.StatusDisputed}

// did compares how a command on the claim came out, and notes that it made so many
// events.
func (t *teller) did(what string, p *modelPart, events int, err error, want []error) bool {
	if !t.expect(what, err, want...) {
		return false
	}
	t.record(p.partner, p.customer, p.offer)
	t.happened(p, events)
	return true
}

func (t *teller) by(p *modelPart) *workflowtest.World { return t.w.As(storyActors[p.partner]) }

func (t *teller) document(p *modelPart, kept bool) {
	const most = 20
	if len(p.docs) == most {
		return
	}
	w := t.by(p)
	want := t.only(p, whileWorking...)
	var added claim.Evidence
	var err error
	if kept {
		added, err = w.Desk.Documents.Add(background, w.Actor.Request(w.Key()), p.id, workflow.AddEvidence{
			Kind: claim.ProofFindings, Name: "findings.pdf", MediaType: "application/pdf",
		}, strings.NewReader("%PDF"))
	} else {
		added, err = w.Desk.Documents.Record(background, w.Actor.Request(w.Key()), p.id, workflow.RecordEvidence{
			Kind: claim.ProofFindings, Name: "findings.pdf", MediaType: "application/pdf", Size: 4, SHA256: strings.Repeat("0a", 32), Ref: "archive/7",
		})
	}
	if t.did("add evidence", p, 1, err, want) {
		p.docs = append(p.docs, modelDoc{added.ID, kept})
	}
}

func (t *teller) remove(p *modelPart, b int) {
	w := t.by(p)
	want := t.only(p, whileWorking...)
	id := claim.EvidenceID("e-0")
	if len(p.docs) > 0 {
		b %= len(p.docs)
		id = p.docs[b].id
	} else if want == nil {
		want = []error{errtest.Type[*workflow.NotFoundError]()}
	}
	_, err := w.Desk.Documents.Remove(background, w.Actor.Request(w.Key()), p.id, workflow.RemoveEvidence{Evidence: id})
	if t.did("remove evidence", p, 1, err, want) {
		p.docs = slices.Delete(p.docs, b, b+1)
	}
}

// send sends the survey, until the submission deadline and until it is answered.
func (t *teller) send(how move, p *modelPart) {
	w := t.by(p)
	want := t.only(p, whileAwaited...)
	switch {
	case want != nil:
	case !t.now.Before(p.submitBy), !t.worked(p) && !t.now.Before(p.reviewBy):
		want = []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.NotAllowedError]()}
	case p.survey.done, how == resends && !p.survey.sent:
		want = []error{errtest.Type[*workflow.WrongStateError](), linkNotAllowed}
	}
	var err error
	if how == surveys {
		_, err = w.Desk.Surveys.Send(background, w.Actor.Request(w.Key()), p.id, workflow.SendSurvey{
			Survey: claim.ProofCustomerSurvey, Contact: workflow.Contact{Email: fmt.Sprintf("s%d@customer.example", len(p.survey.links))},
		})
	} else {
		_, err = w.Desk.Surveys.Resend(background, w.Actor.Request(w.Key()), p.id, workflow.ResendSurvey{Survey: claim.ProofCustomerSurvey})
	}
	if t.did(moveNames[how], p, 2, err, want) { // requested, and sent
		p.survey.sent, p.survey.links = true, w.SurveyLinks(p.id)
		t.told[engagement.MessageSurveyRequest]++
	}
}

// reply answers the survey through a link.
func (t *teller) reply(p *modelPart, before int) {
	if len(p.survey.links) == 0 {
		return
	}
	token, void := newestBut(before, p.survey.links)
	var want []error
	switch refused := t.only(p, whileAwaited...); {
	case void:
		want = []error{errtest.Type[*link.VoidError]()}
	case p.survey.done:
		satisfaction := "5"
		if before%2 == 1 {
			satisfaction, want = "1", []error{linkAnswered}
		}
		_, err := t.w.Desk.Links.AnswerSurvey(background, token, map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": satisfaction})
		if t.expect("answer survey again", err, want...) { // and nothing happens
			t.record(p.partner, p.customer, p.offer)
		}
		return
	case slices.Contains(refused, errtest.Type[*claim.ExpiredError]()), refused == nil && !t.worked(p) && !t.now.Before(p.reviewBy):
		want = []error{linkExpired}
	case refused != nil:
		want = []error{linkNotAllowed}
	}
	_, err := t.w.Desk.Links.AnswerSurvey(background, token, map[string]string{"delivered": "yes", "findings": "yes", "satisfaction": "5"})
	if t.did("answer survey", p, 1, err, want) {
		p.survey.done = true
	}
}

// prove adds all that is missing, if there is time for it.
func (t *teller) prove(p *modelPart) {
	o := storyOffers[p.offer]
	for t.only(p, whileWorking...) == nil && len(p.docs) < o.needs {
		t.document(p, false)
	}
	if o.needsSurvey && !p.survey.done && t.now.Before(p.submitBy) {
		t.send(surveys, p)
		t.reply(p, 0)
	}
}

func (t *teller) note(p *modelPart, program bool) {
	w := t.by(p)
	actor := w.Actor
	if program {
		actor = w.Reviewer()
	}
	want := t.only(p, engagement.StatusConsentReceived, engagement.StatusSubmitted, engagement.StatusUnderReview, engagement.StatusPartnerActionRequired,
		engagement.StatusApproved, engagement.StatusRejected, engagement.StatusDisputed)
	t.did("comment", p, 1, errOf(w.Desk.Claims.Comment(background, actor.Request(w.Key()), p.id, workflow.Comment{Text: "As agreed."})), want)
}

// detail changes the name for as long as the participation is open, the deal size
// until consent is requested, and owner and labels at any time.
func (t *teller) detail(p *modelPart, b int) {
	w := t.by(p)
	cmdKey, cmd := w.Key(), workflow.UpdateDetails{}
	name, size, owner, labels := fmt.Sprintf("Customer %d", b), dollars(4000000), fmt.Sprintf("user-%d", b), []string{fmt.Sprintf("label-%d", b), "a"}
	var want []error
	switch b % 4 {
	case 0:
		cmd.FriendlyName = &name
	case 1:
		if cmd.DealSize = &size; t.status(p) != engagement.StatusCustomerClaimed {
			want = []error{errtest.Type[*workflow.WrongStateError]()}
		}
	case 2:
		cmd.Owner = &owner
	case 3:
		cmd.Labels = &labels
	}
	if !t.open(p) && b%4 < 2 {
		want = []error{errtest.Type[*workflow.WrongStateError]()}
	}
	if !t.did("change details", p, 1, errOf(w.Desk.Claims.Update(background, w.Actor.Request(cmdKey), p.id, cmd)), want) {
		return
	}
	switch b % 4 {
	case 0:
		p.name = name
	case 2:
		p.owner = owner
	case 3:
		p.labels = "a " + labels[0]
	}
}

func (t *teller) submit(p *modelPart, b int) {
	w := t.by(p)
	cmdKey, cmd := w.Key(), workflow.SubmitClaim{}
	requested := p.requested
	if requested == 0 {
		requested = p.estimated
	}
	want := t.only(p, whileWorking...)
	switch b % 4 {
	case 2:
		requested = 450000
		cmd.Requested = dollars(requested)
	case 3:
		cmd.Requested = t.w.Money("4500.00 EUR")
	}
	switch {
	case want != nil:
	case p.lacks() > 0:
		want = []error{errtest.Type[*claim.IncompleteError]()}
	case b%4 == 3:
		want = []error{errtest.Type[*claim.AmountError]()}
	}
	_, err := w.Desk.Claims.Submit(background, w.Actor.Request(cmdKey), p.id, cmd)
	if lacking, is := errors.AsType[*claim.IncompleteError](err); is && len(lacking.Missing) != p.lacks() {
		t.Fatalf("submit: %v are missing, want %d", lacking.Missing, p.lacks())
	}
	if !t.did("submit", p, 1, err, want) {
		return
	}
	if p.recorded == engagement.StatusDisputed { // the one time that the review gets a new deadline
		p.reviewBy = t.now.AddDate(0, 0, storyWindow)
	}
	p.recorded, p.submitted, p.requested = engagement.StatusSubmitted, true, requested
}

// recall takes a submission back while there is time to submit it again.
func (t *teller) recall(p *modelPart) {
	w := t.by(p)
	want := t.only(p, engagement.StatusSubmitted)
	switch {
	case want != nil:
	case !t.now.Before(p.draftBy()):
		want = []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.NotAllowedError]()}
	case p.recalled == claim.MaxRecalls:
		want = []error{errtest.Type[*workflow.InputError](), errtest.Type[*claim.InvalidError]()}
	}
	if t.did("recall", p, 1, errOf(w.Desk.Claims.Recall(background, w.Actor.Request(w.Key()), p.id, workflow.RecallClaim{Reason: "One more page."})), want) {
		p.recorded = engagement.StatusConsentReceived
		p.recalled++
	}
}

func (t *teller) dispute(p *modelPart) {
	w := t.by(p)
	want := t.only(p, engagement.StatusRejected)
	if t.did("dispute", p, 1, errOf(w.Desk.Claims.Dispute(background, w.Actor.Request(w.Key()), p.id, workflow.DisputeClaim{Reason: "It was delivered."})), want) {
		p.recorded, p.disputed = engagement.StatusDisputed, true
	}
}

// review is what the program does.
func (t *teller) review(do move, p *modelPart, b int) {
	w := t.by(p)
	by := w.Reviewer()
	switch do {
	case reviews:
		want := t.only(p, engagement.StatusSubmitted)
		if t.did("start review", p, 1, errOf(w.Desk.Reviews.Start(background, by.Request(w.Key()), p.id, workflow.StartReview{})), want) {
			p.recorded = engagement.StatusUnderReview
		}
	case demands:
		want := t.only(p, engagement.StatusUnderReview)
		if want == nil && !t.now.Before(p.reviewBy) { // it would expire at once, because the reviewer was slow
			want = []error{errtest.Type[*workflow.WrongStateError](), errtest.Type[*claim.NotAllowedError]()}
		}
		_, err := w.Desk.Reviews.RequestAction(background, by.Request(w.Key()), p.id, workflow.RequestAction{Items: []claim.ActionItem{{Text: "Sign it."}}})
		if t.did("ask for action", p, 1, err, want) {
			p.recorded, p.reviewed = engagement.StatusPartnerActionRequired, true
			t.model.tell(engagement.MessageActionRequired)
		}
	case rejects:
		want := t.only(p, engagement.StatusUnderReview)
		_, err := w.Desk.Reviews.Reject(background, by.Request(w.Key()), p.id, workflow.RejectClaim{Codes: []claim.RejectionCode{claim.RejectionNotDelivered}, Text: "Nobody came."})
		if !t.did("reject", p, 1, err, want) {
			return
		}
		t.model.tell(engagement.MessageClaimRejected)
		if p.recorded, p.reviewed = engagement.StatusRejectedFinal, true; !p.disputed {
			p.recorded, p.disputeBy = engagement.StatusRejected, t.now.AddDate(0, 0, storyWindow)
		}
	case approves:
		t.approve(p, b)
	case pays:
		t.pay(p, b)
	}
}

// approve approves what may be, or more than that with and without an override.
func (t *teller) approve(p *modelPart, b int) {
	w := t.by(p)
	cents := []int64{p.most, p.estimated, 123456, p.most + 1, p.most + 1, p.most}[b%6]
	if !p.consented {
		cents = 123456
	}
	cmdKey, cmd := w.Key(), workflow.ApproveClaim{Amount: dollars(cents)}
	if b%6 >= 4 {
		cmd.Override = "As the board decided."
	}
	want := t.only(p, engagement.StatusUnderReview)
	switch {
	case want != nil:
	case b%6 == 3:
		want = []error{errtest.Type[*claim.AmountError]()}
	case b%6 == 5: // an override that overrides nothing
		want = []error{errtest.Type[*workflow.InputError](), errtest.Type[*claim.InvalidError]()}
	}
	if t.did("approve", p, 1, errOf(w.Desk.Reviews.Approve(background, w.Reviewer().Request(cmdKey), p.id, cmd)), want) {
		p.recorded, p.approved, p.overridden = engagement.StatusApproved, cents, cmd.Override != ""
		t.model.tell(engagement.MessageClaimApproved)
	}
}

// pay pays what is left, a part of it, or more than that.
func (t *teller) pay(p *modelPart, b int) {
	w := t.by(p)
	left := p.approved - p.paid
	cents := []int64{left, 100001, left + 1, left}[b%4]
	if cents == 0 {
		cents = 100001
	}
	want := t.only(p, engagement.StatusApproved)
	if want == nil && cents > left {
		want = []error{errtest.Type[*claim.AmountError]()}
	}
	cmdKey, cmd := w.Key(), workflow.RecordPayment{Amount: dollars(cents), Reference: "INV-7"}
	if p.location == porto || b == 11 { // whose payee profile is not valid
		cmd.Reason = "The bank confirmed it."
	}
	if p.location == porto && b == 10 {
		cmd.Reason = ""
	}
	switch left := t.only(p, engagement.StatusApproved); {
	case left != nil:
	case p.location == porto && cmd.Reason == "":
		want = []error{errtest.Type[*workflow.PayeeNotValidError]()}
	case p.location != porto && cmd.Reason != "":
		want = []error{errtest.Type[*workflow.InputError]()}
	}
	_, err := w.Desk.Reviews.RecordPayment(background, w.Reviewer().Request(cmdKey), p.id, cmd)
	if !t.did("pay", p, 1, err, want) {
		return
	}
	t.model.tell(engagement.MessageClaimPaid)
	if p.paid += cents; p.paid == p.approved {
		p.recorded = engagement.StatusPaid
	}
}
