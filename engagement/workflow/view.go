package workflow

import (
	"context"
	"slices"

	"github.com/partnerengage/partnerengage/consent"
	"github.com/partnerengage/partnerengage/consent/link"
	"github.com/partnerengage/partnerengage/engagement"
	"github.com/partnerengage/partnerengage/engagement/claim"
	"github.com/partnerengage/partnerengage/engagement/survey"
)

// view returns a participation that the unit has, as the actor's side may see it. Where
// the catalog cannot be asked it lacks what only that can say: what was done is done.
func (u *unit) view(ctx context.Context, actor Actor, p engagement.Participation) ParticipationView {
	e, err := u.s.engagementLeft(ctx, p.Engagement)
	if err != nil {
		u.s.log.WarnContext(ctx, "a participation is shown without its engagement", "participation", p.ID, "error", err)
	}
	row, _ := u.entryOf(p).RowAt(e, u.s.policy, u.Now)
	return u.viewOf(actor, p, e, row)
}

// viewWhole is view for a query: it fails where something cannot be asked, and says from
// when the customer can be asked by all that the partner has sent.
func (u *unit) viewWhole(ctx context.Context, actor Actor, p engagement.Participation) (ParticipationView, error) {
	e, err := u.s.engagementLeft(ctx, p.Engagement)
	if err != nil {
		return ParticipationView{}, err
	}
	entry := u.entryOf(p)
	row, _ := entry.RowAt(e, u.s.policy, u.Now)
	if a, ok := askingOf(&row, entry); ok && !actor.program() {
		if err := u.s.sayFrom(ctx, p.Partner, []asking{a}, u.Now); err != nil {
			return ParticipationView{}, err
		}
	}
	return u.viewOf(actor, p, e, row), nil
}

func (u *unit) entryOf(p engagement.Participation) engagement.Entry {
	r := u.Record(p.Record())
	return r.EntryOf(p, u.RoomOf(r.Key), u.Now)
}

func (u *unit) viewOf(actor Actor, p engagement.Participation, e engagement.Engagement, row engagement.Row) ParticipationView {
	seen := u.s.seen(actor, p)
	v := ParticipationView{
		ID: p.ID, Revision: u.s.revision(actor, p, u.Now),
		Partner: p.Partner, Location: p.Location, Engagement: p.Engagement, EngagementName: e.Name, SolutionArea: e.SolutionArea,
		Customer: p.Customer, Identity: row.Identity, Name: row.Name(), FriendlyName: p.FriendlyName, Basis: p.Basis, Reason: p.Reason, Nominated: p.Nominated,
		Origin: p.Origin, ClaimNumber: p.ClaimNumber, StartedAt: p.StartedAt,
		Status: p.StatusAt(u.Now), Deadline: row.Deadline, DeadlineTerms: row.DeadlineTerms, DaysLeft: row.DaysLeft, AskFrom: row.AskFrom, Actions: listOf(row.Actions),
		Terms: withoutForms(p.Terms), Decision: seen.Decision, Hours: p.Hours, DealSize: p.DealSize, Owner: p.Owner, Labels: listOf(p.Labels), Language: p.Language,
		Referral: p.Referral, NeedsReferral: p.NeedsReferral(u.Now), Unreached: listOf(p.Unreached()),
		WithdrawnAt: p.Consent.WithdrawalRequestedAt(), ContactFlags: listOf(p.ContactFlags),
		Consent: consentState(seen.Consent, p.Consent.StatusAt(u.Now)),
	}
	if actor.program() {
		v.Actions = []engagement.Action{}
	}
	if seen.Claim != nil {
		state := claimState(*seen.Claim, p.Claim.StatusAt(u.Now))
		v.Claim = &state
	}
	return v
}

// withoutForms are terms without what surveys ask, in every language: SurveysDesk.Get has
// that in the reader's.
func withoutForms(t engagement.Terms) engagement.Terms {
	t.Proof = slices.Clone(t.Proof)
	for i := range t.Proof {
		t.Proof[i].Survey = nil
	}
	return t
}

// listOf returns a list that is never nil, as JSON wants it.
func listOf[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func consentState(s consent.State, status consent.Status) ConsentState {
	who := map[link.ID]link.Contact{}
	for _, l := range s.Links {
		who[l.ID] = l.Contact
	}
	answer := func(a consent.Answer) ConsentAnswer {
		return ConsentAnswer{Decision: a.Decision, At: a.At, Contact: who[a.Link], Channel: a.Channel, Client: a.Client, Text: a.Text, AfterSubmission: a.AfterSubmission}
	}
	out := ConsentState{
		Status: status, Deadline: s.Deadline, Customer: listOf(slices.Clone(s.Contacts())), Partner: listOf(slices.Clone(s.Partner)),
		Sendings: []ConsentSending{}, CanceledAt: s.CancelledAt,
	}
	for _, sent := range s.Sent {
		to := ConsentSending{Kind: sent.Kind, At: sent.At, Text: sent.Terms.Text, Contacts: []link.Contact{}}
		for _, id := range sent.Links {
			to.Contacts = append(to.Contacts, who[id])
		}
		out.Sendings = append(out.Sendings, to)
	}
	if !s.Answer.IsZero() {
		out.Answer = answer(s.Answer)
	}
	if !s.Withdrawal.IsZero() {
		out.Withdrawal = answer(s.Withdrawal)
	}
	return out
}

func claimState(s claim.State, status claim.Status) ClaimState {
	out := ClaimState{
		Status: status, OpenedAt: s.OpenedAt, SubmitBy: s.SubmitBy, ReviewBy: s.ReviewBy, DisputeBy: s.DisputeBy,
		Rate: s.Rate, RateFrom: s.RateFrom, Estimated: s.Estimated, Cap: s.Cap, Requested: s.Requested, Approved: s.Approved, Paid: s.Paid,
		Proof: listOf(s.Proof), ProofFrom: s.ProofFrom, Evidence: listOf(s.Evidence), Surveys: []SurveyState{},
		Submissions: listOf(s.Submissions), Recalls: listOf(s.Recalls), Reviews: listOf(s.Reviews), Dispute: s.Dispute,
		Payments: listOf(s.Payments), Comments: listOf(s.Comments), EndedAt: s.EndedAt,
	}
	for _, v := range s.Surveys {
		shown := SurveyState{
			Kind: v.Kind, Form: v.Form.ID, Version: v.Form.Version, OfPartner: v.Form.OfPartner, Status: string(v.Status), Contact: v.Contact(),
			Sent: len(v.Sendings), AnsweredAt: v.AnsweredAt(), AnsweredBy: v.Response.User, Answers: v.Response.Answers,
		}
		if n := len(v.Sendings); n > 0 {
			shown.Language, shown.SentAt = v.Sendings[n-1].Language, v.Sendings[n-1].At
		}
		out.Surveys = append(out.Surveys, shown)
	}
	return out
}

// pageOf is how the customer's page shows a participation.
func (s *Service) pageOf(p engagement.Participation) consent.Page {
	return consent.Page{Texts: s.texts, Zone: p.Terms.Location(), Submitted: p.Submitted()}
}

// surveyPage is what surveys of a participation's claim show besides themselves.
func (u *unit) surveyPage(p engagement.Participation, name string) survey.Page {
	terms := p.Consent.LastSent().Terms
	partner, _ := terms.Party(consent.RolePartner)
	customer, _ := terms.Party(consent.RoleCustomer)
	page := survey.Page{Partner: partner.Name, Customer: customer.Name, Program: u.s.program, Engagement: name, Zone: p.Terms.Location()}
	if p.Claim.Allows(claim.KindAnswerSurvey, u.Now) {
		page.Deadline = p.Claim.AnswerBy()
	}
	return page
}
